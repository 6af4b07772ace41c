"""Who does the work that only one may do? Whoever holds the lease: an advisory lock on an own connection.

PostgreSQL frees it when the process or its connection dies, so nobody waits for a clock.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from servewell.apps.base import direct


@contextmanager
def held(name: str) -> Iterator[bool]:
    """Try to take the lease `name` for the block, without waiting; yield whether we have it."""
    with direct.connect(name=f"servewell-lease-{name}"[:60]) as connection:
        row = connection.execute("select pg_try_advisory_lock(hashtextextended(%s, 0))", [f"lease:{name}"]).fetchone()
        yield bool(row and row[0])
