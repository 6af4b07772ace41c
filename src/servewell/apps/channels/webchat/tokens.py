"""By what does a browser show that it is the visitor of before? A random token; only its SHA-256 is kept."""

import hashlib
import secrets

SCHEME = "visitor"  # of the header: `Authorization: Visitor <token>`
_BYTES = 32


def fresh() -> str:
    """Return a new token: 256 random bits in 43 characters."""
    return secrets.token_urlsafe(_BYTES)


def hashed(token: str) -> str:
    """Return what is kept of a token."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def given(authorization: str) -> str:
    """Return the token of an `Authorization` header; "" for another scheme, or what cannot be one of ours."""
    scheme, _, token = authorization.partition(" ")
    token = token.strip()
    return token if scheme.lower() == SCHEME and 20 <= len(token) <= 100 else ""
