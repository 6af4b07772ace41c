"""What does somebody look for? Words in any order, and phrases in quotes that stand as they are."""

import re
from dataclasses import dataclass

from servewell.engines.text.normal import normalised
from servewell.engines.text.tokens import wanted

MOST_TERMS = 32  # of one query; further words are not looked for, and the query says so

_QUOTED = re.compile(r'"([^"]+)"|“([^”]+)”|„([^“”]+)[“”]|「([^」]+)」|『([^』]+)』|«([^»]+)»|＂([^＂]+)＂')
_BLANKS = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Query:
    """What is looked for."""

    terms: tuple[str, ...]  # tokens, each once, in the order of the text; empty: there is nothing to look for
    phrases: tuple[str, ...]  # normal forms that must stand so, blanks as one
    cut: bool  # there were more than MOST_TERMS


def parse(text: str) -> Query:
    """Return what a person's text looks for. A lone quote means nothing."""
    found = dict.fromkeys(term for term in wanted(text))
    phrases = (folded(next(filter(None, match.groups()))) for match in _QUOTED.finditer(text))
    kept = tuple(dict.fromkeys(phrase for phrase in phrases if any(wanted(phrase))))
    return Query(tuple(found)[:MOST_TERMS], kept, cut=len(found) > MOST_TERMS)


def folded(text: str) -> str:
    """Return the normal form with every stretch of blanks as one space."""
    return _BLANKS.sub(" ", normalised(text).text).strip()


def has_phrases(text: str, phrases: tuple[str, ...]) -> bool:
    """Does a text have all these phrases of a Query?"""
    if not phrases:
        return True
    normal = folded(text)
    return all(phrase in normal for phrase in phrases)
