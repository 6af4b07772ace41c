"""What may stand in a field that the house defined itself? One value of its kind, in one form, or a refusal in words.

`checked` gives the form that is stored: what it gave once it gives again, and JSON keeps it as it is.
"""

import math
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from servewell.apps.base import addresses, cleaning, texts
from servewell.apps.base.errors import BadDefinition, BadField

KINDS = ("text", "number", "boolean", "date", "choice", "choices", "url", "email")
Value = str | int | float | bool | list[str] | None  # None: the field is empty
LONGEST = 2_000  # characters of a text or address, if its definition says nothing
LARGEST = 10**15  # of a number: up to here a float is exact to the unit
MOST_OPTIONS = 200
NAME = 80  # characters of a field's or option's name
KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")

_NUMBER = re.compile(r"[+-]?(\d{1,3}(,\d{3})+|\d+)(\.\d+)?")
_DATE = re.compile(r"(\d{4})(?:-|/|\.|年)(\d{1,2})(?:-|/|\.|月)(\d{1,2})日?")
_NO_SPACE = re.compile(r"\S+")
_YES_NO = {"true": True, "yes": True, "1": True, "是": True, "false": False, "no": False, "0": False, "否": False}


@dataclass(frozen=True, slots=True)
class Definition:
    """A field that somebody defined; `defined` makes one that is right."""

    key: str  # slug, never changed
    names: Mapping[str, str]  # by language of `texts`
    kind: str  # of KINDS, never changed
    options: tuple[str, ...] = ()  # codes of a choice, in their order
    required: bool = False  # an empty value is refused
    maximum: float | None = None  # characters of a text, size of a number, entries of choices
    option_names: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  # by code and language

    def name(self, language: str) -> str:
        """Return what the field is called."""
        return self.names.get(texts.nearest(language)) or self.key


def defined(definition: Definition) -> Definition:
    """Return the definition if it is one that can be used; BadDefinition says what is wrong with it."""
    for reason, broken in _FAULTS.items():
        if broken(definition):
            raise BadDefinition(field=definition.key[:NAME], names=_short(definition.names), reason=reason)
    return definition


def checked(definition: Definition, value: Any) -> Value:
    """Return `value` in the form that is stored, None when it is empty; BadField names the field and the fault."""
    if isinstance(value, str):
        value = unicodedata.normalize("NFC", cleaning.shortened(value, most=LONGEST * 50).text).strip()
    if value in (None, "", [], ()):
        if definition.required:
            raise _refused(definition, "missing")
        return None
    return _BY_KIND[definition.kind](definition, value)


def _text(definition: Definition, value: Any) -> str:
    if not isinstance(value, str):
        raise _refused(definition, "text")
    most = int(definition.maximum or LONGEST)
    if len(value) > most:
        raise _refused(definition, "too-long", limit=most)
    return value


def _number(definition: Definition, value: Any) -> int | float:
    number = _parsed(value)
    if number is None or isinstance(number, bool) or not isinstance(number, int | float):
        raise _refused(definition, "number")
    if isinstance(number, float) and not math.isfinite(number):
        raise _refused(definition, "number")
    most = min(definition.maximum or LARGEST, LARGEST)
    if abs(number) > most:
        raise _refused(definition, "too-large", limit=_plain(most) if most < LARGEST else "10^15")
    return int(number) if number == int(number) else number


def _plain(number: float) -> str:
    """Return a number as people write it: no exponent, and no zeros that say nothing."""
    return f"{Decimal(repr(number)):f}".removesuffix(".0")


def _parsed(value: Any) -> Any:
    """Read a number that was written by hand, in any digits and with separators of thousands."""
    if not isinstance(value, str):
        return value
    written = unicodedata.normalize("NFKC", value)
    if len(written) > 40 or not _NUMBER.fullmatch(written):
        return None
    written = written.replace(",", "")
    return float(written) if "." in written else int(written)


def _boolean(definition: Definition, value: Any) -> bool:
    if isinstance(value, bool):
        return value
    said = _YES_NO.get(unicodedata.normalize("NFKC", value).casefold()) if isinstance(value, str) else None
    if said is None:
        raise _refused(definition, "boolean")
    return said


def _date(definition: Definition, value: Any) -> str:
    match = _DATE.fullmatch(unicodedata.normalize("NFKC", value).replace(" ", "")) if isinstance(value, str) else None
    try:
        day = date(*(int(part) for part in match.groups())) if match else None
    except ValueError:  # the 30th of February
        day = None
    if day is None:
        raise _refused(definition, "date")
    return day.isoformat()


def _choice(definition: Definition, value: Any) -> str:
    if not isinstance(value, str) or value not in definition.options:
        raise _refused(definition, "choice", **_offered(definition))
    return value


def _choices(definition: Definition, value: Any) -> list[str]:
    """Each code once, in the order of the definition: the order in which they were clicked says nothing."""
    wanted = [value] if isinstance(value, str) else value
    if not isinstance(wanted, list | tuple):
        raise _refused(definition, "choices", **_offered(definition))
    given = {_choice(definition, one) for one in wanted}
    if definition.maximum is not None and len(given) > definition.maximum:
        raise _refused(definition, "too-many", limit=int(definition.maximum))
    return [code for code in definition.options if code in given]


def _url(definition: Definition, value: Any) -> str:
    """An address of the web, without a password in it: the field is shown as a link to everybody."""
    written = _text(definition, value)
    try:
        parts = urlsplit(written)
        host, _ = parts.hostname, parts.port
    except ValueError:
        host = None
    if not host or parts.scheme not in ("http", "https") or "@" in parts.netloc or not _NO_SPACE.fullmatch(written):
        raise _refused(definition, "url")
    return urlunsplit((parts.scheme, parts.netloc.lower(), *parts[2:]))


def _email(definition: Definition, value: Any) -> str:
    address = addresses.email(value) if isinstance(value, str) else None
    if address is None:
        raise _refused(definition, "email")
    return address.shown


_BY_KIND: dict[str, Callable[[Definition, Any], Value]] = {
    "text": _text,
    "number": _number,
    "boolean": _boolean,
    "date": _date,
    "choice": _choice,
    "choices": _choices,
    "url": _url,
    "email": _email,
}


def _refused(definition: Definition, reason: str, **more: Any) -> BadField:
    return BadField(field=definition.key, names=dict(definition.names), reason=reason, **more)


def _short(names: Mapping[str, str]) -> dict[str, str]:
    return {language: name[:NAME] for language, name in names.items()}


def _offered(definition: Definition) -> dict[str, Any]:
    names = {code: dict(names) for code, names in definition.option_names.items()}
    return {"options": list(definition.options), "option_names": names}


def _has_bad_names(definition: Definition) -> bool:
    all_names = [definition.names, *definition.option_names.values()]
    words = [names.get(language, "") for names in all_names for language in texts.LANGUAGES]
    return not all(word.strip() and len(word) <= NAME for word in words)


def _has_bad_options(definition: Definition) -> bool:
    options = definition.options
    if definition.kind not in ("choice", "choices"):
        return bool(options)
    distinct = len(set(options)) == len(options)
    return not (distinct and 1 <= len(options) <= MOST_OPTIONS and all(map(KEY.fullmatch, options)))


def _has_bad_maximum(definition: Definition) -> bool:
    most = definition.maximum
    if most is None:
        return False
    limit = {"text": LONGEST * 10, "url": LONGEST, "choices": MOST_OPTIONS, "number": LARGEST}.get(definition.kind)
    if limit is None or not math.isfinite(most) or not 0 < most <= limit:
        return True
    return definition.kind != "number" and most != int(most)  # half a character would refuse every text


_FAULTS: dict[str, Callable[[Definition], bool]] = {
    "key": lambda definition: not KEY.fullmatch(definition.key),
    "names": _has_bad_names,
    "kind": lambda definition: definition.kind not in KINDS,
    "options": _has_bad_options,
    "maximum": _has_bad_maximum,
}
