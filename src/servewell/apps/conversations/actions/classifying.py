"""What kind of contact is it? Said once it is understood, by a person or by the room that understands."""

from uuid import UUID

from servewell.apps.base.principal import Principal
from servewell.apps.conversations import events
from servewell.apps.conversations.actions._work import changing
from servewell.apps.conversations.errors import BadChange
from servewell.apps.conversations.models import Conversation
from servewell.apps.journal.events import CONTACT_TYPES, SENTIMENTS


def classify(
    principal: Principal,
    conversation_id: UUID,
    *,
    contact_type: str,
    sentiment: str | None = None,
    confidence: float | None = None,
    urgency: str | None = None,
    simple: bool | None = None,
) -> Conversation:
    """Say what a conversation is about (codes of the journal), with how sure that is (0 to 1); BadChange."""
    _demand_code("contact_type", contact_type, CONTACT_TYPES)
    _demand_code("sentiment", sentiment, SENTIMENTS | {None})
    _demand_code("urgency", urgency, {"low", "normal", "high", None})
    if confidence is not None and not 0 <= confidence <= 1:
        raise BadChange(what="confidence")
    with changing(principal, conversation_id, closed=True) as work:
        differs = work.set(contact_type=contact_type, sentiment=sentiment or work.conversation.sentiment)
        if differs or confidence is not None:
            work.tell(events.CLASSIFIED, confidence=confidence, urgency=urgency, simple=simple)
    return work.conversation


def _demand_code(
    what: str, code: str | None, codes: "frozenset[str | None] | set[str | None] | frozenset[str]"
) -> None:
    if code not in codes:
        raise BadChange(what=what)
