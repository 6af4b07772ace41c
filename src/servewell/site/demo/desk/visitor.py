"""What concerns the demo's visitor? Notes call on them, they follow some conversations and have read the old ones."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from servewell.apps.base import ids, texts
from servewell.apps.conversations.models import Author, Delivery, MessageKind
from servewell.site.demo.desk.conversations import House, Made

_EVERY, _MOST = 6, 8  # of the conversations that somebody has, so many call on the visitor


def call_on(house: House, active: Sequence[Made], visitor: UUID) -> None:
    """Add notes that call on the visitor to some of the conversations that are being worked on."""
    for place, made in enumerate([one for one in active if one.conversation["assignee_id"]][::_EVERY][:_MOST]):
        _note(house, made, visitor, texts.say(f"demo.note.{place % 4 + 1}"))


def followed(active: Sequence[Made], visitor: UUID) -> list[dict[str, Any]]:
    """Return who follows what: who was called on, and the visitor what is urgent."""
    rows = []
    for made in active:
        users = {*made.called, *({visitor} if made.conversation["priority"] == 4 else ())}
        at = made.conversation["last_message_at"]
        rows += [{"user_id": user, "conversation_id": made.conversation["id"], "since": at} for user in users]
    return rows


def read(done: Sequence[Made], visitor: UUID) -> Iterator[dict[str, Any]]:
    """Yield marks of what the visitor has read."""
    for made in done:
        row = made.conversation
        yield {"user_id": visitor, "conversation_id": row["id"], "position": row["messages"]}


def _note(house: House, made: Made, visitor: UUID, text: str) -> None:
    row = made.conversation
    at = min(house.now - timedelta(seconds=5), row["last_message_at"] + timedelta(minutes=2))
    row["messages"] += 1
    row["last_message_at"] = max(at, row["last_message_at"])
    made.called.add(visitor)
    made.messages.append(
        {
            **made.messages[-1],
            "id": ids.at(row["last_message_at"]),
            "position": row["messages"],
            "kind": str(MessageKind.NOTE),
            "author_kind": str(Author.AGENT),
            "author": row["assignee_id"],
            "text": text,
            "delivery": str(Delivery.NONE),
            "source": "",
            "mentions": [visitor],
            "created_at": row["last_message_at"],
            "recorded_at": row["last_message_at"],
        }
    )
