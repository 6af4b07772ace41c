"""How is a conversation changed by who looks at it? Several things in one go, all of them or none."""

from uuid import UUID

from servewell.apps.base.principal import Principal
from servewell.apps.conversations.actions._altering import apply, only_labels
from servewell.apps.conversations.actions._work import changing
from servewell.apps.conversations.changes import Change
from servewell.apps.conversations.models import Conversation


def change(principal: Principal, conversation_id: UUID, wanted: Change, *, version: int | None = None) -> Conversation:
    """Change what is given of a conversation, all or nothing, and return it.

    `version` is the one that the writer saw. When others have changed it since: what they did touches none of the same
    things, or left them as they are wanted now, then it is applied; else nothing is, and ConversationChanged says what
    was changed, by whom and when, so that the screen keeps what was typed. A message of the customer, or a reply,
    touches the status. Adding and taking away single tags gets in nobody's way. Of a closed one only labels change.
    CannotFollow, CannotTake, OutOfReach, NoSuchTeam, NoSuchTag, NoSuchField, BadField, BadSnooze, BadChange, IsClosed.
    """
    with changing(principal, conversation_id, closed=only_labels(wanted)) as work:
        apply(work, wanted, version)
    return work.conversation
