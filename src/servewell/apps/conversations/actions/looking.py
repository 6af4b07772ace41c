"""Who has it open, who types, who has read how far? Worth knowing at once, and not worth remembering."""

from uuid import UUID

from servewell.apps.base import clock, live, statements
from servewell.apps.base.principal import Principal
from servewell.apps.conversations import queries
from servewell.apps.conversations.errors import BadChange, OnlyPeople
from servewell.apps.conversations.models import Channel, Conversation, Looking, LookingState
from servewell.apps.conversations.queries import SQL


def look(principal: Principal, conversation_id: UUID, state: str | None = LookingState.LOOKING) -> None:
    """Say that one has a conversation open, or types in it, or (None) has left it; the others' screens hear of it.

    It counts for half a minute: a screen repeats it every 15 s while it is so. OnlyPeople, BadChange.
    """
    if state is not None and state not in LookingState.values:
        raise BadChange(what="state")
    conversation, user = _mine(principal, conversation_id)
    if state is None:
        Looking.objects.filter(conversation=conversation, user_id=user).delete()
    else:
        values = {"conversation": conversation.id, "user": user, "state": state, "now": clock.now()}
        statements.run(SQL["look"], values)
    said = {"conversation": conversation.id, "user": user, "state": state}
    whose = {"team": conversation.team_id, "owner": conversation.assignee_id}
    live.notify("looking", {name: value and str(value) for name, value in (said | whose).items()})


def mark_read(principal: Principal, conversation_id: UUID, position: int) -> None:
    """Remember how far one has read: up to the message at this position; a mark never goes back. OnlyPeople."""
    conversation, user = _mine(principal, conversation_id)
    seen = max(0, min(position, conversation.messages))
    statements.run(SQL["mark_read"], {"conversation": conversation.id, "user": user, "position": seen})
    if conversation.channel == Channel.CHAT:  # the customer's window shows it
        live.notify("seen", {"conversation": str(conversation.id), "position": seen})


def _mine(principal: Principal, conversation_id: UUID) -> tuple[Conversation, UUID]:
    if principal.kind != "agent" or principal.id is None:
        raise OnlyPeople
    return queries.conversation(principal, conversation_id), principal.id
