"""How common is a word? As of the last sample (`jobs.count_words`); what it did not see is rare."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from servewell.apps.base import statements
from servewell.engines.text import bm25

SQL = statements.load(Path(__file__).with_name("statements.sql"))


@dataclass(frozen=True, slots=True)
class Figures:
    """What is known of all documents and of the words that were looked for."""

    documents: int
    mean_length: float  # words
    newest: int  # highest number of a conversation
    having: tuple[float, ...]  # documents that have each word, about
    share: float  # of all documents that the groups of keys leave, about

    def worth(self) -> tuple[float, ...]:
        """Return the inverse document frequency of each word."""
        return tuple(bm25.idf(max(self.documents, having), having) for having in self.having)


def of(words: Sequence[int], groups: Sequence[Sequence[int]] = ()) -> Figures:
    """Return the figures for the words of these keys, in their order, and for groups of which one key must be there."""
    wanted = [*words, *(key for group in groups for key in group)]
    ((documents, rare, mean_length, newest, known),) = statements.rows(SQL["figures"], {"keys": wanted})
    counted = {key: float(count) for key, count in known or ()}
    having = {key: counted.get(key, min(rare, documents)) for key in wanted}
    shares = (min(1.0, sum(having[key] for key in group) / max(documents, 1)) for group in groups)
    return Figures(documents, mean_length, newest, tuple(having[key] for key in words), math.prod(shares))
