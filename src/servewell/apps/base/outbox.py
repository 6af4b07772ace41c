"""How does a change reach the outside, exactly as often as it must? Through one table of calls to make.

`put` writes the call in the caller's transaction. A worker then works in three parts: claim with a lease
(one transaction), call (none), settle (one transaction). So a call whose change was rolled back is never made,
one that was committed is never lost, and only the holder of the claim settles it. Outward this is at least once,
with a stable key that lets the other side drop a repetition.
"""

import json
import random
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import structlog
from django.db import connection, transaction
from django.db.models import QuerySet

from servewell.apps.base import clock, ids, statements, waiting
from servewell.apps.base.errors import NotNow, OutsideFailure
from servewell.apps.base.models import Outgoing

_SQL = statements.load(Path(__file__).with_name("statements.sql"))
_log = structlog.get_logger(__name__)

MOST_ATTEMPTS = 19  # with the back-off below about a day (22 h in the mean); then the call is parked with its reason
_FIRST_WAIT_S, _LONGEST_WAIT_S = 5.0, 4 * 3600.0
_MOST_DEATHS = 5  # further attempts of which nothing was heard, because their worker died: then it may die of the call
_DIED = "whoever made the call died, each time"
_AT_ONCE = timedelta()


@dataclass(frozen=True, slots=True)
class OutboxItem:
    """A call as its handler sees it."""

    id: UUID
    kind: str  # which handler
    key: str  # the same at every try
    payload: dict[str, Any]
    attempt: int  # from 1


Settle = Callable[[], None]  # what to write, in the settling transaction, when the call succeeded
Handler = Callable[[OutboxItem], Settle | None]
# What to write, in the transaction that parks a call: it, why in words, and what it raised (None: its worker died).
GivenUp = Callable[[OutboxItem, str, Exception | None], None]


@dataclass(frozen=True, slots=True)
class _Registered:
    """A handler and how long one of its calls may take."""

    call: Handler
    lease_s: float
    given_up: GivenUp | None = None


_handlers: dict[str, _Registered] = {}


def put(
    kind: str,
    payload: dict[str, Any],
    *,
    key: str | None = None,
    order_key: str = "",
    due_at: datetime | None = None,
) -> UUID:
    """Write a call into the outbox, inside the caller's transaction; return its id.

    `key` (default: the id) names the call towards the outside: the same kind and key is one call. Calls with the
    same `order_key` are made one after the other, in the order of their commits; a parked one lets the next pass.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("outbox.put belongs inside the transaction of the change that asks for the call")
    fresh = ids.new()
    values = {
        "id": fresh,
        "kind": kind,
        "key": key or str(fresh),
        "order_key": order_key,
        "payload": json.dumps(payload),
        "due_at": due_at or clock.now(),
        "now": clock.now(),
    }
    ((stored, _),) = statements.prepared(_SQL["put_outgoing"], values)
    return UUID(str(stored))


def handler(kind: str, *, lease_s: float = 60.0, given_up: GivenUp | None = None) -> Callable[[Handler], Handler]:
    """Register the function that makes calls of `kind`; it must give up well within `lease_s` seconds.

    It returns None, or a function that the settling transaction runs; it raises OutsideFailure when the outside
    failed, and NotNow when it did not even try. Any other exception counts as a passing failure and is logged.
    `given_up` is called in the transaction that parks a call, for good or until somebody has it tried again.
    """

    def register(call: Handler) -> Handler:
        if _handlers.get(kind, _Registered(call, lease_s)).call is not call:
            raise ValueError(f"outbox kind {kind} has two handlers")
        _handlers[kind] = _Registered(call, lease_s, given_up)
        return call

    return register


def run_due(limit: int = 20, *, only: Collection[str] = (), without: Collection[str] = ()) -> int:
    """Make up to `limit` calls that are due; return how many were tried. Call it outside any transaction.

    `only` and `without` name kinds: what may be slow has workers of its own, so that nothing else waits for it.
    """
    for made in range(limit):
        claim = ids.new()
        item = _claim(claim, [kind for kind in only or _handlers if kind in _handlers and kind not in without])
        if item is None:
            return made
        _make(claim, item)
    return limit


def parked() -> QuerySet[Outgoing]:
    """Return the calls that were given up, with their reasons, oldest first."""
    return Outgoing.objects.filter(state=Outgoing.State.PARKED).order_by("position")


def retry(id_: UUID) -> bool:
    """Let a parked call be tried again, from the first attempt; return False when it is not parked."""
    return retry_all(Outgoing.objects.filter(id=id_)) == 1


def retry_all(rows: "QuerySet[Outgoing]") -> int:
    """Let those of the calls that are parked be tried again, in their order; return how many."""
    return rows.filter(state=Outgoing.State.PARKED).update(**_again())


def put_off(rows: "QuerySet[Outgoing]", until: datetime) -> int:
    """Let those of the calls that wait, and that nobody makes just now, wait until then at least; return how many."""
    waiting_ = rows.filter(state=Outgoing.State.WAITING, claim=None, due_at__lt=until)
    return waiting_.update(due_at=until)


def _again() -> dict[str, Any]:
    return {"state": Outgoing.State.WAITING, "attempt": 0, "due_at": clock.now(), "settled_at": None}


def _claim(claim: UUID, kinds: Collection[str] | None = None) -> OutboxItem | None:
    leases = {kind: registered.lease_s for kind, registered in _handlers.items()}
    values = {
        "claim": claim,
        "now": clock.now(),
        "leases": json.dumps(leases),
        "kinds": list(_handlers if kinds is None else kinds),
    }
    with transaction.atomic():
        claimed = statements.rows(_SQL["claim_outgoing"], values)
    return next((OutboxItem(id_, kind, key, json.loads(load), tries) for id_, kind, key, load, tries in claimed), None)


def _make(claim: UUID, item: OutboxItem) -> None:
    if item.attempt > MOST_ATTEMPTS + _MOST_DEATHS:
        _park(claim, item, _DIED, None)
        return
    try:
        settle = _handlers[item.kind].call(item)
    except OutsideFailure as failure:
        _failed(claim, item, str(failure), failure, permanent=failure.permanent, least=failure.wait)
    except NotNow as later:
        with transaction.atomic():
            _update("put_outgoing_off", claim, item, due_at=later.until, note=json.dumps(later.note))
    except Exception as fault:
        _log.exception("outbox handler failed", kind=item.kind, item=str(item.id))
        _failed(claim, item, f"{type(fault).__name__}: {fault}", fault, permanent=False)
    else:
        _done(claim, item, settle)


def _done(claim: UUID, item: OutboxItem, settle: Settle | None) -> None:
    try:
        with transaction.atomic():
            if not _settle(claim, item, "done", ""):
                return
            if settle is not None:
                settle()
    except Exception as fault:  # the call was made, but what it brought could not be written: again, with the same key
        _log.exception("outbox settling failed", kind=item.kind, item=str(item.id))
        _failed(claim, item, f"{type(fault).__name__}: {fault}", fault, permanent=False)


def _failed(
    claim: UUID, item: OutboxItem, reason: str, fault: Exception, *, permanent: bool, least: timedelta = _AT_ONCE
) -> None:
    if permanent or item.attempt >= MOST_ATTEMPTS:
        _park(claim, item, reason, fault)
        return
    later = clock.now() + max(wait_after(item.attempt), least)
    with transaction.atomic():
        _update("postpone_outgoing", claim, item, due_at=later, reason=reason[:2000])


def _park(claim: UUID, item: OutboxItem, reason: str, fault: Exception | None) -> None:
    """Give a call up, and tell whose it is; when that fails, the lease runs out and the call comes back."""
    given_up = _handlers[item.kind].given_up
    with transaction.atomic():
        if _settle(claim, item, "parked", reason[:2000]) and given_up is not None:
            given_up(item, reason[:2000], fault)


def _settle(claim: UUID, item: OutboxItem, state: str, reason: str) -> bool:
    settled = _update("settle_outgoing", claim, item, state=state, reason=reason, now=clock.now())
    if not settled:  # our lease ran out and somebody else took the call over: it is theirs to settle
        _log.warning("outbox claim lost", kind=item.kind, item=str(item.id))
    return settled


def _update(statement: str, claim: UUID, item: OutboxItem, **values: Any) -> bool:
    return statements.run(_SQL[statement], {"id": item.id, "claim": claim, **values}) == 1


def wait_after(attempt: int, *, draw: Callable[[], float] = random.random) -> timedelta:
    """Return the wait after failure number `attempt`: 5 s doubled each time, at most 4 h, less up to half by lot.

    The lot keeps calls that failed together from coming back together.
    """
    longest = waiting.doubled(_FIRST_WAIT_S, attempt - 1, _LONGEST_WAIT_S)
    return timedelta(seconds=longest * (1 - draw() / 2))
