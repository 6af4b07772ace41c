"""How are figures said on the page? In the reader's language, rounded to what can be grasped, with their unit."""

import json
import unicodedata
from collections.abc import Callable
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

Say = Callable[..., str]
_FOLDER = Path(__file__).parents[3] / "texts"
_UNITS = (("d", 86_400.0), ("h", 3_600.0), ("min", 60.0), ("s", 1.0))


def saying(language: str) -> Say:
    """Return a function that says `report.<key>` of the texts, values filled in, ready for HTML."""
    sentences = _sentences(language)

    def say(key: str, **values: Any) -> str:
        return escape(sentences[f"report.{key}"].format_map(values), quote=True)

    return say


@cache
def _sentences(language: str) -> dict[str, str]:
    known: dict[str, str] = json.loads((_FOLDER / language / "mining.json").read_text(encoding="utf-8"))
    return known


def number(value: float) -> str:
    """Return a count with separators."""
    return f"{value:,.0f}"


def percent(share: float) -> str:
    """Return a share: whole from 10%, one digit below, never 0% for what exists."""
    if 0 < share < 0.001:
        return "<0.1%"
    return f"{share:.0%}" if share >= 0.0995 else f"{share:.1%}"


def duration(seconds: float | None, say: Say) -> str:
    """Return seconds in the largest unit that leaves at least 1.5 of it."""
    if seconds is None:
        return "–"
    unit, size = next(((unit, size) for unit, size in _UNITS if seconds >= 1.5 * size), _UNITS[-1])
    value = seconds / size
    digits = 0 if value >= 100 or (unit == "s" and value == int(value)) else 1
    return say(f"unit.{unit}", n=f"{value:,.{digits}f}")


def width(text: str, size: float) -> float:
    """Return about how wide a text is set: signs of Chinese are square, others a little more than half as wide."""
    return size * sum(1.0 if unicodedata.east_asian_width(sign) in "WF" else 0.57 for sign in text)


def wrapped(text: str, room: float, size: float, lines: int = 2) -> list[str]:
    """Break a label into at most so many lines of `room` pixels; what does not fit ends in an ellipsis."""
    found = [""]
    for word in _pieces(text):
        if width((found[-1] + word).rstrip(), size) <= room or not found[-1]:
            found[-1] += word
        else:
            found.append(word.lstrip())
    found = [line.strip() for line in found]
    if len(found) > lines:
        found = [*found[: lines - 1], " ".join(found[lines - 1 :])]
    return [_shortened(line, room, size) for line in found]


def _pieces(text: str) -> list[str]:
    """Latin words stay whole; Chinese may break anywhere."""
    pieces: list[str] = []
    for sign in text:
        wide = unicodedata.east_asian_width(sign) in "WF"
        if (
            pieces
            and not wide
            and pieces[-1][-1] not in " /-_."
            and unicodedata.east_asian_width(pieces[-1][-1]) not in "WF"
        ):
            pieces[-1] += sign
        else:
            pieces.append(sign)
    return pieces


def _shortened(text: str, room: float, size: float) -> str:
    if width(text, size) <= room:
        return text
    while text and width(text + "…", size) > room:
        text = text[:-1]
    return text.rstrip() + "…"
