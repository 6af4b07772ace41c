"""Where do ids come from? UUIDv7: sortable by time, unique without a server."""

import os
from datetime import datetime
from uuid import UUID

from servewell.apps.base import clock


def new() -> UUID:
    """Return a new UUIDv7 (RFC 9562, 5.7): 48 bits of milliseconds since 1970, 74 random bits."""
    return at(clock.now())


def at(moment: datetime) -> UUID:
    """Return a new UUIDv7 as if made at `moment` (not before 1970)."""
    milliseconds = max(0, int(moment.timestamp() * 1000))
    random = int.from_bytes(os.urandom(10))
    value = (milliseconds & (2**48 - 1)) << 80 | random
    value = value & ~(0xF << 76) | 7 << 76
    value = value & ~(0x3 << 62) | 2 << 62
    return UUID(int=value)


def first_at(moment: datetime) -> UUID:
    """Return the lowest UUIDv7 of a moment: every id made from then on is not below it."""
    milliseconds = max(0, int(moment.timestamp() * 1000)) & (2**48 - 1)
    return UUID(int=milliseconds << 80 | 7 << 76 | 2 << 62)
