"""What breaks next, and how near is it? Written on the row by the room of promises, so that lists sort by it."""

from datetime import datetime
from uuid import UUID

from servewell.apps.base import statements
from servewell.apps.conversations.queries import SQL


def set_due(conversation_id: UUID, next_due_at: datetime | None, due_state: str) -> bool:
    """Write what breaks next (`ok`, `soon`, `breached`, `paused`, or "" for nothing); return whether it is there.

    The promises record their own events; the conversation's version stays, so nobody's change is refused for it.
    """
    values = {"conversation": conversation_id, "next_due_at": next_due_at, "due_state": due_state}
    return statements.run(SQL["set_due"], values) == 1
