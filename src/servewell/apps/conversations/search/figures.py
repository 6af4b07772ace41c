"""How common is a word? As of the last sample (`jobs.count_words`); what it did not see is rare."""

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

    def worth(self) -> tuple[float, ...]:
        """Return the inverse document frequency of each word."""
        return tuple(bm25.idf(max(self.documents, having), having) for having in self.having)


def of(words: Sequence[int]) -> Figures:
    """Return the figures for the words of these keys, in their order."""
    ((documents, rare, mean_length, newest, known),) = statements.rows(SQL["figures"], {"keys": list(words)})
    having = {key: float(count) for key, count in known or ()}
    return Figures(documents, mean_length, newest, tuple(having.get(key, min(rare, documents)) for key in words))
