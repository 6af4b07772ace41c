"""How is a conversation changed? Locked, by somebody who may, its version counted up, and told to the journal.

All verbs do it by `changing`: what they set and tell is written when the block ends, in one transaction. A verb that
sets something and tells nothing is a fault of ours and is refused.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from django.db import transaction

from servewell.apps.base import clock
from servewell.apps.base.principal import Principal
from servewell.apps.conversations.errors import IsClosed, IsMerged, NoSuchConversation
from servewell.apps.conversations.models import Conversation, Status
from servewell.apps.journal.actions import record_all
from servewell.apps.journal.events import Actor, Event, EventType
from servewell.apps.people import permissions

T = TypeVar("T")
WRITE = "conversations.write"


@dataclass(slots=True)
class Work:
    """One conversation while it is changed; its row is locked."""

    principal: Principal
    conversation: Conversation
    now: datetime = field(default_factory=clock.now)
    actor: Actor | None = (
        None  # who did it, where that is not the principal: a customer, whose message a channel brings
    )
    occurred_at: datetime | None = None  # when, where that was not just now
    changed: set[str] = field(default_factory=set)  # columns to write
    told: list[tuple[EventType, dict[str, Any]]] = field(default_factory=list)
    known: dict[Any, Any] = field(default_factory=dict)  # what was looked up; shared by those changed in one go

    def set(self, **values: Any) -> bool:
        """Give columns their values; return whether any was another before."""
        differing = {name: value for name, value in values.items() if getattr(self.conversation, name) != value}
        for name, value in differing.items():
            setattr(self.conversation, name, value)
        self.changed |= differing.keys()
        return bool(differing)

    def once(self, what: Any, look: Callable[[], T]) -> T:
        """Look something up that does not change within the transaction; the second time it is known."""
        if what not in self.known:
            self.known[what] = look()
        found: T = self.known[what]
        return found

    def tell(self, event: EventType, **attributes: Any) -> None:
        """Note what the journal is to hear, in this order; an attribute that is None does not apply."""
        self.told.append((event, {name: value for name, value in attributes.items() if value is not None}))


@contextmanager
def changing(
    principal: Principal, conversation_id: UUID, *, merged: bool = False, closed: bool = False
) -> Iterator[Work]:
    """Lock a conversation in a transaction and write at its end what the block did to it.

    `merged` and `closed` say whether the block may work on one that goes on elsewhere, or is closed for good.
    NoSuchConversation, NotAllowed, IsMerged, IsClosed.
    """
    with transaction.atomic():
        work = Work(principal, locked(principal, conversation_id))
        if not merged:
            demand_its_own(work.conversation)
        if not closed:
            demand_not_closed(work.conversation)
        yield work
        write(work)


def locked(principal: Principal, conversation_id: UUID) -> Conversation:
    """Return a conversation that `principal` may write, its row locked until the transaction ends."""
    found = Conversation.objects.select_for_update().filter(pk=conversation_id).first()
    if found is None:
        raise NoSuchConversation
    permissions.demand(principal, WRITE, found)
    return found


def demand_its_own(conversation: Conversation) -> None:
    """Refuse one that goes on in another, and say in which."""
    from servewell.apps.conversations import queries

    if conversation.merged_into_id is not None:
        surviving = queries.surviving(conversation.merged_into_id)
        raise IsMerged(number=surviving.number, conversation=str(surviving.id))


def demand_not_closed(conversation: Conversation) -> None:
    """Refuse one that is closed for good."""
    if conversation.status == Status.CLOSED:
        raise IsClosed(number=conversation.number)


def write(work: Work) -> None:
    """Write the row, then tell the journal; nothing at all when nothing changed."""
    conversation = work.conversation
    if work.changed and not work.told:
        raise RuntimeError(f"changed without an event: {', '.join(sorted(work.changed))}")
    if work.changed:
        conversation.version += 1
        conversation.updated_at = work.now
        conversation.save(update_fields=[*sorted(work.changed), "version", "updated_at"])
    tell_journal(work)


def tell_journal(work: Work) -> None:
    """Record what was told; with the version where the row changed."""
    numbered = {"version": work.conversation.version}
    record_all(
        [
            _event(work, event, attributes | numbered if "version" in event.attributes else attributes)
            for event, attributes in work.told
        ]
    )
    work.told.clear()
    work.changed.clear()


def seconds(since: datetime | None, until: datetime) -> float | None:
    """Return how long something took, in seconds; None when it never began."""
    return None if since is None else round(max(0.0, (until - since).total_seconds()), 3)


def _event(work: Work, event: EventType, attributes: dict[str, Any]) -> Event:
    conversation = work.conversation
    return Event(
        event.name,
        conversation.id,
        customer=conversation.customer_id,
        actor=work.actor or Actor.of(work.principal),
        team=conversation.team_id,
        channel=conversation.channel,
        contact_type=conversation.contact_type,
        sentiment=conversation.sentiment,
        attributes=attributes,
        occurred_at=work.occurred_at,
    )
