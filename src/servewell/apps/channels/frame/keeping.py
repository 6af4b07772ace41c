"""Who holds the connections that channels keep open? One thread an account, in one process of however many.

Each worker looks every few seconds which accounts there are. An account's thread takes its lease; where another
process has it, the thread waits and asks again: so it goes on elsewhere when a process dies. A connection ends, and is
made anew, when its account changes, and when the lease was lost with its database connection. What it raises is a fault
of the account: its health says so, and it is tried again, later each time.
"""

import random
import threading
import time
from collections.abc import Iterable
from contextlib import suppress
from uuid import UUID

import psycopg
import structlog
from django.db import DatabaseError, close_old_connections, connections

from servewell.apps.base import leases, secrets, waiting
from servewell.apps.base.leases import Lease
from servewell.apps.channels.frame import actions, faults, kinds
from servewell.apps.channels.frame.kinds import KeepFailed
from servewell.apps.channels.frame.models import Account

LOOK_S = 2.0  # how often it is looked which accounts there are
_ELSEWHERE_S = 5.0  # how often it is asked whether another process has given a lease up
_ALIVE_S = 10.0  # how often it is asked whether a lease is ours still
_FIRST_WAIT_S, _LONGEST_WAIT_S = 2.0, 300.0
_WENT_WELL_S = 60.0  # a connection that lasted so long ends the count of failures
_GRACE_S = 3.0  # how long ending ones get when the worker stops

_log = structlog.get_logger(__name__)


class Keeper(threading.Thread):
    """Keeps the connection of one account, in the version it has."""

    def __init__(self, account: Account) -> None:
        super().__init__(name=f"keep-{account.id}", daemon=True)
        self.account = account
        self.ending = threading.Event()  # the account changed, or the worker stops

    def run(self) -> None:
        """Keep a connection until told to end; after a failure again, later each time."""
        failures = 0
        while not self.ending.is_set():
            close_old_connections()
            began = time.monotonic()
            wait = self._hold()
            if wait is None:
                failures = 1 if time.monotonic() - began > _WENT_WELL_S else failures + 1
                wait = waiting.doubled(_FIRST_WAIT_S, failures - 1, _LONGEST_WAIT_S)
            self.ending.wait(wait * (1 - random.random() / 4))  # noqa: S311 - no secret: a lot
        connections.close_all()

    def _hold(self) -> float | None:
        """Keep one connection; return the seconds to the next, None when it failed."""
        try:
            with leases.taken(f"channel:{self.account.id}") as lease:
                if not lease.is_ours:
                    return _ELSEWHERE_S
                self._keep(lease)
                return _FIRST_WAIT_S
        except (DatabaseError, psycopg.Error) as fault:
            _log.warning("channel without database", account=str(self.account.id), **faults.traced(fault))
        except Exception as fault:
            self._report(fault)
        return None

    def _keep(self, lease: Lease) -> None:
        keep = kinds.of(self.account.channel).keep
        if keep is None:
            raise LookupError(f"channel {self.account.channel} keeps no connection")
        over, done = threading.Event(), threading.Event()
        watch = threading.Thread(target=self._watch, args=[lease, over, done], name=f"{self.name}-watch", daemon=True)
        watch.start()
        try:
            keep(self.account, over)
        finally:
            done.set()
            watch.join()

    def _watch(self, lease: Lease, over: threading.Event, done: threading.Event) -> None:
        """Say that it is over when we are to end, or the lease is ours no more."""
        asked = time.monotonic()
        while not done.wait(0.2):
            if self.ending.is_set():
                break
            if time.monotonic() - asked >= _ALIVE_S:
                asked = time.monotonic()
                if not lease.is_alive():
                    break
        over.set()

    def _report(self, fault: Exception) -> None:
        """Note what broke the connection off as the account's fault; one of ours is in the log, without its words."""
        code, words = "broke", type(fault).__name__
        if isinstance(fault, KeepFailed):
            code, words = fault.code, fault.words
        elif isinstance(fault, secrets.Unopenable):
            code, words = "secret", ""
        elif isinstance(fault, OSError):
            code, words = "unreachable", fault.strerror or type(fault).__name__
        if code in {"broke", "unreachable"}:
            _log.warning("channel broke off", account=str(self.account.id), **faults.traced(fault))
        with suppress(DatabaseError):
            actions.fails(self.account.id, code, words)


class Keepers:
    """The keepers of one process: there are as many as accounts that want one."""

    def __init__(self) -> None:
        self.running: dict[UUID, Keeper] = {}
        self.leaving: list[Keeper] = []  # told to end, and not there yet

    def run(self, stopping: threading.Event) -> None:
        """Look every few seconds, until told to stop; then let all end."""
        while not stopping.is_set():
            try:
                close_old_connections()
                self.look()
            except (DatabaseError, psycopg.Error) as fault:
                _log.warning("channels not looked at", **faults.traced(fault))
            stopping.wait(LOOK_S)
        self.end(self.running)
        self.join(_GRACE_S)
        connections.close_all()

    def look(self) -> None:
        """Begin what is missing, and end what is no longer wanted as it is; one statement."""
        wanted = {account.id: account for account in _wanted()}
        self.end(id_ for id_, keeper in self.running.items() if not _is_as(keeper, wanted.get(id_)))
        for id_ in wanted.keys() - self.running.keys():
            self.running[id_] = Keeper(wanted[id_])
            self.running[id_].start()
        self.leaving = [keeper for keeper in self.leaving if keeper.is_alive()]

    def end(self, ids: Iterable[UUID]) -> None:
        """Let the keepers of these accounts end; nobody waits for it: the lease keeps the next one back."""
        for id_ in list(ids):
            keeper = self.running.pop(id_)
            keeper.ending.set()
            self.leaving.append(keeper)

    def join(self, seconds: float) -> None:
        """Wait for those that are ending, so long at most."""
        until = time.monotonic() + seconds
        for keeper in self.leaving:
            keeper.join(max(0.0, until - time.monotonic()))


def run(stopping: threading.Event) -> None:
    """Keep the connections of this process until told to stop."""
    Keepers().run(stopping)


def _wanted() -> list[Account]:
    keeping = [channel.code for channel in kinds.every() if channel.keep is not None]
    if not keeping:
        return []
    return list(Account.objects.filter(channel__in=keeping, state=Account.State.ACTIVE, removed_at=None))


def _is_as(keeper: Keeper, account: Account | None) -> bool:
    """Does it still run, for the account as it is now?"""
    return account is not None and keeper.account.version == account.version and keeper.is_alive()
