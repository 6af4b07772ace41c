"""Where in a text stands what was looked for, and which part of it is worth showing?"""

from bisect import bisect_left
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from servewell.engines.text.normal import Normal, normalised
from servewell.engines.text.tokens import JOINERS, MOST_CHARACTERS, tokens_of

SNIPPET = 120  # characters shown of a long text
ELLIPSIS = "…"
_LEAD = 20  # characters shown before the first find
_APART = dict.fromkeys(map(ord, JOINERS + " "))

Span = tuple[int, int]  # code points of the text: begin, and end (exclusive)


@dataclass(frozen=True, slots=True)
class Snippet:
    """The part of a text that shows best what was found in it."""

    text: str  # with an ellipsis where something is left out
    spans: tuple[Span, ...]  # what was found, in `text`
    found: int  # how many different terms it shows


def spans(text: str, terms: Collection[str]) -> list[Span]:
    """Return where the terms of a query stand: in order, within the text, none touching the next."""
    return _merged([(start, end) for start, end, _ in _places(text, terms)])


def may_have(text: str, terms: Collection[str]) -> bool:
    """Might `spans` find something? Quick; it never says no where there is something to find."""
    return _may_have(normalised(text[:MOST_CHARACTERS]), terms)


def snippet(text: str, terms: Collection[str], length: int = SNIPPET) -> Snippet:
    """Return the window of at most `length` characters (and ellipses) that shows the most different terms.

    Of windows that show equally many the one with more finds, then the first. Line breaks become spaces.
    """
    places = _places(text, terms)
    start, end = _best_window(len(text), places, length)
    head, tail = (ELLIPSIS if start > 0 else ""), (ELLIPSIS if end < len(text) else "")
    shown = [(max(a, start), min(b, end)) for a, b in _merged([place[:2] for place in places]) if a < end and b > start]
    moved = tuple((a - start + len(head), b - start + len(head)) for a, b in shown)
    seen = {term for a, b, term in places if a >= start and b <= end}
    return Snippet(head + _one_line(text[start:end]) + tail, moved, len(seen))


def _places(text: str, terms: Collection[str]) -> list[tuple[int, int, str]]:
    looked_for = frozenset(terms)
    normal = normalised(text[:MOST_CHARACTERS] if looked_for else "")  # it costs more than all the rest: only once
    if not looked_for or not _may_have(normal, looked_for):
        return []
    return sorted((token.start, token.end, token.text) for token in tokens_of(normal) if token.text in looked_for)


def _may_have(normal: Normal, terms: Collection[str]) -> bool:
    together = normal.text.translate(_APART)  # as pairs of parts are written
    return any(term in normal.text or term in together for term in terms)


def _merged(places: Sequence[Span]) -> list[Span]:
    merged: list[Span] = []
    for start, end in sorted(places):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _best_window(size: int, places: list[tuple[int, int, str]], length: int) -> Span:
    if size <= length:
        return 0, size
    begins = [start for start, _, _ in places]
    best, value = 0, (0, 0)
    for number, (start, _, _) in enumerate(places):
        shown = [
            p for p in places[number : bisect_left(begins, start + length - _LEAD)] if p[1] <= start + length - _LEAD
        ]
        this = (len({term for _, _, term in shown}), len(shown))
        if this > value:
            best, value = start, this
    start = max(0, min(best - _LEAD, size - length))
    return start, start + length


def _one_line(text: str) -> str:
    return "".join(" " if character.isspace() else character for character in text)
