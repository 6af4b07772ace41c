"""What are the words of a text? Chinese has no spaces, so its words are single characters and pairs of neighbours.

Scripts without spaces (Han, kana, also Hangul, Thai and their like) give each character and each pair of neighbours.
Other words are given whole; joined ones (`SKU-12345`, `wei@example.com`) give each part and each pair of neighbouring
parts written together, and letters next to digits (`iPhone15`) are found whole and by parts. So `sku12345`, `SKU-12345`
and `sku 12345` find each other. An emoji is a word. There are no stop words, and no stems: see decision 0006.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice, pairwise

from servewell.engines.text.normal import Normal, normalised

MOST_CHARACTERS = 100_000  # of one text; the rest is not looked at
MOST_TOKENS = 40_000  # of one text
LONGEST = 64  # characters of a word; longer ones are known by their beginning
JOINERS = "-._@+/&'’:"  # what joins the parts of a word

_DENSE = (  # scripts that are written without spaces, or whose words are best found by pairs of characters
    "\u3005-\u3007\u3021-\u3029\u3038-\u303b\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u3105-\u312f\u31a0-\u31bf"
    "\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U0001b000-\U0001b16f\U00020000-\U0003fffd"
    "\uac00-\ud7a3\u1100-\u11ff\u3131-\u318e"
    "\u0e00-\u0e3a\u0e40-\u0eff\u1000-\u109f\u1780-\u17dd"
)
_MARKS = (
    "\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u0610-\u061a\u064b-\u065f\u0670\u0900-\u0903\u093a-\u094f"
    "\u0981-\u0983\u09bc-\u09d7\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20f0\u3099\u309a\ufe20-\ufe2f"
)
_LETTER = rf"[^\W_{_DENSE}][{_MARKS}]*"
_UNIT = rf"(?:{_LETTER})+"
_JOINER = f"[{re.escape(JOINERS)}]"
_EMOJI = (  # without the tones of skin
    "\u203c\u2049\u2139\u2194-\u21aa\u231a-\u23ff\u25aa-\u27bf\u2934-\u2b55\U0001f000-\U0001f3fa\U0001f400-\U0001faff"
)
_RUN = re.compile(
    rf"(?P<dense>[{_DENSE}]+)|(?P<number>#\d+)|(?P<word>{_UNIT}(?:{_JOINER}{_UNIT})*)|(?P<emoji>[{_EMOJI}])"
)
_PART = re.compile(_UNIT)
_SEAM = re.compile(r"(?<=\d)(?=[^\d])|(?<=[^\d])(?=\d)")

Found = tuple[str, int, int]  # a token's text, and where it begins and ends


@dataclass(frozen=True, slots=True)
class Token:
    """A word as it is found, and where it stands."""

    text: str  # in its normal form
    start: int  # code points of the original
    end: int  # exclusive


def tokens(text: str) -> Iterator[Token]:
    """Return the tokens of a text with their places, by where they begin; at most MOST_TOKENS."""
    return tokens_of(normalised(text[:MOST_CHARACTERS]))


def tokens_of(normal: Normal) -> Iterator[Token]:
    """As `tokens`, of a text whose normal form is known already."""
    for word, start, end in islice(placed(normal), MOST_TOKENS):
        yield Token(word, *normal.span(start, end))


def terms(text: str) -> list[str]:
    """Return the texts of the tokens of a text, with repetitions; at most MOST_TOKENS."""
    return [word for word, _, _ in islice(placed(normalised(text[:MOST_CHARACTERS])), MOST_TOKENS)]


def placed(normal: Normal) -> Iterator[Found]:
    """Yield the tokens of a normal form, with their places in it."""
    text, before = normal.text, None
    for match in _RUN.finditer(text):
        kind, start, end = match.lastgroup, match.start(), match.end()
        if kind == "dense":
            yield from _characters_and_pairs(text, start, end)
        elif kind == "word":
            if before is not None and text[before[1] : start] == " ":
                yield from _over_the_space(text, before, start, end)
            yield from _parts_and_pairs(text, start, end)
        elif kind == "number":
            yield text[start:end][:LONGEST], start, end
            yield text[start + 1 : end][:LONGEST], start + 1, end
        else:
            yield text[start:end], start, end
        before = (start, end) if kind == "word" else None


def wanted(text: str) -> Iterator[str]:
    """Yield the tokens that a text must have to be found by this one: pairs where there are some, wholes where not."""
    normal = normalised(text[:MOST_CHARACTERS])
    for match in _RUN.finditer(normal.text):
        run = match[0]
        if match.lastgroup == "dense":
            yield from (run[at : at + 2] for at in range(max(1, len(run) - 1)))
        elif match.lastgroup == "word":
            yield from _pairs_of_parts(_PART.findall(run))
        else:
            yield run[:LONGEST]


def _pairs_of_parts(parts: list[str]) -> list[str]:
    if len(parts) == 1:
        return [parts[0][:LONGEST]]
    return [_joined(left, right) for left, right in pairwise(parts)]


def _characters_and_pairs(text: str, start: int, end: int) -> Iterator[Found]:
    for at in range(start, end - 1):
        yield text[at], at, at + 1
        yield text[at : at + 2], at, at + 2
    yield text[end - 1], end - 1, end


def _parts_and_pairs(text: str, start: int, end: int) -> Iterator[Found]:
    before: tuple[int, int] | None = None
    for match in _PART.finditer(text, start, end):
        here = match.span()
        if before is not None:
            yield _joined(text[slice(*before)], match[0]), before[0], here[1]
        yield match[0][:LONGEST], *here
        yield from _split_at_digits(text, *here)
        before = here


def _split_at_digits(text: str, start: int, end: int) -> Iterator[Found]:
    seams = [start + seam.start() for seam in _SEAM.finditer(text[start : min(end, start + LONGEST)])]
    if seams:
        places = [start, *seams, end]
        for left, right in pairwise(places):
            yield text[left:right][:LONGEST], left, right


def _over_the_space(text: str, before: tuple[int, int], start: int, end: int) -> Iterator[Found]:
    """`iPhone 15` is found by `iphone15`."""
    left, right = text[slice(*before)], text[start:end]
    if left.isalpha() and right.isdigit():
        yield _joined(left, right), before[0], end


def _joined(left: str, right: str) -> str:
    return (left + right)[:LONGEST]
