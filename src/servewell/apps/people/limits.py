"""How often may somebody ask? A token bucket per key, shared by all web processes: one statement in PostgreSQL.

Who is asked often by the same takes several tokens at once and spends them within a second (`Purse`): what all
processes together allow is still what the bucket holds.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from servewell.apps.base import clock, statements
from servewell.apps.people.models import RateBucket

_SQL = statements.load(Path(__file__).parent / "sql" / "statements.sql")
_AHEAD_S, _MOST_AHEAD = 0.5, 50  # how much is taken at once: what may be asked in so many seconds; tokens at most
_GOOD_S = 1.0  # seconds after which what was taken ahead is lost
_MOST_KEYS = 10_000  # that are remembered
FORGOTTEN = timedelta(hours=1)  # a bucket untouched for so long is full again


def take(key: str, *, per_minute: float, burst: float | None = None, many: int = 1) -> float:
    """Take a token (or `many`) from the bucket `key`, which holds `burst`, by default `per_minute`.

    Return 0 when there were so many, else the seconds until a whole one grows: the wait to announce.
    """
    values: dict[str, Any] = {
        "key": key,
        "now": clock.now(),
        "size": float(burst or per_minute),
        "per_second": per_minute / 60,
        "many": many,
    }
    return 0.0 if statements.prepared(_SQL["take_tokens"], values) else 60 / per_minute


@dataclass(slots=True)
class _Held:
    """Tokens that were taken and not yet spent."""

    left: int
    until: float  # time.monotonic()


class Purse:
    """What one process took ahead: half a second's tokens, good for a second; safe to ask from many threads."""

    def __init__(self) -> None:
        self._held: dict[str, _Held] = {}
        self._lock = threading.Lock()

    def take(self, key: str, per_minute: Callable[[], float]) -> float:
        """As `take`; `per_minute` is asked only when nothing is left."""
        if self._spends(key):
            return 0.0
        rate = per_minute()
        ahead = int(min(_MOST_AHEAD, rate / 60 * _AHEAD_S))
        for many in (ahead, 1) if ahead > 1 else (1,):
            wait = take(key, per_minute=rate, many=many)
            if not wait:
                self._put(key, many - 1)
                break
        return wait

    def empty(self) -> None:
        """Forget what was taken ahead."""
        with self._lock:
            self._held.clear()

    def _spends(self, key: str) -> bool:
        with self._lock:
            held = self._held.get(key)
            if held is None or held.left < 1 or held.until < time.monotonic():
                return False
            held.left -= 1
            return True

    def _put(self, key: str, left: int) -> None:
        now = time.monotonic()
        with self._lock:
            if len(self._held) >= _MOST_KEYS:
                self._held = {one: held for one, held in self._held.items() if held.until > now}
            held = self._held.get(key)  # another thread found it empty, too, and took ahead meanwhile
            rest = held.left if held is not None and held.until > now else 0
            self._held[key] = _Held(rest + left, now + _GOOD_S)


purse = Purse()


def forget_old() -> int:
    """Remove buckets that are full again; return how many."""
    return RateBucket.objects.filter(refilled_at__lt=clock.now() - FORGOTTEN).delete()[0]
