"""Where do ids come from? UUIDv7: sortable by time, unique without a server."""

import os
from uuid import UUID

from servewell.apps.base import clock


def new() -> UUID:
    """Return a new UUIDv7 (RFC 9562, 5.7): 48 bits of milliseconds since 1970, 74 random bits."""
    milliseconds = int(clock.now().timestamp() * 1000)
    random = int.from_bytes(os.urandom(10))
    value = (milliseconds & (2**48 - 1)) << 80 | random
    value = value & ~(0xF << 76) | 7 << 76
    value = value & ~(0x3 << 62) | 2 << 62
    return UUID(int=value)
