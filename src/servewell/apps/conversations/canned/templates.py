r"""How is a reply with places read? `{{customer.name}}`, or `{{customer.name|dear customer}}` with words instead.

A place holds a name of the closed list in `variables.py`, and after `|` what stands there when nothing is known. There
is nothing else: no conditions, no loops, no calls. `\{{` is two braces. What is filled in is never read again.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import escape

_TOKEN = re.compile(r"\\\{\{|\{\{(?P<inside>[^{}]{0,300}?)\}\}|\{\{")
_NAME = re.compile(r"[a-z]+(?:\.[a-z]+)*(?:\.[A-Za-z0-9_-]{1,40})?")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value goes."""

    name: str
    instead: str | None  # words for when nothing is known; None: none were given
    at: int  # character where it begins, from 0


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a template, and where."""

    reason: str  # code: open (a `{{` without its end), name (no name, or a malformed one), unknown
    line: int  # from 1
    column: int  # characters, from 1
    found: str  # the place as it is written, cut


Part = str | Place


@dataclass(frozen=True, slots=True)
class Filled:
    """A template with its places filled."""

    text: str
    html: str  # the same, safe: lines are `<br>`
    missing: list[str]  # names of which nothing was known, in their order, each once


def parse(text: str) -> list[Part] | Fault:
    """Return the words and places of a template, or its first fault. Takes time in proportion to its length."""
    parts: list[Part] = []
    end = 0
    for token in _TOKEN.finditer(text):
        parts.append(text[end : token.start()])
        end = token.end()
        if token[0] == "\\{{":
            parts.append("{{")
        elif token["inside"] is None:
            return _fault("open", text, token.start())
        else:
            name, bar, instead = token["inside"].partition("|")
            if not _NAME.fullmatch(name.strip()):
                return _fault("name", text, token.start())
            parts.append(Place(name.strip(), instead.strip() if bar else None, token.start()))
    return [part for part in [*parts, text[end:]] if part != ""]


def checked(text: str, is_known: Callable[[str], bool]) -> list[Part] | Fault:
    """Return what `parse` returns; a place whose name `is_known` does not know is a fault too."""
    parts = parse(text)
    if isinstance(parts, Fault):
        return parts
    unknown = next((part for part in parts if isinstance(part, Place) and not is_known(part.name)), None)
    return parts if unknown is None else _fault("unknown", text, unknown.at)


def names(parts: list[Part]) -> set[str]:
    """Return the names of the places."""
    return {part.name for part in parts if isinstance(part, Place)}


def filled(parts: list[Part], values: Mapping[str, str | None]) -> Filled:
    """Fill the places; a value that is missing or empty leaves the words given instead, or nothing, and is told."""
    said = [part if isinstance(part, str) else values.get(part.name) or part.instead or "" for part in parts]
    missing = [part.name for part in parts if isinstance(part, Place) and not values.get(part.name)]
    text = "".join(said)
    return Filled(text, escape(text).replace("\n", "<br>"), list(dict.fromkeys(missing)))


def _fault(reason: str, text: str, at: int) -> Fault:
    line = text.count("\n", 0, at) + 1
    return Fault(reason, line, at - (text.rfind("\n", 0, at) + 1) + 1, text[at : at + 40].partition("\n")[0])
