"""Who wants to hear of an event, without asking the database each time? A copy of the active webhooks, 2 s old at most.

It is read on a connection of its own: no change pays a statement for it, none fails by it, and what it says is what
others committed. A webhook that was just made or paused is therefore heeded within two seconds. One thread reads; the
others go on with the copy there is, and so do all while the database gives no connection.
"""

import threading
import time
from dataclasses import dataclass
from uuid import UUID

import psycopg
import structlog

from servewell.apps.base import direct

FRESH_S = 2.0
_SQL = "select id, events from webhooks_subscription where state = 'active' order by id"
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Wish:
    """What one webhook wants."""

    subscription: UUID
    events: frozenset[str]  # names; none: all


class Wishes:
    """The copy of one process; safe to ask from many threads."""

    def __init__(self) -> None:
        self._known: list[Wish] | None = None  # None: never read
        self._read_at: float | None = None  # time.monotonic(); None: to be read at the next question
        self._changes = 0  # how often it was to be forgotten
        self._reading = threading.Lock()

    def of(self, event: str) -> list[UUID]:
        """Return the webhooks that want to hear of an event of this name."""
        if self._is_stale() and self._reading.acquire(blocking=self._read_at is None):
            try:
                self._read()
            finally:
                self._reading.release()
        return [wish.subscription for wish in self._known or [] if not wish.events or event in wish.events]

    def forget(self) -> None:
        """Read again at the next question: something was changed here."""
        self._changes += 1
        self._read_at = None

    def _is_stale(self) -> bool:
        return self._read_at is None or time.monotonic() - self._read_at > FRESH_S

    def _read(self) -> None:
        if not self._is_stale():
            return  # another thread was quicker
        changes = self._changes
        try:
            with direct.connect(name="servewell-webhooks") as own:
                self._known = [Wish(id_, frozenset(events)) for id_, events in own.execute(_SQL).fetchall()]
        except psycopg.errors.UndefinedTable:
            self._known = []  # something is remembered before this room's tables are made
        except psycopg.OperationalError as fault:
            if self._known is None:
                raise  # better no change than one that nobody is told of
            _log.warning("webhooks could not be read again", reason=str(fault).strip())
        self._read_at = time.monotonic() if changes == self._changes else None


wishes = Wishes()
