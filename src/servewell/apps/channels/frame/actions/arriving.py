"""What came in raw: kept, read, set aside, tried again, discarded."""

import hashlib
from datetime import datetime
from io import BytesIO
from typing import BinaryIO
from uuid import UUID

from django.db import transaction

from servewell.apps.base import attachments, cleaning, clock, ids, statements
from servewell.apps.base.principal import SYSTEM, Principal
from servewell.apps.channels.frame import events, kinds
from servewell.apps.channels.frame.actions._shared import MANAGE, note
from servewell.apps.channels.frame.errors import NoSuchArrival, NotAside, RawGone
from servewell.apps.channels.frame.models import Account, Arrival
from servewell.apps.channels.frame.queries import SQL
from servewell.apps.conversations.actions import Received
from servewell.apps.flows import reception
from servewell.apps.people import permissions

_LONGEST_NAME = 200  # characters


class Overtaken(Exception):
    """Another worker, or a person, settled the arrival meanwhile: what was about to be written is not."""


class _KnownError(Exception):
    """This account had it already."""


def arrived(account: Account, external_id: str, raw: bytes | BinaryIO, about: str = "") -> Arrival | None:
    """Keep what came in, as it came, for a worker to read soon; None when this account had it already.

    `external_id` is its place over there ("": it has none, each is kept), `about` a line to know it by. Two statements
    at most. AttachmentTooLarge above the channel's `arrival_limit`, NoRoom.
    """
    stream = BytesIO(raw) if isinstance(raw, bytes | bytearray) else raw
    limit = kinds.of(account.channel).arrival_limit
    kept = attachments.put_down(stream, "arrival", "application/octet-stream", limit=limit)
    now = clock.now()
    fresh = Arrival(
        id=ids.new(),
        account=account,
        external_id=_outside_name(external_id),
        raw=kept,
        size=kept.size,
        about=cleaning.short_line(about, most=300).text,
        arrived_at=now,
        try_at=now,
    )
    try:
        with transaction.atomic():
            _store(fresh)
    except _KnownError:
        return None
    return fresh


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
def discard(principal: Principal, arrival_id: UUID) -> Arrival:
    """Throw away what was set aside, with its bytes; that it came stays. NoSuchArrival, NotAside."""
    arrival = _set_aside(principal, arrival_id)
    raw, arrival.raw = arrival.raw_id, None
    arrival.state, arrival.about, arrival.words, arrival.settled_at = Arrival.State.DISCARDED, "", "", clock.now()
    arrival.save(update_fields=["state", "raw", "about", "words", "settled_at"])
    attachments.drop([raw] if raw else [])
    note(principal, events.DISCARDED, arrival.account_id, arrival=arrival.id)
    return arrival


def _store(fresh: Arrival) -> None:
    kept = fresh.raw
    assert kept is not None  # noqa: S101 - for mypy
    values = {
        "id": fresh.id,
        "account": fresh.account_id,
        "external_id": fresh.external_id,
        "about": fresh.about,
        "now": fresh.arrived_at,
        "raw": kept.id,
        "sha256": kept.sha256,
        "name": kept.name,
        "media_type": kept.media_type,
        "size": kept.size,
    }
    if not statements.prepared(SQL["store_arrival"], values):
        raise _KnownError
    for row in (kept, fresh):
        row._state.adding, row._state.db = False, "default"


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


def postpone(arrival: Arrival, try_at: datetime, words: str) -> None:
    """Let an arrival that could not be read be tried later; nothing when somebody else has it meanwhile."""
    values = {"id": arrival.id, "claim": arrival.claim, "try_at": try_at, "words": words[:500]}
    statements.run(SQL["postpone_arrival"], values)
