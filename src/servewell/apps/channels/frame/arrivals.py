"""How does what arrived become a message? A worker claims it, its channel reads it, and it is received.

Several of one account are claimed at once. The claim is one transaction, reading is none, settling is one for each:
message and arrival are written together, so that an arrival is one message however often a worker dies in between. What
the channel cannot read is set aside for a person; what fails otherwise is tried three times first, since the fault may
be ours. While the database or the disk is away, which is no arrival's fault, tries do not count for hours.
"""

import time
from datetime import timedelta
from uuid import UUID

import structlog
from django.db import InterfaceError, OperationalError

from servewell.apps.base import attachments, clock, ids, statements
from servewell.apps.base.errors import AttachmentGone, NoRoom
from servewell.apps.channels.frame import actions, faults, kinds
from servewell.apps.channels.frame.actions.arriving import Overtaken, give_back, postpone
from servewell.apps.channels.frame.kinds import Unfit
from servewell.apps.channels.frame.models import Account, Arrival
from servewell.apps.channels.frame.queries import SQL
from servewell.apps.conversations.errors import BusyMeanwhile

_TRIES = 4  # of writing what was read
_LEASE_S = 120.0  # the longest that reading one may take, and what was claimed with it
_BEGUN_S = 20.0  # after its claim an arrival is begun, or given back
_MOST_ATTEMPTS = 3  # that fail; then it is set aside
_MOST_DEATHS = 5  # attempts of which nothing was heard: their worker died over it, or was killed
_WAITS = (timedelta(seconds=10), timedelta(minutes=1))  # after the first failure, and the second
_PASSING = (OSError, OperationalError, InterfaceError, NoRoom)  # all that comes fails so, until it is over
_OUTAGE = timedelta(hours=12)  # after its arrival; then it is set aside for that, too
_REST = (timedelta(seconds=10), timedelta(minutes=15))  # between tries in an outage: as long as it has waited, within

_log = structlog.get_logger(__name__)
_accounts: dict[UUID, Account] = {}  # as last read: an arrival brings the version its account has now


def read_due(limit: int = 20) -> int:
    """Read up to `limit` arrivals that are due; return how many were tried. Call it outside any transaction."""
    done = 0
    while done < limit and (claimed := _claim(limit - done)):
        done += _read_all(claimed)
    return done


def _claim(most: int = 1) -> list[tuple[Arrival, str]]:
    """Return the next arrivals of one account in their order, now ours, each with the hash of its bytes."""
    values = {"claim": ids.new(), "now": clock.now(), "lease_s": _LEASE_S, "most": most}
    found = statements.instances(Arrival, SQL["claim_arrivals"], values)
    for arrival, beside in found:
        arrival.account = _account(arrival.account_id, beside["account_version"])
    return sorted(((arrival, beside["raw_sha256"]) for arrival, beside in found), key=lambda one: one[0].id)


def _read_all(claimed: list[tuple[Arrival, str]]) -> int:
    """Read what was claimed together; return how many. What is not begun in time, for the lease to last, is given back.

    So is the rest when something is wrong with us, not with an arrival.
    """
    until, done = time.monotonic() + _BEGUN_S, 0
    try:
        for arrival, sha256 in claimed:
            if done and time.monotonic() > until:
                break
            done += 1
            _read(arrival, sha256)
    finally:
        give_back([arrival for arrival, _ in claimed[done:]])
    return done


def _account(account_id: UUID, version: int) -> Account:
    known = _accounts.get(account_id)
    if known is None or known.version != version:
        known = _accounts[account_id] = Account.objects.get(pk=account_id)
    return known


def _read(arrival: Arrival, sha256: str) -> None:
    try:
        if arrival.attempt > _MOST_DEATHS:
            actions.settle_aside(arrival, Arrival.Outcome.FAULT, "whoever read it died, each time")
        else:
            _settle(arrival, _taken(arrival, sha256))
    except Overtaken:
        _log.warning("arrival settled by somebody else", arrival=str(arrival.id))
    except Unfit as unfit:
        _aside(arrival, unfit.code, unfit.words)
    except Exception as fault:
        _failed(arrival, fault)


def _settle(arrival: Arrival, taken: kinds.Taken) -> None:
    """Write what was read; again when somebody brought the same a moment earlier."""
    for tries_left in reversed(range(_TRIES)):
        try:
            actions.settle_taken(arrival, taken)
        except BusyMeanwhile:
            if not tries_left:
                raise
        else:
            return


def _taken(arrival: Arrival, sha256: str) -> kinds.Taken:
    take = kinds.of(arrival.account.channel).take
    if take is None:
        raise LookupError(f"channel {arrival.account.channel} reads nothing that arrives")
    with attachments.stream(sha256) as file:
        return take(arrival.account, arrival, file.read())


def _failed(arrival: Arrival, fault: Exception) -> None:
    """Log a failure without what was read; try again, or set it aside."""
    _log.error("arrival not read", arrival=str(arrival.id), attempt=arrival.attempt, **faults.traced(fault))
    words, waited = type(fault).__name__, clock.now() - arrival.arrived_at
    if isinstance(fault, _PASSING) and waited < _OUTAGE:
        postpone(arrival, clock.now() + min(max(waited, _REST[0]), _REST[1]), words, counts=False)
    elif isinstance(fault, AttachmentGone) or arrival.attempt >= _MOST_ATTEMPTS:
        _aside(arrival, Arrival.Outcome.FAULT, words)
    else:
        postpone(arrival, clock.now() + _WAITS[min(arrival.attempt, len(_WAITS)) - 1], words)


def _aside(arrival: Arrival, code: str, words: str) -> None:
    outcome = code if code in Arrival.Outcome.values and code else Arrival.Outcome.REFUSED
    try:
        actions.settle_aside(arrival, outcome, words if outcome == code else f"{code}: {words}")
    except Overtaken:
        _log.warning("arrival settled by somebody else", arrival=str(arrival.id))
