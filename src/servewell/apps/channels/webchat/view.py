"""What does a visitor see of their conversation? Public words only, and of their own thread."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from servewell.apps.base import cleaning, clock, statements
from servewell.apps.channels.frame import links
from servewell.apps.channels.webchat import sites
from servewell.apps.channels.webchat.errors import NoSuchFile
from servewell.apps.channels.webchat.models import Visitor
from servewell.apps.conversations import events
from servewell.apps.conversations.models import Author, Conversation, Message, MessageKind, Status
from servewell.apps.customers.models import Identity
from servewell.apps.journal.models import Event

SQL = statements.load(Path(__file__).with_name("statements.sql"))
_MOST_OWN = 50
_SHOWN_AFTER = timedelta(days=1)
_MOST_PIECES = 1000
_PREVIEW = 200  # characters
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
    own_customer: UUID  # of `own`
    is_of_one: bool  # are both customers the same?
    shown: UUID  # by which id the visitor knows it; its number and beginning are of that one

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
        """Does the next message begin a new one, as far as the visitor knows?"""
        return self.state == Status.CLOSED and not self.is_blocked

    @property
    def is_pieced(self) -> bool:
        """Is what the visitor sees not just one conversation?

        It was merged into another, of which they see what came since. Or the customer is blocked, whose every message
        begins a conversation that is closed at once: they are to see one that waits.
        """
        return self.own != self.id or self.is_blocked


@dataclass(frozen=True, slots=True)
class Seen:
    """A message as a visitor sees it."""

    message: Message
    position: int  # its own; counted from 1 where the view is pieced together


def current(visitor: Visitor) -> Current | None:
    """Return the conversation of a visitor's thread, or None.

    One that has ended is shown for a day more, or, to somebody whose identity is signed, until the next begins: at a
    browser that many use, whoever comes later sees nothing of it.
    """
    values = {"source": visitor.source, "thread": visitor.thread, "now": clock.now()}
    found = statements.prepared(SQL["current"], values)
    now = Current(*found[0]) if found else None
    if now is None or not now.is_over or visitor.is_identified or now.closed_at is None:
        return now
    return now if now.closed_at > clock.now() - _SHOWN_AFTER else None


def own(visitor: Visitor, conversation: UUID | None = None) -> list[Conversation]:
    """Return the conversations on this site of somebody whose identity is signed, newest first, or the one of them.

    Only of whom the site signed as the same person: that another customer is they as well is what one of us believes.
    """
    if not visitor.is_identified:
        return []
    wanted = {} if conversation is None else {"pk": conversation}
    devices = Visitor.objects.filter(account=visitor.account_id, person=visitor.person)
    mine = Q(customer__in=_signed_as(visitor)) | Q(pk__in=devices.values("conversation_id"))
    rows = Conversation.objects.filter(mine, source=visitor.source, **wanted)
    found = list(rows.order_by("-created_at", "-id")[:_MOST_OWN])
    now = current(visitor)
    if now is None or not now.is_blocked:
        return found
    return [one for one in found if one.number <= now.number]  # what came since is one with it, as far as they see


def earlier(
    visitor: Visitor, conversation: UUID, *, after: int | None = None, before: int | None = None, limit: int
) -> tuple[list[Seen], bool]:
    """Return a part of a conversation of `own`, as `part` does: in the current one the same; NoSuchFile for others."""
    now = current(visitor)
    if now is not None and shown_id(visitor, now) == conversation:
        return part(visitor, now, after=after, before=before, limit=limit)
    if not (found := own(visitor, conversation)):
        raise NoSuchFile
    readers = _written_here(visitor) | links.readable(found[0].customer_id)
    return stretch(conversation, readers, after=after, before=before, limit=limit)


def previews(visitor: Visitor, rows: Sequence[Conversation]) -> dict[UUID, str]:
    """Return the beginning of the last words that the visitor may read in each of their own conversations."""
    readers = _written_here(visitor) | links.readable(*{row.customer_id for row in rows})
    last = Message.objects.filter(readers, kind=MessageKind.PUBLIC, conversation__in=[row.id for row in rows])
    last = last.order_by("conversation", "-position").distinct("conversation")
    return {one.conversation_id: cleaning.short_line(one.text[: _PREVIEW * 8], most=_PREVIEW).text for one in last}


def _signed_as(visitor: Visitor) -> "QuerySet[Identity, Any]":
    """The customer whom the site's signature names, without those whom we merged with them."""
    source = sites.person_source(visitor.account)
    proven = Identity.objects.filter(kind=Identity.Kind.EXTERNAL, source=source, value=visitor.person)
    return proven.exclude(verified_at=None).values("customer")


def shown_id(visitor: Visitor, now: Current) -> UUID:
    """Return by which id a visitor knows the conversation: one that stays while a blocked one's are many."""
    return now.shown


def unread(visitor: Visitor, now: Current, after: int) -> int:
    """Return how many messages of ours stand after a position."""
    if now.is_pieced:
        return sum(one.position > after and _is_ours(one.message) for one in pieced(visitor, now))
    rows = Message.objects.filter(conversation_id=now.id, kind=MessageKind.PUBLIC, position__gt=after)
    return rows.exclude(author_kind=Author.CUSTOMER).count()


def agents_read(visitor: Visitor, now: Current) -> int:
    """Return up to which position we have read."""
    if not now.is_pieced:
        return min(now.agents_read, now.messages)
    read = (one for one in pieced(visitor, now) if _reaches(one.message, now.id, now.agents_read))
    return max((one.position for one in read), default=0)


def part(
    visitor: Visitor, now: Current, *, after: int | None = None, before: int | None = None, limit: int
) -> tuple[list[Seen], bool]:
    """Return up to `limit` messages, oldest first, and whether there are more that way.

    After a position the next ones, before a position the ones just before it, without either the newest.
    """
    if not now.is_pieced:
        return stretch(now.id, _readers(visitor, now), after=after, before=before, limit=limit)
    found = pieced(visitor, now)
    if after is not None:
        found = [one for one in found if one.position > after]
        return found[:limit], len(found) > limit
    found = [one for one in found if before is None or one.position < before]
    return found[-limit:], len(found) > limit


def stretch(
    conversation: UUID, readers: Q, *, after: int | None = None, before: int | None = None, limit: int
) -> tuple[list[Seen], bool]:
    """Return a part of one conversation, as `part` does; `readers` says whose words may be read."""
    rows = _public().filter(readers, conversation_id=conversation).order_by("position")
    if after is not None:
        found = list(rows.filter(position__gt=after)[: limit + 1])
        return _seen(found[:limit]), len(found) > limit
    rows = rows.filter(position__lt=before) if before is not None else rows
    found = list(rows.reverse()[: limit + 1])
    return _seen(found[:limit][::-1]), len(found) > limit


def pieced(visitor: Visitor, now: Current) -> list[Seen]:
    """Return all of a view that is pieced together, in the order in which we had it; the newest of very many."""
    rows = _held(visitor) if now.is_blocked else _merged(visitor, now)
    newest = list(rows.order_by("-recorded_at", "-id")[:_MOST_PIECES])[::-1]
    return [Seen(message, number) for number, message in enumerate(newest, 1)]


def _held(visitor: Visitor) -> "QuerySet[Message]":
    """What a blocked customer wrote on this site, and what was answered before."""
    return _public().filter(conversation__customer=visitor.customer_id, conversation__source=visitor.source)


def _merged(visitor: Visitor, now: Current) -> "QuerySet[Message]":
    """Their own conversation; and where it goes on, since then, what they wrote and what was answered by this chat.

    What stood there before, and what another writes there, is not theirs to see: that both are one customer is only
    what one of us believes. Answers by another way (mail) go that way.
    """
    told = Event.objects.filter(conversation=now.own, activity=events.MERGED.name).order_by("-seq")
    since = told.values_list("recorded_at", flat=True).first() or clock.now()
    onward = Q(conversation_id=now.id, source=visitor.source, recorded_at__gte=since)
    theirs = _written_here(visitor) | ~Q(author_kind=Author.CUSTOMER)
    return _public().filter(Q(conversation_id=now.own) & _readers(visitor, now) | onward & theirs)


def _readers(visitor: Visitor, now: Current) -> Q:
    """Which words are a visitor's to read: ours, their own, and of the customer whose thread it is.

    Another customer's conversation may be merged into theirs: what that one writes there is not for them.
    """
    return _written_here(visitor) | links.readable(now.own_customer, visitor.customer_id)


def _written_here(visitor: Visitor) -> Q:
    return Q(external_id__startswith=f"{visitor.id}:", source=visitor.source)


def _public() -> "QuerySet[Message]":
    return Message.objects.filter(kind=MessageKind.PUBLIC).prefetch_related("files__attachment")


def _seen(messages: list[Message]) -> list[Seen]:
    return [Seen(message, message.position) for message in messages]


def _is_ours(message: Message) -> bool:
    return message.author_kind != Author.CUSTOMER


def _reaches(message: Message, conversation: UUID, position: int) -> bool:
    """Was a message read by whoever read a conversation up to there? What was merged into it, was before."""
    return message.conversation_id != conversation or message.position <= position
