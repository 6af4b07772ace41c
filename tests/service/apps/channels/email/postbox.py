"""What do tests of mail in share? A mailbox, and the whole way of a mail: kept raw, read, received, settled."""

from typing import Any

from servewell.apps.channels.frame import actions, arrivals
from servewell.apps.channels.frame.models import Account, Arrival
from servewell.apps.conversations.models import Conversation, Message

ADDRESS = "help@shop.example"


def mailbox(address: str = ADDRESS, **options: Any) -> Account:
    """Store a mailbox; nothing is fetched from it."""
    return Account.objects.create(channel="email", name=address, address=address, options=options)


def came(account: Account, raw: bytes) -> Arrival:
    """Let a mail come, and be read once."""
    arrival = actions.arrived(account, "", raw)
    assert arrival is not None
    assert arrivals.read_due(5) == 1
    arrival.refresh_from_db()
    return arrival


def message(arrival: Arrival) -> Message:
    """Return the message that an arrival became."""
    return Message.objects.get(pk=arrival.message_id)


def conversation(arrival: Arrival) -> Conversation:
    """Return the conversation that it is in."""
    return Conversation.objects.get(pk=arrival.conversation_id)
