"""What of a conversation is found? Its number, subject, customer, and what was said in it, the newest first."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from uuid import UUID

from servewell.apps.conversations.search import keys
from servewell.engines import text

MOST_WORDS = text.MOST_TOKENS  # of one conversation; of a longer one the newest messages are found
MOST_TEXT = 100_000  # characters that are read of one message
MOST_OCTETS = 300_000  # of messages that are read for one conversation, the newest: 100,000 Chinese characters
SUBJECT_COUNTS = 2  # times: who names a thing in the subject speaks of it


@dataclass(frozen=True, slots=True)
class Said:
    """The texts of a conversation and of those merged into it."""

    conversation_id: UUID
    number: int
    subjects: tuple[str, ...]
    about: tuple[str, ...]  # numbers of merged ones, names and identities of the customer
    messages: tuple[tuple[bool, str], ...]  # (is it a note?, text), newest first
    facets: tuple[tuple[str, str], ...]  # kind and value of what filters may ask for


@dataclass(frozen=True, slots=True)
class Document:
    """What the index holds of a conversation."""

    conversation_id: UUID
    number: int
    terms: list[int]  # sorted
    length: int  # words


def document(said: Said) -> Document:
    """Return the document of a conversation: the same texts, the same document."""
    words = list(islice(_words(said), MOST_WORDS))
    noted = {keys.of_note(word) for is_note, word in words if is_note}
    facets = (keys.of_facet(kind, value) for kind, value in said.facets)
    terms = sorted([*(keys.of_word(word) for _, word in words), *noted, *facets, keys.of_block(said.number)])
    return Document(said.conversation_id, said.number, terms, len(words))


def _words(said: Said) -> Iterable[tuple[bool, str]]:
    for subject in said.subjects:
        yield from ((False, word) for word in text.terms(subject) for _ in range(SUBJECT_COUNTS))
    for about in (f"#{said.number}", *said.about):
        yield from ((False, word) for word in text.terms(about))
    for is_note, message in said.messages:
        yield from ((is_note, word) for word in text.terms(message))
