"""What is to happen at a moment? One table says it for all rooms; workers fire what is due.

A timer is unique per kind and subject. Its handler runs in the same transaction that removes the timer, so it fires
exactly once however many workers run and whenever one of them dies. A handler that fails is rolled back alone and
comes back later.

Verbs lock their object and then set or cancel its timer, so a worker does the same: the handler locks the object, and
the timer's row is taken only after that. A timer that was cancelled or replaced by then has not fired: what its handler
did is rolled back.
"""

import json
import random
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import Min

from servewell.apps.base import clock, ids, statements, waiting
from servewell.apps.base.models import Timer

_SQL = statements.load(Path(__file__).with_name("statements.sql"))
_log = structlog.get_logger(__name__)
_FIRST_WAIT_S, _LONGEST_WAIT_S = 2.0, 3600.0


@dataclass(frozen=True, slots=True)
class FiredTimer:
    """A timer as its handler sees it."""

    kind: str
    subject: UUID  # what it is about, e.g. a promise
    due_at: datetime  # when it should have fired
    payload: dict[str, Any]


@dataclass(slots=True)
class _Claimed:
    """A due row that no other worker is at."""

    id: UUID
    timer: FiredTimer
    attempt: int  # failures so far
    taken: bool = False  # removed, by a handler that set or cancelled its own timer


class _ReplacedMeanwhileError(Exception):
    """Somebody cancelled or replaced the timer while its handler ran."""


Handler = Callable[[FiredTimer], None]
_handlers: dict[str, Handler] = {}
_firing: ContextVar[_Claimed | None] = ContextVar("_firing", default=None)


def set(kind: str, subject: UUID, due_at: datetime, payload: dict[str, Any] | None = None) -> None:  # noqa: A001 - timers.set
    """Set the timer of this kind for this subject, replacing the one it has; in the caller's transaction."""
    _take_own(kind, subject)
    values = {"id": ids.new(), "kind": kind, "subject": subject, "due_at": due_at, "now": clock.now()}
    statements.run(_SQL["set_timer"], {**values, "payload": json.dumps(payload or {})})


def cancel(kind: str, subject: UUID) -> bool:
    """Remove the timer; return whether there was one."""
    _take_own(kind, subject)
    return Timer.objects.filter(kind=kind, subject=subject).delete()[0] == 1


def handler(kind: str) -> Callable[[Handler], Handler]:
    """Register the function that timers of `kind` call, in the firing transaction: database work only, no calls out.

    It locks what it changes before it reads it: the timer itself is not locked while it runs.
    """

    def register(call: Handler) -> Handler:
        if _handlers.get(kind, call) is not call:
            raise ValueError(f"timer kind {kind} has two handlers")
        _handlers[kind] = call
        return call

    return register


def run_due(limit: int = 50) -> int:
    """Fire up to `limit` timers that are due, each in a transaction of its own; return how many fired or failed."""
    total = 0
    while total < limit:
        fired = _run_next()
        if fired is None:
            break
        total += fired
    return total


def next_due() -> datetime | None:
    """Return when the next timer wants to fire, or None when there is none."""
    moment: datetime | None = Timer.objects.filter(kind__in=list(_handlers)).aggregate(at=Min("try_at"))["at"]
    return moment


def _run_next() -> bool | None:
    """Fire the next timer; return whether it fired or failed (not when it was gone meanwhile), None if none is due."""
    now = clock.now()
    with transaction.atomic():
        found = statements.rows(_SQL["claim_timer"], {"now": now, "kinds": list(_handlers)})
        if not found:
            return None
        row = _read(found[0][0], now)
        return row is not None and _fire(row)


def _read(id_: UUID, now: datetime) -> _Claimed | None:
    rows = statements.rows(_SQL["read_timer"], {"id": id_, "now": now})
    for kind, subject, due_at, payload, attempt in rows:
        return _Claimed(id_, FiredTimer(kind, subject, due_at, json.loads(payload)), attempt)
    return None


def _fire(row: _Claimed) -> bool:
    before = _firing.set(row)
    try:
        with transaction.atomic():
            _handlers[row.timer.kind](row.timer)
            _take(row)
    except _ReplacedMeanwhileError:
        return False
    except Exception as fault:
        _log.exception("timer failed", kind=row.timer.kind, subject=str(row.timer.subject))
        _put_off(row, f"{type(fault).__name__}: {fault}")
    finally:
        _firing.reset(before)
    return True


def _take_own(kind: str, subject: UUID) -> None:
    """A handler that sets or cancels the timer it was called by takes it first: the new one has another id."""
    row = _firing.get()
    if row is not None and (row.timer.kind, row.timer.subject) == (kind, subject):
        _take(row)


def _take(row: _Claimed) -> None:
    """Remove a timer whose handler runs, once; _ReplacedMeanwhileError when somebody else did."""
    if statements.run(_SQL["take_timer"], {"id": row.id}) == 1:
        row.taken = True
    elif not row.taken:
        raise _ReplacedMeanwhileError


def _put_off(row: _Claimed, reason: str) -> None:
    values = {
        "id": row.id,
        "try_at": clock.now() + wait_after(row.attempt + 1),
        "attempt": row.attempt + 1,
        "reason": reason[:2000],
    }
    statements.run(_SQL["put_timer_off"], values)


def wait_after(failures: int, *, draw: Callable[[], float] = random.random) -> timedelta:
    """Return the wait after so many failures: 2 s doubled each time, at most an hour, less up to half by lot."""
    longest = waiting.doubled(_FIRST_WAIT_S, failures - 1, _LONGEST_WAIT_S)
    return timedelta(seconds=longest * (1 - draw() / 2))
