"""How well does a document answer some words? BM25: rare words count more, repetitions ever less, long documents less.

Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond", 2009, equations 3.15 and 3.3; the
inverse document frequency has one added under the logarithm, so that no word counts against a document.
"""

import math
from collections.abc import Sequence

K1, B = 1.2, 0.75  # the book's: how soon repetitions stop counting; how much length counts


def idf(documents: float, having: float) -> float:
    """Return what a word is worth that `having` of `documents` have; above 0, also when the figures are estimates."""
    having = min(max(having, 0.0), max(documents, 0.0))
    return math.log(1.0 + (documents - having + 0.5) / (having + 0.5))


def score(
    counts: Sequence[float],
    weights: Sequence[float],
    length: float,
    mean_length: float,
    *,
    k1: float = K1,
    b: float = B,
) -> float:
    """Return the score of a document: how often each word occurs in it, and what each is worth.

    `length` and `mean_length` are in tokens.
    """
    damping = k1 * (1.0 - b + b * length / max(mean_length, 1.0))
    return sum(
        weight * count * (k1 + 1.0) / (count + damping)
        for count, weight in zip(counts, weights, strict=True)
        if count > 0
    )
