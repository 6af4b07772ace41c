"""How does an API key look, and how is it recognised? `sw_<prefix>_<secret>`; only a SHA-256 digest is kept."""

import hashlib
import hmac
import secrets

from servewell.apps.base import clock
from servewell.apps.people.models import ApiKey

_ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"  # no look-alikes: prefixes are read aloud


def fresh() -> tuple[str, str, str]:
    """Return (key, prefix, digest) of a new key with 256 random bits."""
    prefix = "".join(secrets.choice(_ALPHABET) for _ in range(8))
    key = f"sw_{prefix}_{secrets.token_urlsafe(32)}"
    return key, prefix, digest(key)


def digest(key: str) -> str:
    """Return what is stored of a key: 64 hexadecimal digits."""
    return hashlib.sha256(key.encode()).hexdigest()


def find(key: str) -> ApiKey | None:
    """Return the valid key that this text is, or None when it is unknown, expired, revoked or orphaned."""
    parts = key.split("_", 2)
    if len(parts) != 3 or parts[0] != "sw":
        return None
    found = ApiKey.objects.select_related("created_by").filter(prefix=parts[1]).first()
    if found is None or not hmac.compare_digest(found.digest, digest(key)):
        return None
    return found if found.is_valid(clock.now()) else None
