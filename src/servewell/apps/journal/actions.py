"""How does something get into the journal? By `record`, in the transaction of the change it tells of."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.utils import IntegrityError

from servewell.apps.base import clock, ids, statements
from servewell.apps.base.principal import Principal
from servewell.apps.journal import events, listening, partitions
from servewell.apps.journal.events import Actor, Event
from servewell.apps.journal.listening import Recorded
from servewell.apps.journal.models import Access, LakeMonth

_SQL = statements.load(Path(__file__).with_name("statements.sql"))
_BATCH = 20_000  # events that `load` holds in memory
_held: ContextVar[list[Event] | None] = ContextVar("journal_held", default=None)  # within `together`: not yet written


def record(event: Event) -> Recorded:
    """Write an event and tell the rooms that listen, lowest floor first, all in the caller's transaction.

    EventRefused when the vocabulary does not allow it. What a listener raises passes through: the caller's transaction
    must then be rolled back.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("record belongs inside the transaction of the change that it tells of")
    if event.recorded_at is not None:
        raise ValueError("when something was recorded is the journal's to say; history is brought in by `load`")
    events.check(event)
    _write_held()
    recorded = _insert(event)
    for listener in listening.of(event.name):
        listener(event, recorded)
    return recorded


def record_all(told: Sequence[Event]) -> list[Recorded]:
    """As `record`, for what happened to one conversation at once, in one statement; listeners hear it in its order."""
    if not told:
        return []
    if not connection.in_atomic_block:
        raise RuntimeError("record belongs inside the transaction of the change that it tells of")
    if len({event.conversation for event in told}) > 1 or any(event.recorded_at is not None for event in told):
        raise ValueError("these are no events of one conversation that happen now")
    for event in told:
        events.check(event)
    before = _taken_off()
    recorded = _insert_all(told, before)
    for event, one in zip([*before, *told], recorded, strict=True):
        for listener in listening.of(event.name):
            listener(event, one)
    return recorded[len(before) :]


@contextmanager
def together() -> Iterator[None]:
    """Let what `record_soon` is told in the block wait for what is recorded next, or for its end: fewer statements.

    The order stays. When the block fails nothing more is written: its transaction must be rolled back.
    """
    if _held.get() is not None:
        yield
        return
    token = _held.set([])
    try:
        yield
        _write_held()
    finally:
        _held.reset(token)


def record_soon(event: Event) -> None:
    """As `record`, of something that is of no conversation; within `together` it waits for what comes next."""
    held = _held.get()
    if held is None or event.conversation is not None:
        record(event)
        return
    if not connection.in_atomic_block:
        raise RuntimeError("record belongs inside the transaction of the change that it tells of")
    events.check(event)
    held.append(event)


def load(history: Iterable[Event], *, quiet: bool = True) -> int:
    """Bring in events that happened elsewhere or before, with both times given; return how many.

    Listeners are not called and nobody is notified (unless `quiet` is off). `seq` follows the order of `history`
    within each conversation. Each event is checked as by `record`; all come in, or none.
    """
    loaded = 0
    with transaction.atomic():
        if quiet:
            _set_local("servewell.quiet")
        source = iter(history)
        while batch := list(islice(source, _BATCH)):
            _copy(batch)
            loaded += len(batch)
    return loaded


def log_access(principal: Principal, subject_kind: str, subject: UUID | None, what: str) -> None:
    """Remember that somebody read personal data: whose (`subject`), and which part (`what`, a code)."""
    actor = Actor.of(principal)
    Access.objects.create(
        at=clock.now(), actor_kind=actor.kind, actor=actor.id, subject_kind=subject_kind, subject=subject, what=what
    )


def erase_customer(principal: Principal, customer: UUID, parts: Iterable[UUID] = ()) -> int:
    """Take a customer's id out of every event; return of how many. The lake's months are marked to be written again.

    The access log forgets it too, and the ids of `parts` of the customer: that somebody looked stays, at whom does not.
    """
    with transaction.atomic():
        _set_local("servewell.erasing")
        touched = dict(statements.rows(_SQL["erase_customer"], {"customer": customer}))
        _set_local("servewell.erasing", "off")
        LakeMonth.objects.filter(month__in=touched).update(stale=True)
        Access.objects.filter(subject__in=[customer, *parts]).update(subject=None)
        erased = sum(touched.values())
        record(Event("journal.customer_erased", actor=Actor.of(principal), attributes={"events": erased}))
    return erased


def _taken_off() -> list[Event]:
    held = _held.get()
    if not held:
        return []
    taken = held[:]
    held.clear()
    return taken


def _write_held() -> None:
    for event in _taken_off():
        record(event)


def _insert(event: Event) -> Recorded:
    now = clock.now()
    partitions.ensure(event.occurred_at or now)
    fresh = ids.new()
    try:
        ((seq, occurred_at, recorded_at),) = statements.prepared(
            _SQL["record_event"], {**_row(event), "id": fresh, "now": now}
        )
    except IntegrityError:
        partitions.forget()  # if it was a missing partition, the next try finds out
        raise
    return Recorded(fresh, seq, occurred_at, recorded_at)


def _insert_all(told: Sequence[Event], before: Sequence[Event] = ()) -> list[Recorded]:
    """Write events of one conversation, and some before them that are of none."""
    every = [*before, *told]
    now, fresh = clock.now(), [ids.new() for _ in every]
    values: dict[str, Any] = {"now": now, "conversation": told[0].conversation}
    for place, (event, own) in enumerate(zip(every, fresh, strict=True), 1):
        partitions.ensure(event.occurred_at or now)
        row = {**_row(event), "id": own}
        values |= {f"{name}_{place}": value for name, value in row.items() if name != "conversation"}
    try:
        rows = statements.prepared(_several(len(before), len(told)), values)
    except IntegrityError:
        partitions.forget()
        raise
    known = {id_: Recorded(id_, *rest) for id_, *rest in rows}
    return [known[own] for own in fresh]


@cache
def _several(others: int, many: int) -> str:
    """Return the statement that writes so many events of one conversation, behind so many of none."""
    before, row, after = _SQL["record_events"].split("/* row */")
    rows = (re.sub(r"%\((\w+)_n\)s", rf"%(\g<1>_{place})s", row) for place in range(1, others + many + 1))
    rows = (one.replace("'n'", str(place)) for place, one in enumerate(rows, 1 - others))
    return (before + ",".join(rows) + after).replace("'many'", str(many))


def _row(event: Event) -> dict[str, Any]:
    return {
        "occurred_at": event.occurred_at,
        "conversation": event.conversation,
        "customer": event.customer,
        "activity": event.name,
        "lifecycle": event.lifecycle,
        "actor_kind": event.actor.kind,
        "actor": event.actor.id,
        "team": event.team,
        "channel": event.channel,
        "contact_type": event.contact_type,
        "sentiment": event.sentiment,
        "flow": event.flow,
        "version": event.version,
        "element": event.element,
        "amount": event.amount,
        "attributes": json.dumps(dict(event.attributes), default=str) if event.attributes else None,
    }


def _copy(batch: list[Event]) -> None:
    history = [_History.of(event) for event in batch]
    for moment in {(at.year, at.month): at for at in (h.occurred_at.astimezone(UTC) for h in history)}.values():
        partitions.ensure(moment)
    numbers = _numbers(history)
    with connection.cursor() as cursor, cursor.copy(_SQL["copy_events"]) as copy:
        for past in history:
            copy.write(_line(past, numbers))


@dataclass(frozen=True, slots=True)
class _History:
    """An event that was checked and has both times."""

    event: Event
    occurred_at: datetime
    recorded_at: datetime

    @classmethod
    def of(cls, event: Event) -> "_History":
        events.check(event)
        if event.occurred_at is None or event.recorded_at is None:
            raise ValueError("history has both times")
        return cls(event, event.occurred_at, event.recorded_at)


def _numbers(history: list[_History]) -> dict[UUID, int]:
    """Return the last number each conversation had before this batch."""
    counts: Counter[UUID] = Counter()
    latest: dict[UUID, datetime] = {}
    for past in history:
        case = past.event.conversation
        if case is not None:
            counts[case] += 1
            latest[case] = max(past.recorded_at, latest.get(case, past.recorded_at))
    values = {"conversations": list(counts), "events": list(counts.values()), "recorded": [latest[c] for c in counts]}
    return {case: last - counts[case] for case, last in statements.rows(_SQL["advance_counters"], values)}


def _line(past: _History, numbers: dict[UUID, int]) -> str:
    """Return an event as a line of COPY's text format."""
    seq, case = None, past.event.conversation
    if case is not None:
        seq = numbers[case] = numbers[case] + 1
    others = {name: value for name, value in _row(past.event).items() if name not in {"occurred_at", "conversation"}}
    values = [ids.at(past.recorded_at), past.occurred_at, past.recorded_at, case, seq, *others.values()]
    return "\t".join(map(_cell, values)) + "\n"


def _cell(value: Any) -> str:
    """Ids, codes and numbers need no escape; JSON may hold a backslash."""
    return "\\N" if value is None else str(value).replace("\\", "\\\\")


def _set_local(name: str, value: str = "on") -> None:
    statements.rows("select set_config(%(name)s, %(value)s, true)", {"name": name, "value": value})
