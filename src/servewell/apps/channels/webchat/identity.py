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
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from servewell.apps.base import cleaning
from servewell.apps.base import secrets as marks
from servewell.apps.channels.webchat.errors import BadIdentity

LONGEST = 4096  # characters of a token
_SKEW_S = 300  # the site's clock may be so far ahead
_LAST = 253_402_300_799  # the end of the year 9999: none later is kept
_OLDEST_S = 366 * 86400  # a token without an end is good for a year


@dataclass(frozen=True, slots=True)
class Signed:
    """Who it is, as the site signed it."""

    id: str
    name: str = ""
    email: str = ""
    phone: str = ""
    until: datetime | None = None  # when the proof ends; None: while its secret is set
    mark: str = ""  # of the secret that signed


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
    if not (fitting := _fitting(body, signature.lower(), secrets)):
        raise BadIdentity(reason="signature")
    claims = _claims(body)
    until = _end_in_time(claims, now)
    return replace(_signed(claims), until=until, mark=marks.mark(_marked(fitting[0])))


def is_proven(mark: str, secrets: Sequence[str]) -> bool:
    """Is the secret that signed, by its mark, still one of the site's?"""
    return any(marks.is_mark_of(_marked(secret), mark) for secret in secrets if secret)


def _marked(secret: str) -> str:
    return f"chat identity {secret}"


def _fitting(body: str, signature: str, secrets: Sequence[str]) -> list[str]:
    """Return the secrets that made it. All are tried, so that the time tells nothing of which one fits."""
    return [one for one in secrets if one and hmac.compare_digest(_signature(one, body), signature)]


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


def _end_in_time(claims: dict[str, Any], now: datetime) -> datetime | None:
    """Return when the proof ends, if it does; BadIdentity when it did, or begins later."""
    present = now.timestamp()
    end, start = _moment(claims, "exp"), _moment(claims, "iat")
    if start is not None and start > present + _SKEW_S:
        raise BadIdentity(reason="future")
    if end is None and start is not None:
        end = start + _OLDEST_S
    if end is not None and end < present:
        raise BadIdentity(reason="expired")
    return None if end is None else datetime.fromtimestamp(min(end, _LAST), UTC)


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
    said = {name: _line(claims.get(name), most) for name, most in lengths.items()}
    return Signed(person, said["name"], said["email"], said["phone"])


def _line(given: Any, most: int) -> str:
    return cleaning.short_line(given[: most * 4], most=most).text.strip() if isinstance(given, str) else ""
