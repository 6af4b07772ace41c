"""What do texts have in common, however they are written? Normal forms, tokens, queries, finds, and their worth.

`tokens` of a text, `parse` of what somebody looks for, `spans` and `snippet` of what was found, `bm25` for its worth.
"""

from servewell.engines.text import bm25
from servewell.engines.text.highlight import Snippet, Span, may_have, snippet, spans
from servewell.engines.text.normal import Normal, normalised
from servewell.engines.text.query import Query, folded, has_phrases, parse
from servewell.engines.text.tokens import LONGEST, MOST_CHARACTERS, MOST_TOKENS, Token, terms, tokens, wanted

__all__ = [
    "LONGEST",
    "MOST_CHARACTERS",
    "MOST_TOKENS",
    "Normal",
    "Query",
    "Snippet",
    "Span",
    "Token",
    "bm25",
    "folded",
    "has_phrases",
    "may_have",
    "normalised",
    "parse",
    "snippet",
    "spans",
    "terms",
    "tokens",
    "wanted",
]
