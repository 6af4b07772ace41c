"""Does what was entered about an account fit the fields of its channel? Pure: values in, values or BadOption out."""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from servewell.apps.base import cleaning
from servewell.apps.base.errors import TextTooLong
from servewell.apps.channels.frame.errors import BadOption
from servewell.apps.channels.frame.kinds import Field

MOST_CHARACTERS, MOST_IN_LINES, MOST_ENTRIES = 500, 10_000, 200
_COLOUR = re.compile(r"#[0-9a-f]{6}")
_EMAIL = re.compile(r"[^\s@<>,;:\"()\[\]\\]{1,64}@[^\s@<>,;:\"()\[\]\\]{1,255}")
_NOTHING: tuple[Any, ...] = ("", None, [])


class Misfit(Exception):
    """A value that does not fit; `reason` is a code of `channels.option.<reason>`, `limits` fill its places."""

    def __init__(self, reason: str, **limits: Any) -> None:
        super().__init__(reason)
        self.reason, self.limits = reason, limits


@dataclass(frozen=True, slots=True)
class Filled:
    """A form that fits."""

    options: dict[str, Any]  # key to value, without secrets
    secrets: dict[str, str]  # those that are set


def filled(channel: str, fields: Sequence[Field], given: Mapping[str, Any], before: Filled) -> Filled:
    """Return what is to be stored when `given` comes over what was stored `before`.

    What is not given stays. Null takes an option back to its default and clears a secret; a secret left blank stays.
    BadOption names the first field that does not fit; `channel` is whose texts name it.
    """
    known = {field.key: field for field in fields}
    for key in given:
        if key not in known:
            raise BadOption(channel=channel, field=str(key)[:100], reason="unknown")
    options = {key: value for key, value in before.options.items() if key in known}
    secrets = {key: value for key, value in before.secrets.items() if key in known}
    for field in fields:
        if field.key in given:
            _put(channel, field, given[field.key], secrets if field.kind == "secret" else options)
    for field in fields:
        if field.applies(options, fields):
            _demand(channel, field, secrets if field.kind == "secret" else options)
    return Filled(options, secrets)


def value(field: Field, entered: Any) -> Any:
    """Return one value in the form that is stored; Misfit."""
    return _READ[field.kind](field, entered)


def _put(channel: str, field: Field, entered: Any, into: dict[str, Any]) -> None:
    if entered is None:
        into.pop(field.key, None)
    elif field.kind != "secret" or entered != "":
        try:
            into[field.key] = value(field, entered)
        except Misfit as fault:
            raise BadOption(channel=channel, field=field.key, reason=fault.reason, **fault.limits) from fault


def _demand(channel: str, field: Field, stored: Mapping[str, Any]) -> None:
    if field.required and stored.get(field.key, field.default) in _NOTHING:
        raise BadOption(channel=channel, field=field.key, reason="required")


def _text(field: Field, entered: Any) -> str:
    if not isinstance(entered, str):
        raise Misfit("not_text")
    return _within(field, entered, cleaning.line, MOST_CHARACTERS)


def _lines(field: Field, entered: Any) -> str:
    if not isinstance(entered, str):
        raise Misfit("not_text")
    return _within(field, entered, cleaning.text, MOST_IN_LINES)


def _within(field: Field, entered: str, clean: Callable[..., str], most: int) -> str:
    limit = int(field.most) if field.most is not None else most
    try:
        return clean(entered, most=limit)
    except TextTooLong as fault:
        raise Misfit("too_long", limit=limit) from fault


def _secret(field: Field, entered: Any) -> str:
    """Kept letter by letter: a password may begin with a blank."""
    if not isinstance(entered, str):
        raise Misfit("not_text")
    limit = int(field.most or MOST_IN_LINES)
    if len(entered) > limit:
        raise Misfit("too_long", limit=limit)
    return entered


def _number(field: Field, entered: Any) -> int | float:
    if isinstance(entered, bool) or not isinstance(entered, int | float) or not math.isfinite(entered):
        raise Misfit("not_number")
    if isinstance(field.default, int) and not float(entered).is_integer():
        raise Misfit("not_whole")
    if field.least is not None and entered < field.least:
        raise Misfit("too_small", limit=_plain(field.least))
    if field.most is not None and entered > field.most:
        raise Misfit("too_large", limit=_plain(field.most))
    return _plain(entered)


def _boolean(field: Field, entered: Any) -> bool:
    if not isinstance(entered, bool):
        raise Misfit("not_boolean")
    return entered


def _choice(field: Field, entered: Any) -> str:
    if not isinstance(entered, str) or (entered not in field.options and (entered or field.required)):
        raise Misfit("not_choice", options=list(field.options))
    return entered


def _colour(field: Field, entered: Any) -> str:
    shown = _text(field, entered).lower()
    if shown and not _COLOUR.fullmatch(shown):
        raise Misfit("not_colour")
    return shown


def _url(field: Field, entered: Any) -> str:
    shown = _text(field, entered)
    if shown and not _is_url(shown):
        raise Misfit("not_url")
    return shown


def _is_url(shown: str) -> bool:
    try:
        parts = urlsplit(shown)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and (parts.port or 1) > 0 and " " not in shown
    except ValueError:  # a port that is none, an address in broken brackets
        return False


def _email(field: Field, entered: Any) -> str:
    shown = _text(field, entered)
    if shown and not is_email(shown):
        raise Misfit("not_email")
    return shown


def is_email(shown: str) -> bool:
    """Has this text the form of one mail address?"""
    return _EMAIL.fullmatch(shown) is not None


def _list(field: Field, entered: Any) -> list[str]:
    if not isinstance(entered, list) or not all(isinstance(one, str) for one in entered):
        raise Misfit("not_list")
    line = Field(field.key)
    shown = list(dict.fromkeys(clean for one in entered if (clean := _text(line, one))))
    most = int(field.most) if field.most is not None else MOST_ENTRIES
    if len(shown) > most:
        raise Misfit("too_many", limit=most)
    return shown


def _plain(number: float) -> int | float:
    return int(number) if float(number).is_integer() else number


_READ: dict[str, Callable[[Field, Any], Any]] = {
    "text": _text,
    "lines": _lines,
    "secret": _secret,
    "number": _number,
    "boolean": _boolean,
    "choice": _choice,
    "colour": _colour,
    "url": _url,
    "email": _email,
    "list": _list,
}
