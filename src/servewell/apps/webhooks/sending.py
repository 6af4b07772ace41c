"""How is one call made, and what does its answer mean? A POST to a checked address, with limits, no redirects."""

import json
import time
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

from servewell import __version__
from servewell.apps.base import clock, outside, secrets, signing
from servewell.apps.base.cleaning import short_line
from servewell.apps.base.errors import AddressRefused, OutsideFailure
from servewell.apps.webhooks.models import LONGEST_HEAD, Subscription

_LARGEST = 2**16  # bytes of an answer; nobody reads it but who looks for a fault
_REFUSED = {400, 413, 415, 422}  # this very call will never be taken
_BUSY = {429, 503}


class Outcome(StrEnum):
    """What became of a call."""

    DELIVERED = "delivered"  # 2xx
    GONE = "gone"  # 410: no more calls, please
    REFUSED = "refused"  # 400, 413, 415, 422: not this one
    BUSY = "busy"  # 429, 503: later
    FAILED = "failed"  # every other answer
    REDIRECTED = "redirected"  # 3xx, which is not followed: a POST would become something else, or go elsewhere
    UNREACHABLE = "unreachable"  # no answer, or not in time
    FORBIDDEN = "forbidden"  # an address that must not be called


@dataclass(frozen=True, slots=True)
class Result:
    """One call, made."""

    outcome: Outcome
    status: int | None  # HTTP; None: no answer
    duration_ms: int
    response: str  # how the answer began, in one line; or why there was none
    wait: timedelta = timedelta()  # how long the other side asks us to wait

    @property
    def is_final(self) -> bool:
        """Is trying again useless?"""
        return self.outcome in {Outcome.GONE, Outcome.REFUSED}


def call(subscription: Subscription, message: dict[str, Any], seconds: float) -> Result:
    """Send a message (with `id`) to a webhook and tell what became of it; takes `seconds` at most, never raises."""
    body = json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()
    headers = {
        "Content-Type": "application/json",
        "User-Agent": f"Servewell/{__version__}",
        **signing.headers(message["id"], clock.now(), body, keys_of(subscription)),
    }
    began = time.monotonic()
    try:
        limits = outside.Limits(seconds=seconds, largest=_LARGEST, redirects=0, cut=True)
        reply = outside.fetch("POST", subscription.url, headers=headers, body=body, limits=limits)
    except AddressRefused as refusal:
        is_redirect = refusal.values["reason"] == "redirects"
        outcome = Outcome.REDIRECTED if is_redirect else Outcome.FORBIDDEN
        return Result(outcome, None, _since(began), _head(str(refusal)))
    except OutsideFailure as failure:
        return Result(Outcome.UNREACHABLE, None, _since(began), _head(str(failure)))
    wait = outside.asked_wait(reply) if reply.status in _BUSY else timedelta()
    return Result(_judged(reply.status), reply.status, _since(began), _head(_text(reply.body)), wait)


def keys_of(subscription: Subscription) -> list[str]:
    """Return the secrets a call is signed with: after a rotation two, for a while."""
    keys = [secrets.open_(subscription.sealed_secret)]
    if subscription.old_secret_until and subscription.old_secret_until > clock.now():
        keys.append(secrets.open_(subscription.sealed_old_secret))
    return keys


def _judged(status: int) -> Outcome:
    if 200 <= status < 300:
        return Outcome.DELIVERED
    if status == 410:
        return Outcome.GONE
    if status in _REFUSED:
        return Outcome.REFUSED
    return Outcome.BUSY if status in _BUSY else Outcome.FAILED


def _text(body: bytes) -> str:
    return body[: LONGEST_HEAD * 4].decode("utf-8", "replace")


def _head(words: str) -> str:
    return short_line(words, most=LONGEST_HEAD).text


def _since(began: float) -> int:
    return round((time.monotonic() - began) * 1000)
