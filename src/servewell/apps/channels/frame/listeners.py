"""What is done when something happens below? What one of us writes goes out; who is erased is forgotten here too."""

from uuid import UUID

from servewell.apps.base import statements
from servewell.apps.channels.frame import kinds
from servewell.apps.channels.frame.actions import erasing, sending
from servewell.apps.channels.frame.queries import SQL
from servewell.apps.journal.events import Event
from servewell.apps.journal.listening import Recorded, listens


@listens("conversation.replied", "conversation.acknowledged")
def put_call(event: Event, recorded: Recorded) -> None:
    """Let a reply go out by its conversation's account; what an outside system carries is that system's."""
    message, conversation = event.attributes.get("message"), event.conversation
    if not isinstance(message, UUID) or conversation is None:
        return
    for account, source in statements.prepared(SQL["reply_account"], {"conversation": conversation}):
        if account is not None or (not source and _is_spoken(event.channel)):
            sending.put(message, conversation)


@listens("customer.erased")
def forget_customer(event: Event, recorded: Recorded) -> None:
    """Forget what arrived from somebody who is erased, as it came, while their addresses still stand here."""
    if event.customer is not None:
        erasing.forget(event.customer)


def _is_spoken(channel: str | None) -> bool:
    """Does any channel speak so? If not (a telephone call that one of us notes), what was written is only kept."""
    return any(known.speaks == channel for known in kinds.every())
