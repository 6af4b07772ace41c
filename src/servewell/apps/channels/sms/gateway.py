"""How is a gateway called, and what does it say? Names of parameters are the gateway's; pure but for the call."""

import base64
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode

from servewell import __version__
from servewell.apps.base import outside
from servewell.apps.base.outside import Reply

_LIMITS = outside.Limits(seconds=20.0, largest=2**16, redirects=0, cut=True)
_TYPES = {"json": "application/json", "form": "application/x-www-form-urlencoded"}


class Unreadable(Exception):
    """A call to us has neither form that it may have."""


def call(method: str, url: str, said: Mapping[str, Any], values: Mapping[str, str], key: str = "") -> Reply:
    """Call a gateway as an account says; `key` is the same at every try. AddressRefused, OutsideFailure."""
    headers = {"User-Agent": f"Servewell/{__version__}", "Accept": "application/json", **_credentials(said)}
    body = None
    if method == "POST":
        headers |= {"Content-Type": _TYPES[said["format"]], "Idempotency-Key": key}
        body = (json.dumps(values, ensure_ascii=False) if said["format"] == "json" else urlencode(values)).encode()
    return outside.fetch(method, url, headers=headers, body=body, limits=_LIMITS)


def read(body: bytes) -> dict[str, str]:
    """Return the parameters of a call to us, a JSON object or a form; Unreadable for anything else."""
    text = body.decode("utf-8-sig", "replace")
    try:
        return _object(text) if text.lstrip()[:1] in ("{", "[") else _form(text)
    except (ValueError, RecursionError) as fault:
        raise Unreadable("neither a JSON object nor a form") from fault


def found(body: bytes, path: str) -> str:
    """Return what stands in a JSON answer at a path of names and numbers (`data.0.id`); "" where there is nothing."""
    try:
        said: Any = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    for step in path.split(".") if path else ():
        if isinstance(said, dict):
            said = said.get(step)
        elif isinstance(said, list) and step.isdecimal() and len(step) < 5 and int(step) < len(said):
            said = said[int(step)]
        else:
            return ""
    return str(said) if isinstance(said, str | int) and not isinstance(said, bool) else ""


def _object(text: str) -> dict[str, str]:
    said = json.loads(text)
    if isinstance(said, list):
        raise Unreadable("a list, not a JSON object")
    return {str(name): _plain(value) for name, value in said.items() if value is not None}


def _form(text: str) -> dict[str, str]:
    if not text:
        raise ValueError("nothing")
    return dict(parse_qsl(text, keep_blank_values=True, strict_parsing=True, max_num_fields=100))


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _credentials(said: Mapping[str, Any]) -> dict[str, str]:
    secret = said.get("auth_secret", "")
    if said["auth"] == "bearer":
        return {"Authorization": f"Bearer {secret}"}
    if said["auth"] == "basic":
        pair = f"{said['auth_user']}:{secret}".encode()
        return {"Authorization": f"Basic {base64.b64encode(pair).decode()}"}
    return {said["auth_header"]: secret} if said["auth"] == "header" else {}
