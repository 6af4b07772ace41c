"""How is an outside system called? One signed POST (Standard Webhooks), with limits, to a checked address."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from servewell import __version__
from servewell.apps.base import clock, outside, signing
from servewell.apps.base.outside import Reply
from servewell.apps.channels.frame import options
from servewell.apps.channels.frame.models import Account

_LIMITS = outside.Limits(seconds=20.0, largest=2**16, redirects=0, cut=True)


@dataclass(frozen=True, slots=True)
class Callback:
    """Where an outside system wants its answers."""

    url: str
    secret: str


def callback_of(account: Account) -> Callback | None:
    """Return where an account's answers go; None when the outside system fetches them. secrets.Unopenable."""
    said = options.of(account)
    return Callback(said["callback_url"], said.get("callback_secret", "")) if said["callback_url"] else None


def post(callback: Callback, message_id: str, body: Mapping[str, Any]) -> Reply:
    """Call it; `message_id` is the same at every try. AddressRefused, OutsideFailure."""
    data = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    headers = {
        "Content-Type": "application/json",
        "User-Agent": f"Servewell/{__version__}",
        **signing.headers(message_id, clock.now(), data, [callback.secret]),
    }
    return outside.fetch("POST", callback.url, headers=headers, body=data, limits=_LIMITS)


def words_of(reply: Reply) -> str:
    """Return how an answer begins, in one line, with its status."""
    return outside.words_of(reply)
