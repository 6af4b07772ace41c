"""Which six digits does an authenticator show? (RFC 6238: HMAC-SHA1, steps of 30 s.)"""

import base64
import hmac
import struct
import time


def code(secret: str, at: float | None = None) -> str:
    """Return the code of a base32 secret at a time in seconds, now unless told."""
    step = int((time.time() if at is None else at) // 30)
    digest = hmac.new(base64.b32decode(secret), struct.pack(">Q", step), "sha1").digest()
    offset = digest[-1] & 15
    number = int.from_bytes(digest[offset : offset + 4]) & 0x7FFFFFFF
    return f"{number % 1_000_000:06d}"
