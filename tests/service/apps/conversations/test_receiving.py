"""Does what customers write come in once, in the right place, whoever brings it and however often?"""

from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests import build

from servewell.apps.base.principal import SYSTEM
from servewell.apps.conversations import actions
from servewell.apps.conversations.models import Conversation, Message
from servewell.apps.customers.models import Customer
from servewell.apps.journal.models import Event


def events_of(conversation_id: Any) -> list[str]:
    rows = Event.objects.filter(conversation=conversation_id).order_by("seq")
    return [name.partition(".")[2] for name in rows.values_list("activity", flat=True)]


def test_it_works() -> None:
    """A message of somebody new makes a customer, a conversation and two events."""
    received = actions.receive(SYSTEM, build.inbound(subject="Parcel", external_id="m1"))
    conversation = Conversation.objects.get(pk=received.conversation_id)
    assert (received.is_new_conversation, received.is_repeat) == (True, False)
    assert (conversation.status, conversation.subject, conversation.messages) == ("open", "Parcel", 1)
    assert conversation.preview == "Where is my parcel?"
    assert conversation.waiting_since is not None
    assert conversation.number == received.number >= 1001
    assert Message.objects.get().delivery == "received"
    assert events_of(conversation.id) == ["opened", "message_received"]
    assert Customer.objects.count() == 1


def test_a_new_conversation_of_a_new_customer_takes_at_most_12_statements() -> None:
    team = build.team()
    with CaptureQueriesContext(
        connection,
    ) as captured:
        actions.receive(SYSTEM, build.inbound(external_id="m1", thread="t1", team=None))
    print("\n".join(q["sql"][:90] for q in captured))
    assert len(captured) <= 12
