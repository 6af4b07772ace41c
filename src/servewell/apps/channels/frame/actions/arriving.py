"""What came in raw: kept, read, set aside, tried again, discarded."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any, BinaryIO
from uuid import UUID

from django.db import transaction

from servewell.apps.base import attachments, cleaning, clock, ids, statements
from servewell.apps.base.principal import SYSTEM, Principal
from servewell.apps.channels.frame import events, kinds
from servewell.apps.channels.frame.actions._shared import MANAGE, note, noted
from servewell.apps.channels.frame.errors import NoSuchAccount, NoSuchArrival, NotAside, RawGone
from servewell.apps.channels.frame.models import Account, Arrival
from servewell.apps.channels.frame.queries import SQL
from servewell.apps.conversations.actions import Received
from servewell.apps.flows import reception
from servewell.apps.journal.actions import record_all
from servewell.apps.people import permissions

_LONGEST_NAME = 200  # characters
_AT_ONCE = 1000  # of those set aside that are tried again by one call


class Overtaken(Exception):
    """Another worker, or a person, settled the arrival meanwhile: what was about to be written is not."""


@dataclass(frozen=True, slots=True)
class Brought:
    """Something that came in, as it came."""

    external_id: str  # its place over there; "": it has none, each is kept
    raw: bytes | BinaryIO
    about: str = ""  # a line to know it by


def arrived(account: Account, external_id: str, raw: bytes | BinaryIO, about: str = "") -> Arrival | None:
    """Keep what came in, as it came, for a worker to read soon; None when this account had it already.

    One statement. AttachmentTooLarge above the channel's `arrival_limit`, NoRoom.
    """
    return next(iter(arrived_all(account, [Brought(external_id, raw, about)])), None)


def arrived_all(account: Account, brought: Iterable[Brought]) -> list[Arrival]:
    """As `arrived`, of several at once, in one statement for all; return those that this account had not yet.

    What is brought is read, and put down, one after the other. All are kept, or none.
    """
    limit = kinds.of(account.channel).arrival_limit
    fresh = [_put_down(account, one, limit) for one in brought]
    if not fresh:
        return []
    for row, id_ in zip(fresh, sorted(ids.new() for _ in fresh), strict=True):  # of one moment, and still in order
        row.id = id_
    known = {id_ for id_, _ in statements.prepared(SQL["store_arrivals"], _columns(account, fresh))}
    return [_stored(row) for row in fresh if row.id in known]


def came_in(account_id: UUID) -> None:
    """Note that something came by an account that keeps nothing raw: it shows when the last was. One statement."""
    statements.run(SQL["came_in"], {"account": account_id, "now": clock.now()})


@transaction.atomic
def settle_taken(arrival: Arrival, taken: kinds.Taken) -> Received | None:
    """Receive what a channel read in an arrival, or note why it is no message; all in one transaction.

    Overtaken when somebody else settled it meanwhile; BusyMeanwhile when somebody brought the same a moment earlier:
    then nothing was written, and doing it again finds that out.
    """
    received = reception.receive_within(SYSTEM, taken.message) if taken.message is not None else None
    if taken.after is not None:
        received = taken.after(received) or received
    outcome = taken.outcome
    if received is not None and received.is_repeat:
        outcome = Arrival.Outcome.REPEAT
    _settle(
        arrival,
        Arrival.State.PASSED if outcome else Arrival.State.TAKEN,
        outcome,
        message=received.message_id if received else taken.concerns,
    )
    if outcome:
        note(SYSTEM, events.PASSED, arrival.account_id, arrival=arrival.id, outcome=str(outcome))
    return received


@transaction.atomic
def settle_aside(arrival: Arrival, outcome: str, words: str = "") -> None:
    """Set an arrival aside for a person to look at; Overtaken as above."""
    _settle(arrival, Arrival.State.ASIDE, outcome, words=words)
    note(SYSTEM, events.SET_ASIDE, arrival.account_id, arrival=arrival.id, outcome=str(outcome))


@transaction.atomic
def retry(principal: Principal, arrival_id: UUID) -> Arrival:
    """Let an arrival that was set aside be read again; NoSuchArrival, NotAside, RawGone."""
    arrival = _set_aside(principal, arrival_id)
    if arrival.raw_id is None:
        raise RawGone
    arrival.state, arrival.outcome, arrival.words = Arrival.State.WAITING, Arrival.Outcome.NONE, ""
    arrival.attempt, arrival.try_at, arrival.settled_at = 0, clock.now(), None
    arrival.save(update_fields=["state", "outcome", "words", "attempt", "try_at", "settled_at"])
    note(principal, events.RETRIED, arrival.account_id, arrival=arrival.id)
    return arrival


@transaction.atomic
def retry_all(principal: Principal, account_id: UUID) -> int:
    """Let all that was set aside of an account, and is kept still, be read again; return how much. NoSuchAccount."""
    permissions.demand(principal, MANAGE)
    if not Account.objects.filter(pk=account_id).exists():
        raise NoSuchAccount
    values = {"account": account_id, "now": clock.now(), "most": _AT_ONCE}
    done = [id_ for (id_,) in statements.rows(SQL["retry_arrivals"], values)]
    record_all([noted(principal, events.RETRIED, account_id, arrival=id_) for id_ in done])
    return len(done)


@transaction.atomic
def discard(principal: Principal, arrival_id: UUID) -> Arrival:
    """Throw away what was set aside, with its bytes; that it came stays. NoSuchArrival, NotAside."""
    arrival = _set_aside(principal, arrival_id)
    raw, arrival.raw = arrival.raw_id, None
    arrival.state, arrival.about, arrival.words, arrival.settled_at = Arrival.State.DISCARDED, "", "", clock.now()
    arrival.save(update_fields=["state", "raw", "about", "words", "settled_at"])
    attachments.drop([raw] if raw else [])
    note(principal, events.DISCARDED, arrival.account_id, arrival=arrival.id)
    return arrival


def _put_down(account: Account, one: Brought, limit: int) -> Arrival:
    stream = BytesIO(one.raw) if isinstance(one.raw, bytes | bytearray) else one.raw
    kept = attachments.put_down(stream, "arrival", "application/octet-stream", limit=limit)
    return Arrival(
        account=account,
        external_id=_outside_name(one.external_id),
        raw=kept,
        size=kept.size,
        about=cleaning.short_line(one.about, most=300).text,
    )


def _columns(account: Account, fresh: list[Arrival]) -> dict[str, Any]:
    files = [row.raw for row in fresh if row.raw is not None]
    now = clock.now()
    for row in fresh:
        row.arrived_at = row.try_at = now
    return {
        "account": account.id,
        "now": now,
        "ids": [row.id for row in fresh],
        "external_ids": [row.external_id for row in fresh],
        "abouts": [row.about for row in fresh],
        "raws": [file.id for file in files],
        "hashes": [file.sha256 for file in files],
        "names": [file.name for file in files],
        "media_types": [file.media_type for file in files],
        "sizes": [file.size for file in files],
    }


def _stored(fresh: Arrival) -> Arrival:
    for row in (fresh, fresh.raw):
        if row is not None:
            row._state.adding, row._state.db = False, "default"
    return fresh


def _outside_name(given: str) -> str:
    """A name that is longer than we keep still tells two things apart."""
    clean = cleaning.short_line(given, most=len(given) + 1).text
    if len(clean) <= _LONGEST_NAME:
        return clean
    mark = hashlib.sha256(clean.encode()).hexdigest()
    return f"{clean[: _LONGEST_NAME - len(mark) - 1]}~{mark}"


def _settle(
    arrival: Arrival,
    state: str,
    outcome: str,
    *,
    words: str = "",
    message: UUID | None = None,
) -> None:
    now: datetime = clock.now()
    values = {
        "id": arrival.id,
        "claim": arrival.claim,
        "state": str(state),
        "outcome": str(outcome),
        "words": cleaning.short_line(words, most=500).text,
        "message": message,
        "now": now,
    }
    if not statements.prepared(SQL["settle_arrival"], values):
        raise Overtaken


def _set_aside(principal: Principal, arrival_id: UUID) -> Arrival:
    permissions.demand(principal, MANAGE)
    arrival = Arrival.objects.select_for_update().filter(pk=arrival_id).first()
    if arrival is None:
        raise NoSuchArrival
    if arrival.state != Arrival.State.ASIDE:
        raise NotAside
    return arrival


def postpone(arrival: Arrival, try_at: datetime, words: str, *, counts: bool = True) -> None:
    """Let an arrival that could not be read be tried later; nothing when somebody else has it meanwhile.

    `counts`: whether this was one of its attempts.
    """
    values = {"id": arrival.id, "claim": arrival.claim, "try_at": try_at, "words": words[:500], "counts": counts}
    statements.run(SQL["postpone_arrival"], values)


def give_back(claimed: Sequence[Arrival]) -> None:
    """Let arrivals that were claimed together, and not begun, be claimed by anybody; the attempt does not count."""
    if claimed:
        statements.run(SQL["give_arrivals_back"], {"ids": [one.id for one in claimed], "claim": claimed[0].claim})
