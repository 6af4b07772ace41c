"""How does an API key look, and how is it recognised? `sw_<prefix>_<secret>`; only a SHA-256 digest is kept."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from servewell.apps.base import clock, statements
from servewell.apps.base.principal import Principal

_SQL = statements.load(Path(__file__).parent / "sql" / "statements.sql")
_ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"  # no look-alikes: prefixes are read aloud


@dataclass(frozen=True, slots=True)
class Opened:
    """What a key opens."""

    id: UUID
    principal: Principal  # with its creator's role and teams, limited to its scopes
    last_used_at: datetime | None


def fresh() -> tuple[str, str, str]:
    """Return (key, prefix, digest) of a new key with 256 random bits."""
    prefix = "".join(secrets.choice(_ALPHABET) for _ in range(8))
    key = f"sw_{prefix}_{secrets.token_urlsafe(32)}"
    return key, prefix, digest(key)


def digest(key: str) -> str:
    """Return what is stored of a key: 64 hexadecimal digits."""
    return hashlib.sha256(key.encode()).hexdigest()


def find(key: str) -> Opened | None:
    """Return what this text opens, or None when it is unknown, expired, revoked or orphaned; one query."""
    parts = key.split("_", 2)
    if len(parts) != 3 or parts[0] != "sw":
        return None
    found = statements.prepared(_SQL["open_key"], {"prefix": parts[1], "now": clock.now()})
    if not found:
        return None
    id_, kept, scopes, last_used_at, role, language, teams = found[0]
    if not hmac.compare_digest(kept, digest(key)):
        return None
    return Opened(id_, Principal("key", id_, role, frozenset(teams), language, frozenset(scopes)), last_used_at)
