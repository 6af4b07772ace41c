"""When are two spellings the same? When their normal forms are: NFKC, lower case, nothing invisible.

The normal form may be longer or shorter than the text (`㍿` is four characters of it, a soft hyphen none), so it knows
for each of its characters where it came from.
"""

import unicodedata
from dataclasses import dataclass
from functools import lru_cache

_IGNORED = dict.fromkeys(
    [
        *(0x00AD, 0x034F, 0x061C, 0x180E, 0xFEFF, *range(0x180B, 0x180E), *range(0x200B, 0x2010)),
        *(*range(0x202A, 0x202F), *range(0x2060, 0x2070), *range(0xFE00, 0xFE10), *range(0xE0000, 0xE1000)),
    ]
)  # invisible: soft hyphens, joiners, direction marks, variation selectors
_SAME = {0x03C2: 0x03C3}  # the final sigma is a sigma: which one stands there depends on its neighbour
_MOST_ROUNDS = 4  # until the form of a piece is its own form; two suffice for all of Unicode 15


@dataclass(frozen=True, slots=True)
class Normal:
    """A text in its normal form."""

    text: str
    starts: tuple[int, ...] | None  # for each character, where in the original it begins; None: where it stands
    ends: tuple[int, ...] | None  # and where its original ends (exclusive)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the original's code points behind `text[start:end]` (not empty)."""
        if self.starts is None or self.ends is None:
            return start, end
        return self.starts[start], max(self.ends[start:end])


def normalised(text: str) -> Normal:
    """Return the normal form of a text; any text has one, with lone surrogates and NUL too.

    NFKC and lower case as of the Unicode Standard (annex 15; section 3.13), piece by piece: a piece is a character
    with the marks that follow it. Idempotent.
    """
    if _is_plain(text):
        lower = text.lower()
        if len(lower) == len(text):
            return Normal(lower.translate(_SAME) if "ς" in lower else lower, None, None)
    return _piece_by_piece(text)


def _is_plain(text: str) -> bool:
    """May it be lowered as a whole? ASCII, and most Chinese with its own punctuation."""
    if text.isascii():
        return True
    return unicodedata.is_normalized("NFKC", text) and len(text.translate(_IGNORED)) == len(text)


def _piece_by_piece(text: str) -> Normal:
    parts: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    begin = 0
    while begin < len(text):
        end = begin + 1
        while end < len(text) and _attaches(text[end]):
            end += 1
        part = _form(text[begin:end]) if end - begin <= 8 else _fixed(text[begin:end])
        if len(part) == end - begin == 1 or len(part) != end - begin:
            starts += [begin] * len(part)
            ends += [end] * len(part)
        else:  # as long as before: each stands for itself
            starts += range(begin, end)
            ends += range(begin + 1, end + 1)
        parts.append(part)
        begin = end
    whole = "".join(parts)
    return Normal(whole, tuple(starts), tuple(ends))


@lru_cache(maxsize=8192)
def _form(piece: str) -> str:
    return _fixed(piece)


def _fixed(piece: str) -> str:
    for _ in range(_MOST_ROUNDS):
        form = unicodedata.normalize("NFKC", piece.translate(_IGNORED)).lower().translate(_SAME)
        form = unicodedata.normalize("NFKC", form)
        if form == piece:
            break
        piece = form
    return piece


@lru_cache(maxsize=8192)
def _attaches(character: str) -> bool:
    """Does it belong to the character before it? Marks, and the parts of a Hangul syllable."""
    if character < "\u0300":
        return False
    first = unicodedata.normalize("NFKD", character)[0]
    return (
        unicodedata.combining(first) != 0
        or unicodedata.category(first) in {"Mn", "Mc", "Me"}
        or "\u1160" <= first <= "\u11ff"
        or ord(character) in _IGNORED
    )
