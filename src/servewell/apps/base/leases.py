"""Who does the work that only one may do? Whoever holds the lease: an advisory lock on an own connection.

PostgreSQL frees it when the process or its connection dies, so nobody waits for a clock.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg

from servewell.apps.base import direct


@dataclass(frozen=True, slots=True)
class Lease:
    """What came of asking for a lease."""

    is_ours: bool
    connection: psycopg.Connection[Any]  # whoever holds it has the lease

    def is_alive(self) -> bool:
        """Do we have it still? Whoever works long without the database asks now and then."""
        if not self.is_ours:
            return False
        try:
            self.connection.execute("select 1")
        except psycopg.Error:
            return False
        return True


@contextmanager
def held(name: str) -> Iterator[bool]:
    """Try to take the lease `name` for the block, without waiting; yield whether we have it."""
    with taken(name) as lease:
        yield lease.is_ours


@contextmanager
def taken(name: str) -> Iterator[Lease]:
    """As `held`, for what lasts: yield the lease, which can be asked whether it is ours still."""
    with direct.connect(name=f"servewell-lease-{name}"[:60]) as connection:
        row = connection.execute("select pg_try_advisory_lock(hashtextextended(%s, 0))", [f"lease:{name}"]).fetchone()
        yield Lease(bool(row and row[0]), connection)
