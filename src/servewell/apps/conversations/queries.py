"""What do others ask about conversations?"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from servewell.apps.base import clock, statements
from servewell.apps.base.principal import Principal
from servewell.apps.conversations.errors import NoSuchConversation, NoSuchMessage
from servewell.apps.conversations.models import Conversation, Follower, Looking, Message
from servewell.apps.people import permissions

SQL = statements.load(Path(__file__).with_name("statements.sql"))
READ = "conversations.read"
LOOKING_COUNTS = timedelta(seconds=30)  # a mark that was not renewed for so long counts no more


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page of a stream ended."""

    created_at: datetime
    id: UUID


def visible_to(principal: Principal | None) -> QuerySet[Conversation]:
    """Return the conversations `principal` may read: their own, their teams', or all."""
    return permissions.narrow(Conversation.objects.all(), principal, READ, owner="assignee_id")


def conversation(principal: Principal, conversation_id: UUID) -> Conversation:
    """Return one conversation; NoSuchConversation, NotAllowed."""
    found = Conversation.objects.filter(pk=conversation_id).first()
    if found is None:
        raise NoSuchConversation
    permissions.demand(principal, READ, found)
    return found


def message(principal: Principal, message_id: UUID) -> Message:
    """Return one message with its conversation; NoSuchMessage, NotAllowed."""
    found = Message.objects.select_related("conversation").filter(pk=message_id).first()
    if found is None:
        raise NoSuchMessage
    permissions.demand(principal, READ, found.conversation)
    return found


def surviving(conversation_id: UUID) -> Conversation:
    """Return where a conversation goes on: itself unless it was merged; NoSuchConversation."""
    found = statements.rows(SQL["surviving"], {"conversation": conversation_id})
    if not found:
        raise NoSuchConversation
    return Conversation.objects.get(pk=found[0][0])


def family(conversation_id: UUID) -> list[UUID]:
    """Return the conversations that are read as one: all that go on where this one goes on; that one is first.

    Empty when there is no such conversation.
    """
    last = statements.rows(SQL["surviving"], {"conversation": conversation_id})
    if not last:
        return []
    members = set(merged_here(last[0][0]))
    return [last[0][0], *sorted(members - {last[0][0]})]


def merged_here(conversation_id: UUID) -> list[UUID]:
    """Return a conversation and all that go on in it; not where it goes on itself."""
    return [row[0] for row in statements.rows(SQL["merged_here"], {"conversation": conversation_id})]


def stream(conversation_id: UUID, after: Cursor | None = None, *, before: Cursor | None = None) -> QuerySet[Message]:
    """Return the messages of a conversation's family, with files, oldest first by time written, then id.

    `after` and `before` (a message's time and id) cut it; slice it for a page.
    """
    rows = Message.objects.filter(conversation_id__in=family(conversation_id)).prefetch_related("files__attachment")
    if after is not None:
        rows = rows.filter(Q(created_at__gt=after.created_at) | Q(created_at=after.created_at, id__gt=after.id))
    if before is not None:
        rows = rows.filter(Q(created_at__lt=before.created_at) | Q(created_at=before.created_at, id__lt=before.id))
    return rows.order_by("created_at", "id")


def followers(conversation_id: UUID) -> QuerySet[Follower]:
    """Return who follows a conversation, or what was merged into it, with the people: each once, the longest first."""
    rows = Follower.objects.filter(conversation__in=merged_here(conversation_id))
    earlier = rows.filter(user=OuterRef("user"), since__lt=OuterRef("since"))
    return rows.filter(~Exists(earlier)).select_related("user").order_by("since", "user_id")


def lookers(conversation_id: UUID) -> list[Looking]:
    """Return who has a conversation open just now, with the people, longest first."""
    since = clock.now() - LOOKING_COUNTS
    rows = Looking.objects.filter(conversation_id=conversation_id, seen_at__gt=since)
    return list(rows.select_related("user").order_by("user_id"))
