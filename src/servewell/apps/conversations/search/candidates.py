"""Which conversations are looked at? All that have rare words; of those with common words the newest.

A word that every fifth conversation has would bring up hundreds of thousands. So common words are looked up block by
block (keys.py) from the newest back, until WINDOW conversations are found that may be shown, or MOST_SEEN were seen.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from servewell.apps.base import statements
from servewell.apps.conversations.inbox.parts import Values
from servewell.apps.conversations.search import keys
from servewell.apps.conversations.search.figures import Figures

SQL = statements.load(Path(__file__).with_name("statements.sql"))
WINDOW = 300  # conversations that are scored
MOST_SEEN = 4_000  # conversations that are asked, where few of those with the words may be shown
_AT_ONCE = 3_000  # so few are looked up without blocks
_WIDER = 4  # times as many blocks each time, when too little was found to tell


@dataclass(frozen=True, slots=True)
class Candidate:
    """A conversation that has words that were looked for."""

    conversation_id: UUID
    number: int
    length: int  # words
    counts: tuple[int, ...]  # how often it has each of the words, in the order they were asked for


@dataclass(frozen=True, slots=True)
class Looked:
    """What was found."""

    candidates: list[Candidate]  # newest first
    partial: bool  # older conversations were not looked at


@dataclass(frozen=True, slots=True)
class Search:
    """What the index is asked."""

    words: tuple[int, ...]  # keys whose occurrences are counted
    all: tuple[int, ...]  # keys that a conversation must have; empty: none
    any: tuple[int, ...]  # keys of which it must have one; empty: none
    asked: tuple[str, ...]  # conditions in SQL over a row `c`
    within: tuple[str, ...]  # conditions in SQL over a document `d`
    values: Values  # theirs
    newest: int  # number up to which
    about: float  # how many conversations will be found, about


def look(search: Search, figures: Figures) -> Looked:
    """Return the newest candidates, at most WINDOW."""
    found: list[Candidate] = []
    seen, covered = 0, 0
    highest, blocks = search.newest, _first(search, figures)
    while highest >= 0:
        lowest = max(0, (highest // keys.BLOCK - blocks + 1) * keys.BLOCK) if blocks else 0
        matched, more = _ask(search, lowest, highest, WINDOW - len(found), in_blocks=lowest > 0)
        found += more
        seen, covered = seen + matched, covered + highest - lowest + 1
        if len(found) >= WINDOW or seen >= MOST_SEEN:
            return Looked(found, partial=lowest > 0 or matched > len(more))
        highest = lowest - 1
        blocks = _next(len(found), seen, covered, highest, blocks)
    return Looked(found, partial=False)


def _first(search: Search, figures: Figures) -> int:
    """Return how many blocks hold about WINDOW candidates; 0: no blocks are needed."""
    if search.about <= _AT_ONCE:
        return 0
    return max(1, round(WINDOW / search.about * max(figures.documents, 1) / keys.BLOCK))


def _next(found: int, seen: int, covered: int, left: int, blocks: int) -> int:
    """Return how many blocks come next; 0: all that is left, because it holds few."""
    if seen / covered * left <= _AT_ONCE and covered >= 16 * keys.BLOCK:
        return 0
    wanted = (WINDOW - found) / found * covered / keys.BLOCK if found else blocks * _WIDER
    room = (MOST_SEEN - seen) / seen * covered / keys.BLOCK if seen else wanted
    return max(1, min(round(wanted * 1.2), blocks * _WIDER, round(room)))


def _ask(search: Search, lowest: int, highest: int, limit: int, *, in_blocks: bool) -> tuple[int, list[Candidate]]:
    blocks = keys.of_blocks(lowest, highest) if in_blocks else None
    given = {"lowest": lowest, "highest": highest, "limit": limit, "blocks": blocks}
    (first, *rows) = _rows("candidates", search, _values(search, given))
    return first[1], [_candidate(row) for row in rows]


def _values(search: Search, given: dict[str, Any]) -> dict[str, Any]:
    return {
        **search.values.given,
        **given,
        "all": list(search.all) or None,
        "any": list(search.any) or None,
        "keys": list(search.words),
    }


def _rows(name: str, search: Search, values: dict[str, Any]) -> Sequence[tuple[Any, ...]]:
    sql = (
        SQL[name]
        .replace("{asked}", " and ".join(search.asked))
        .replace("{within}", " and ".join(search.within) or "true")
    )
    return statements.rows(sql, values)


def _candidate(row: tuple[Any, ...]) -> Candidate:
    return Candidate(row[0], row[1], row[2], tuple(row[3]))
