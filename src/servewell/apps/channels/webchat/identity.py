"""Who does the site say sits there? A compact signed token: `base64url(JSON).hex(HMAC-SHA-256)`.

The JSON has `id` (the person's id in the site's own system) and may have `email`, `phone`, `name`, `iat` and `exp`
(seconds since 1970). The signature is over the base64url text as it stands, with the site's secret as the key.
"""

import base64
import binascii
import hashlib
import hmac
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from servewell.apps.base import cleaning
from servewell.apps.channels.webchat.errors import BadIdentity

LONGEST = 4096  # characters of a token
_SKEW_S = 300  # the site's clock may be so far ahead
_OLDEST_S = 366 * 86400  # a token without an end is good for a year


@dataclass(frozen=True, slots=True)
class Signed:
    """Who it is, as the site signed it."""

    id: str
    name: str = ""
    email: str = ""
    phone: str = ""


def sign(secret: str, claims: dict[str, Any]) -> str:
    """Return a token, as a site makes it; for tests, the demonstration and the example of the guide."""
    body = base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()
    return f"{body}.{_signature(secret, body)}"


def verified(token: str, secrets: Sequence[str], now: datetime) -> Signed:
    """Return whom a token names; BadIdentity with the reason for whoever makes such tokens.

    Reasons: `unset` (the site has no secret), `form`, `signature`, `expired`, `future`, `id`.
    """
    if not any(secrets):
        raise BadIdentity(reason="unset")
    body, dot, signature = token.partition(".")
    if not dot or len(token) > LONGEST or not token.isascii():
        raise BadIdentity(reason="form")
    if not _is_signed(body, signature.lower(), secrets):
        raise BadIdentity(reason="signature")
    claims = _claims(body)
    _demand_in_time(claims, now)
    return _signed(claims)


def _is_signed(body: str, signature: str, secrets: Sequence[str]) -> bool:
    """All are tried, so that the time tells nothing of which one fits."""
    fits = [hmac.compare_digest(_signature(secret, body), signature) for secret in secrets if secret]
    return any(fits)


def _signature(secret: str, body: str) -> str:
    return hmac.new(secret.encode(), body.encode(), hashlib.sha256).hexdigest()


def _claims(body: str) -> dict[str, Any]:
    try:
        raw = base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))
        claims = json.loads(raw)
    except (binascii.Error, ValueError, RecursionError) as fault:
        raise BadIdentity(reason="form") from fault
    if not isinstance(claims, dict):
        raise BadIdentity(reason="form")
    return claims


def _demand_in_time(claims: dict[str, Any], now: datetime) -> None:
    present = now.timestamp()
    end, start = _moment(claims, "exp"), _moment(claims, "iat")
    if start is not None and start > present + _SKEW_S:
        raise BadIdentity(reason="future")
    if end is None and start is not None:
        end = start + _OLDEST_S
    if end is not None and end < present:
        raise BadIdentity(reason="expired")


def _moment(claims: dict[str, Any], name: str) -> float | None:
    given = claims.get(name)
    if given is None:
        return None
    if isinstance(given, bool) or not isinstance(given, int | float) or not math.isfinite(given):
        raise BadIdentity(reason="form")
    return float(given)


def _signed(claims: dict[str, Any]) -> Signed:
    given = claims.get("id")
    if isinstance(given, bool) or not isinstance(given, str | int):
        raise BadIdentity(reason="id")
    person = cleaning.short_line(str(given)[:1000], most=1000).text.strip()
    if not 0 < len(person) <= 200:
        raise BadIdentity(reason="id")
    lengths = {"name": 200, "email": 320, "phone": 40}
    return Signed(person, **{name: _line(claims.get(name), most) for name, most in lengths.items()})


def _line(given: Any, most: int) -> str:
    return cleaning.short_line(given[: most * 4], most=most).text.strip() if isinstance(given, str) else ""
