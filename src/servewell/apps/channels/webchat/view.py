"""What does a visitor see of their conversation? Public words only, and of their own thread."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.db.models import QuerySet

from servewell.apps.base import clock, statements
from servewell.apps.channels.webchat.models import Visitor
from servewell.apps.conversations.models import Author, Conversation, Message, MessageKind, Status
from servewell.apps.customers import queries as customers

SQL = statements.load(Path(__file__).with_name("statements.sql"))
_MOST_OWN = 50
_WAITS = (Status.OPEN, Status.WAITING_US)


@dataclass(frozen=True, slots=True)
class Current:
    """The conversation a visitor is in."""

    id: UUID
    own: UUID  # the one that has the thread's name; another than `id` when that was merged
    number: int
    source: str
    state: str  # of conversations
    team: UUID | None
    created_at: datetime
    closed_at: datetime | None
    solved_at: datetime | None
    messages: int  # position of the last message or note
    waiting_since: datetime | None
    first_reply_at: datetime | None
    assignee: UUID | None
    agent: str | None  # as customers read it
    agents_read: int  # position
    is_blocked: bool  # its customer
    customer: UUID

    @property
    def status(self) -> str:
        """Return the status as visitors know it."""
        if self.is_blocked:
            return "waiting"  # they are not told
        if self.state == Status.CLOSED:
            return "ended"
        if self.state == Status.SOLVED:
            return "solved"
        return "waiting" if self.assignee is None and self.state in _WAITS and self.first_reply_at is None else "active"

    @property
    def is_over(self) -> bool:
        """Does the next message begin a new one?"""
        return self.state == Status.CLOSED


def current(visitor: Visitor) -> Current | None:
    """Return the conversation of a visitor's thread, or None."""
    values = {"source": visitor.source, "thread": visitor.thread, "now": clock.now()}
    found = statements.prepared(SQL["current"], values)
    return Current(*found[0]) if found else None


def own(visitor: Visitor, conversation: UUID | None = None) -> list[Conversation]:
    """Return the conversations on this site of somebody whose identity is signed, newest first, or the one of them.

    Those of the same customer that began here: what was merged in from elsewhere stays elsewhere.
    """
    if visitor.customer_id is None:
        return []
    root = customers.resolve(visitor.customer_id)
    wanted = {} if conversation is None else {"pk": conversation}
    rows = Conversation.objects.filter(customer__root_id=root, source=visitor.source, **wanted)
    return list(rows.order_by("-created_at", "-id")[:_MOST_OWN])


def messages(conversation: UUID) -> "QuerySet[Message]":
    """Return what may be told of a conversation: no notes."""
    rows = Message.objects.filter(conversation_id=conversation, kind=MessageKind.PUBLIC)
    return rows.prefetch_related("files__attachment").order_by("position")


def unread(conversation: Current, after: int) -> int:
    """Return how many messages of ours stand after a position."""
    rows = Message.objects.filter(conversation_id=conversation.id, kind=MessageKind.PUBLIC, position__gt=after)
    return rows.exclude(author_kind=Author.CUSTOMER).count()


def part(
    conversation: UUID, *, after: int | None = None, before: int | None = None, limit: int
) -> tuple[list[Message], bool]:
    """Return up to `limit` messages, oldest first, and whether there are more that way.

    After a position the next ones, before a position the ones just before it, without either the newest.
    """
    rows = messages(conversation)
    if after is not None:
        found = list(rows.filter(position__gt=after)[: limit + 1])
        return found[:limit], len(found) > limit
    rows = rows.filter(position__lt=before) if before is not None else rows
    found = list(rows.reverse()[: limit + 1])
    return found[:limit][::-1], len(found) > limit
