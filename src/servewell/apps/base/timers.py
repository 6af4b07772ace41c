"""What is to happen at a moment? One table says it for all rooms; workers fire what is due.

A timer is unique per kind and subject. Its handler runs in the same transaction that removes the timer, so it fires
exactly once however many workers run and whenever one of them dies. A handler that fails is rolled back alone and
comes back later; the others of its batch go on.
"""

import json
import random
from collections.abc import Callable
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
_BATCH = 20  # timers to a transaction: what their handlers lock (a conversation) is locked until the last has run


@dataclass(frozen=True, slots=True)
class FiredTimer:
    """A timer as its handler sees it."""

    kind: str
    subject: UUID  # what it is about, e.g. a promise
    due_at: datetime  # when it should have fired
    payload: dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Claimed:
    """A due row, locked by us."""

    id: UUID
    timer: FiredTimer
    attempt: int  # failures so far


Handler = Callable[[FiredTimer], None]
_handlers: dict[str, Handler] = {}


def set(kind: str, subject: UUID, due_at: datetime, payload: dict[str, Any] | None = None) -> None:  # noqa: A001 - timers.set
    """Set the timer of this kind for this subject, replacing the one it has; in the caller's transaction."""
    values = {"id": ids.new(), "kind": kind, "subject": subject, "due_at": due_at}
    statements.run(_SQL["set_timer"], {**values, "payload": json.dumps(payload or {})})


def cancel(kind: str, subject: UUID) -> bool:
    """Remove the timer; return whether there was one."""
    return Timer.objects.filter(kind=kind, subject=subject).delete()[0] == 1


def handler(kind: str) -> Callable[[Handler], Handler]:
    """Register the function that timers of `kind` call, in the firing transaction: database work only, no calls out."""

    def register(call: Handler) -> Handler:
        if _handlers.get(kind, call) is not call:
            raise ValueError(f"timer kind {kind} has two handlers")
        _handlers[kind] = call
        return call

    return register


def run_due(limit: int = 50) -> int:
    """Fire up to `limit` timers that are due, some in a transaction; return how many were claimed."""
    total = 0
    while total < limit:
        size = min(_BATCH, limit - total)
        claimed = _run_batch(size)
        total += claimed
        if claimed < size:
            break
    return total


def next_due() -> datetime | None:
    """Return when the next timer wants to fire, or None when there is none."""
    moment: datetime | None = Timer.objects.filter(kind__in=list(_handlers)).aggregate(at=Min("try_at"))["at"]
    return moment


def _run_batch(size: int) -> int:
    with transaction.atomic():
        claimed = _claim(size)
        for row in claimed:
            _fire(row)
    return len(claimed)


def _claim(limit: int) -> list[_Claimed]:
    due = statements.rows(_SQL["claim_timers"], {"now": clock.now(), "kinds": list(_handlers), "limit": limit})
    return [_Claimed(row[0], FiredTimer(row[1], row[2], row[3], json.loads(row[4])), row[5]) for row in due]


def _fire(row: _Claimed) -> None:
    try:
        with transaction.atomic():
            if _take(row):
                _handlers[row.timer.kind](row.timer)
    except Exception as fault:
        _log.exception("timer failed", kind=row.timer.kind, subject=str(row.timer.subject))
        _put_off(row, f"{type(fault).__name__}: {fault}")


def _take(row: _Claimed) -> bool:
    return statements.run(_SQL["take_timer"], {"id": row.id}) == 1


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
