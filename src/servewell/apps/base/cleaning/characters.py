r"""Which characters stay? Those a person can read, in one form (NFC), and none that steers a screen or a database.

- A lone surrogate, which no encoding can write, becomes U+FFFD; two that belong together become their character.
- Every kind of line end becomes `\n`; other control characters, NUL among them, go; the tabulator stays.
- What turns the direction of writing beyond its own place (U+202A to U+202E, U+2066 to U+2069) goes: it makes
  `gpj.exe` of `exe.jpg`. The marks that Arabic and Hebrew need (U+200E, U+200F, U+061C) stay.
- Of combining marks in a row the first 30 stay (the Stream-Safe Text Format of UAX #15): no language needs more, and
  sorting them takes time by their square (20,000 take 0.4 s, a million a quarter of an hour).
"""

import re
import sys
import unicodedata
from dataclasses import dataclass
from functools import cache

from servewell.apps.base.errors import TextTooLong

MOST = 1_000_000  # characters of a text
MOST_IN_LINE = 300
_MARKS = 30

_LINE_END = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_UNWANTED = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_GAP = re.compile(r"\s+")
_JOINER = "\u200d"
_EXTENDING = re.compile("[\u200d\ufe00-\ufe0f\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]")  # of emoji


@dataclass(frozen=True, slots=True)
class Short:
    """A text that was cut where it had to be."""

    text: str  # ends with `…` when something was left out
    left_out: int  # characters; 0: it is whole


def text(raw: str, *, most: int = MOST) -> str:
    """Return a text as it is kept; TextTooLong above `most` characters, counted after cleaning."""
    clean = _composed(visible(raw))
    if len(clean) > most:
        raise TextTooLong(size=len(clean), most=most)
    return clean


def shortened(raw: str, *, most: int = MOST) -> Short:
    """Return a text as it is kept, cut to `most` characters: for what comes in and cannot be refused.

    The cut never parts a letter from its marks, or what makes one emoji.
    """
    return _cut(_composed(visible(raw)), most)


def line(raw: str, *, most: int = MOST_IN_LINE) -> str:
    """Return a name, subject or title in one line, without gaps at its ends; TextTooLong above `most` characters."""
    clean = _in_one_line(raw)
    if len(clean) > most:
        raise TextTooLong(size=len(clean), most=most)
    return clean


def short_line(raw: str, *, most: int = MOST_IN_LINE) -> Short:
    """Return a name, subject or title in one line, cut to `most` characters."""
    return _cut(_in_one_line(raw), most)


def visible(raw: str) -> str:
    """Return `raw` without what cannot be stored or seen; its form (NFC) and length stay as they are."""
    return _UNWANTED.sub("", _LINE_END.sub("\n", whole(raw)))


def whole(raw: str) -> str:
    """Return `raw` with pairs of surrogates as their character and lone ones as U+FFFD: so it can be encoded."""
    if not _SURROGATE.search(raw):
        return raw
    return raw.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _composed(visible_text: str) -> str:
    if visible_text.isascii():
        return visible_text
    # Composing may bring marks together that stood apart no longer than allowed: hence the second look.
    once = unicodedata.normalize("NFC", _too_many_marks().sub(r"\1", visible_text))
    return unicodedata.normalize("NFC", _too_many_marks().sub(r"\1", once))


def _in_one_line(raw: str) -> str:
    one = _GAP.sub(" ", _composed(visible(raw))).strip()
    return one if any(character.isprintable() and character != " " for character in one) else ""  # joiners alone


def _cut(clean: str, most: int) -> Short:
    if len(clean) <= most:
        return Short(clean, 0)
    at = max(0, most - 1)  # room for the sign that something is missing
    for _ in range(_MARKS + 2):
        if at == 0 or not _belongs_before(clean, at):
            break
        at -= 1
    return Short(f"{clean[:at]}…", len(clean) - at)


def _belongs_before(clean: str, at: int) -> bool:
    following = clean[at]
    is_part = unicodedata.combining(following) or _EXTENDING.match(following) or clean[at - 1] == _JOINER
    return bool(is_part)


@cache
def _too_many_marks() -> re.Pattern[str]:
    """Made at the first need: every character that combines with the one before it (about 1,000)."""
    marks = [code for code in range(sys.maxunicode + 1) if unicodedata.combining(chr(code))]
    ranges = "".join(f"{chr(first)}-{chr(last)}" for first, last in _runs(marks))
    return re.compile(f"([{ranges}]{{{_MARKS}}})[{ranges}]+")


def _runs(codes: list[int]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for code in codes:
        if found and found[-1][1] == code - 1:
            found[-1] = (found[-1][0], code)
        else:
            found.append((code, code))
    return found
