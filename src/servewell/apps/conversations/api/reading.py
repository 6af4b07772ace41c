"""One conversation is looked at: itself, its messages page by page, its history in words."""

from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from servewell.apps.base import cursors
from servewell.apps.base.principal import Principal
from servewell.apps.conversations import history, queries
from servewell.apps.conversations.api import shown
from servewell.apps.conversations.api.shapes import ConversationShown, HistoryPage, MessagePage
from servewell.apps.conversations.errors import NoSuchConversation, NoSuchMessage
from servewell.apps.conversations.models import Conversation, Message
from servewell.apps.conversations.queries import Cursor
from servewell.apps.journal.actions import log_access
from servewell.apps.journal.models import Event
from servewell.apps.people import permissions
from servewell.apps.people.auth import acting, language_of

router = Router()
PAGE = 50
LINES = 200  # of a history
WRITE = "conversations.write"
_BIGGEST = 2**31 - 1


class PageWanted(Schema):
    """Which messages; without anything the newest."""

    cursor: str | None = Field(default=None, description="`next` or `previous` of another page")
    around: UUID | None = Field(default=None, description="a message: the page has it in its middle")
    position: int | None = Field(
        default=None, ge=1, le=_BIGGEST, description="as `around`, by its place in this conversation"
    )
    limit: int = Field(default=PAGE, ge=1, le=200)


class HistoryWanted(Schema):
    """Which part of a history; without anything its beginning."""

    cursor: str | None = Field(default=None, description="`next` of another page")
    limit: int = Field(default=LINES, ge=1, le=LINES)


@router.get("/by-number/{number}", response=ConversationShown)
def find_by_number(request: HttpRequest, number: int) -> dict[str, Any]:
    """Return the conversation with a number, as in `#1042`."""
    principal = demanded(request, queries.READ)
    found = queries.visible_to(principal).filter(number=number).first() if number < 2**63 else None
    if found is None:
        raise NoSuchConversation
    return _remembered(principal, found)


@router.get("/{uuid:conversation_id}", response=ConversationShown)
def read_conversation(request: HttpRequest, conversation_id: UUID) -> dict[str, Any]:
    """Return one conversation; that somebody read it is remembered."""
    principal = demanded(request, queries.READ)
    return _remembered(principal, reached(principal, conversation_id))


@router.get("/{uuid:conversation_id}/messages", response=MessagePage)
def list_messages(request: HttpRequest, conversation_id: UUID, wanted: Query[PageWanted]) -> dict[str, Any]:
    """List messages and notes, newest first, also of conversations that were merged into this one."""
    principal = demanded(request, queries.READ)
    conversation = reached(principal, conversation_id)
    log_access(principal, "customer", conversation.customer_id, "conversation.messages")
    rows, older, newer = _page(conversation, wanted)
    of = _of(conversation)
    return {
        "items": shown.messages(rows, language_of(request)),
        "next": _cursor(rows[-1], of, older=True) if older else None,
        "previous": _cursor(rows[0], of, older=False) if newer else None,
    }


@router.get("/{uuid:conversation_id}/history", response=HistoryPage)
def read_history(request: HttpRequest, conversation_id: UUID, wanted: Query[HistoryWanted]) -> dict[str, Any]:
    """Tell all that happened to a conversation and to those merged into it, in words, oldest first; 200 a page."""
    principal = demanded(request, queries.READ)
    found = reached(principal, conversation_id)
    log_access(principal, "customer", found.customer_id, "conversation.history")
    return _told(found, wanted, language_of(request))


def demanded(request: HttpRequest, verb: str) -> Principal:
    """Return who acts; NotAllowed without the verb, whatever it is about."""
    principal = acting(request)
    permissions.demand(principal, verb)
    return principal


def writer(request: HttpRequest, conversation_id: UUID) -> Principal:
    """Return who acts, if they may write this conversation; what lies out of reach is as if it were not there."""
    principal = demanded(request, WRITE)
    rows = permissions.narrow(Conversation.objects.all(), principal, WRITE, owner="assignee_id")
    if not rows.filter(pk=conversation_id).exists():
        raise NoSuchConversation
    return principal


def reached(principal: Principal, conversation_id: UUID) -> Conversation:
    """Return a conversation that `principal` may read; what lies out of reach is as if it were not there."""
    found = queries.visible_to(principal).filter(pk=conversation_id).first()
    if found is None:
        raise NoSuchConversation
    return found


def _remembered(principal: Principal, found: Conversation) -> dict[str, Any]:
    log_access(principal, "customer", found.customer_id, "conversation.read")
    return shown.conversation(principal, found.id)


def _told(found: Conversation, wanted: HistoryWanted, language: str) -> dict[str, Any]:
    """Return a page of what happened; of a merged conversation its own alone."""
    family = [found.id] if found.merged_into_id else queries.family(found.id) or [found.id]
    rows = Event.objects.filter(conversation__in=family).order_by("recorded_at", "conversation", "seq")
    of = f"conversations.history.{found.id}"
    if wanted.cursor:
        at, conversation, seq = cursors.decode(wanted.cursor, of)
        later = Q(conversation__gt=conversation) | Q(conversation=conversation, seq__gt=seq)
        rows = rows.filter(Q(recorded_at__gt=at) | Q(later, recorded_at=at))
    some = list(rows[: wanted.limit + 1])
    last = some[wanted.limit - 1] if len(some) > wanted.limit else None
    return {
        "items": history.lines(some[: wanted.limit], language),
        "next": cursors.encode((last.recorded_at, last.conversation, last.seq), of) if last else None,
    }


def _of(conversation: Conversation) -> str:
    return f"conversations.messages.{conversation.id}"


def _cursor(row: Message, of: str, *, older: bool) -> str:
    return cursors.encode((older, row.created_at, row.id), of)


def _page(conversation: Conversation, wanted: PageWanted) -> tuple[list[Message], bool, bool]:
    """Return a page, newest first, and whether there are older and newer ones."""
    if wanted.cursor:
        to_older, created_at, last = cursors.decode(wanted.cursor, _of(conversation))
        place = Cursor(created_at, last)
        rows, more = _side(conversation, place, wanted.limit, older=to_older)
        return (rows, more, True) if to_older else (rows, True, more)
    middle = _middle(conversation, wanted)
    if middle is None:
        rows, more = _side(conversation, None, wanted.limit, older=True)
        return rows, more, False
    return _around(conversation, middle, wanted.limit)


def _around(conversation: Conversation, middle: Message, limit: int) -> tuple[list[Message], bool, bool]:
    place = Cursor(middle.created_at, middle.id)
    half = (limit - 1) // 2
    newer, is_newer = _side(conversation, place, half, older=False) if half else ([], True)
    older, is_older = _side(conversation, place, limit - 1 - len(newer), older=True)
    return [*newer, middle, *older], is_older, is_newer


def _side(conversation: Conversation, place: Cursor | None, limit: int, *, older: bool) -> tuple[list[Message], bool]:
    """Return the messages next to a place on one side, newest first, and whether there are more on that side."""
    rows = _stream(conversation, before=place) if older else _stream(conversation, after=place)
    found = list(rows.order_by("-created_at", "-id")[: limit + 1] if older else rows[: limit + 1])
    some = found[:limit]
    return (some if older else some[::-1]), len(found) > limit


def _stream(conversation: Conversation, **cut: Cursor | None) -> QuerySet[Message]:
    """Return the messages read as one; of a merged conversation its own alone: the others may be another team's."""
    rows = queries.stream(conversation.id, **cut)
    return rows if conversation.merged_into_id is None else rows.filter(conversation=conversation)


def _middle(conversation: Conversation, wanted: PageWanted) -> Message | None:
    if wanted.around is None and wanted.position is None:
        return None
    here = Q(conversation=conversation.id, position=wanted.position or 0)
    found = _stream(conversation).filter(Q(pk=wanted.around) if wanted.around else here).first()
    if found is None:
        raise NoSuchMessage
    return found
