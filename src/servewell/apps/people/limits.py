"""How often may somebody ask? A token bucket per key, shared by all web processes: one statement in PostgreSQL."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from servewell.apps.base import clock, statements
from servewell.apps.people.models import RateBucket

_SQL = statements.load(Path(__file__).parent / "sql" / "statements.sql")
FORGOTTEN = timedelta(hours=1)  # a bucket untouched for so long is full again


def take(key: str, *, per_minute: float, burst: float | None = None) -> float:
    """Take one token from the bucket `key` (holds `burst`, default `per_minute`).

    Return 0 when there was one, else the seconds until a whole one grows: the wait to announce.
    """
    values: dict[str, Any] = {
        "key": key,
        "now": clock.now(),
        "size": float(burst or per_minute),
        "per_second": per_minute / 60,
    }
    return 0.0 if statements.prepared(_SQL["take_token"], values) else 60 / per_minute


def forget_old() -> int:
    """Remove buckets that are full again; return how many."""
    return RateBucket.objects.filter(refilled_at__lt=clock.now() - FORGOTTEN).delete()[0]
