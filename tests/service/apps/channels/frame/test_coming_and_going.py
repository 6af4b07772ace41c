"""From what arrives to what goes out: the whole way, by a channel that tests hold the other side of."""

import pytest
from tests.service.apps.channels.stub import OtherSide

from servewell.apps.base import outbox
from servewell.apps.base.principal import Principal
from servewell.apps.channels.frame import actions, arrivals
from servewell.apps.channels.frame.models import Account, Arrival
from servewell.apps.conversations import actions as conversations
from servewell.apps.conversations.models import Conversation, Message

pytestmark = pytest.mark.django_db(transaction=True)


def test_it_works(account: Account, side: OtherSide, admin: Principal) -> None:
    """What arrives becomes a conversation; what is answered goes out by the same account."""
    assert actions.arrived(account, "1", b"wang: Where is my parcel?", about="wang") is not None
    assert arrivals.read_due() == 1
    conversation = Conversation.objects.get()
    assert (conversation.account, conversation.channel) == (account.id, "sms")
    reply = conversations.reply(admin, conversation.id, text="On its way.")
    assert outbox.run_due() == 1
    assert [(one.text, one.conversation_id, one.identities) for one in side.got] == [
        ("On its way.", conversation.id, {"email": "wang@example.com"})
    ]
    reply = Message.objects.get(pk=reply.pk)
    assert (reply.delivery, reply.external_id) == ("sent", f"there-{reply.pk}")
    account.refresh_from_db()
    assert account.last_in_at is not None
    assert account.last_out_at is not None
    assert Arrival.objects.get().state == "taken"
