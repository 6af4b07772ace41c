"""Where do they say it? The messages of a conversation in which the words stand, and the words in its subject."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from servewell.apps.base import statements
from servewell.apps.base.principal import Principal
from servewell.apps.conversations.inbox import lists
from servewell.apps.conversations.models import Conversation
from servewell.engines import text
from servewell.engines.text import Snippet

SQL = statements.load(Path(__file__).with_name("statements.sql"))
SHOWN = 2  # messages of a conversation
_MESSAGES, _TEXT = 100, 20_000  # newest messages of a conversation that are fetched, and characters of each
_OF_ONE = 40_000  # characters of one conversation that are read, the newest
OF_ALL = 400_000  # characters that one request reads, whatever it finds
_OF_PHRASES = 300_000  # of these, what comparing phrases may use up; the rest is for showing where they stand
_OCTETS = 3 * _OF_ONE  # as many octets hold them at least: what lies behind is not fetched
_AT_ONCE = 25  # conversations whose texts are compared with phrases


@dataclass(frozen=True, slots=True)
class Found:
    """A message that has words that were looked for."""

    message_id: UUID
    kind: str  # public | note
    author_kind: str  # customer | agent | bot | system
    created_at: datetime
    snippet: Snippet


@dataclass(frozen=True, slots=True)
class Hit:
    """A conversation that was found."""

    row: dict[str, Any]  # as in a list
    subject: tuple[text.Span, ...]  # where the words stand in the subject
    customer: tuple[text.Span, ...]  # and in the customer's name
    messages: tuple[Found, ...]  # the best of the newest, best first; empty: the words stand elsewhere


@dataclass(frozen=True, slots=True)
class Hits:
    """What is shown of a page."""

    items: list[Hit]
    is_whole: bool  # False: so much was written that not all of it was read


@dataclass(frozen=True, slots=True)
class Compared:
    """What comparing phrases came to."""

    having: set[UUID]
    looked: int  # at so many conversations, from the first; fewer than were given when enough was read or found
    is_whole: bool  # False: more was written than is read


@dataclass(slots=True)
class Reading:
    """How much one request still reads: reading takes processor time by the character."""

    left: int = OF_ALL
    is_whole: bool = True  # nothing was left out yet

    def some(self, texts: Iterable[str], least: int = 0) -> Iterator[str]:
        """Yield the texts of one conversation as far as they are read; `least` characters stay for others."""
        of_one = _OF_ONE
        for one in texts:
            read = one[: max(0, min(of_one, self.left - least))]
            self.is_whole = self.is_whole and len(read) == len(one)
            of_one, self.left = of_one - len(read), self.left - len(read)
            yield read


@dataclass(frozen=True, slots=True)
class _Message:
    id: UUID
    kind: str
    author_kind: str
    created_at: datetime
    text: str


def hits(principal: Principal, conversations: Sequence[UUID], terms: Sequence[str], reading: Reading) -> Hits:
    """Return these conversations with where the words stand, in their order; the caller has checked who may read."""
    if not conversations:
        return Hits([], is_whole=True)
    said = _texts(conversations)
    before, reading.is_whole = reading.is_whole, True
    items = [_hit(row, said.get(row["id"], []), terms, reading) for row in lists.named(principal, conversations)]
    whole, reading.is_whole = reading.is_whole, before and reading.is_whole
    return Hits(items, whole)


def with_phrases(conversations: Sequence[UUID], phrases: tuple[str, ...], most: int, reading: Reading) -> Compared:
    """Return which of the conversations have all phrases, each within one text; at most about `most`, the first."""
    having: set[UUID] = set()
    looked, kept = 0, OF_ALL - _OF_PHRASES
    for start in range(0, len(conversations), _AT_ONCE):
        some = conversations[start : start + _AT_ONCE]
        said = _texts(some)
        subjects = dict(Conversation.objects.filter(pk__in=some).values_list("pk", "subject"))
        for one in some:
            texts = [subjects.get(one, ""), *(message.text for message in said.get(one, ()))]
            if _has(phrases, reading.some(texts, least=kept)):
                having.add(one)
            elif reading.left <= kept and looked:  # it was not read to its end: the next page begins with it
                return Compared(having, looked, is_whole=False)
            looked += 1
        if len(having) >= most:
            break
    return Compared(having, looked, reading.is_whole)


def _has(phrases: tuple[str, ...], texts: Iterable[str]) -> bool:
    lacking = {*phrases}
    for one in texts:
        folded = text.folded(one)
        lacking = {phrase for phrase in lacking if phrase not in folded}
        if not lacking:
            return True
    return False


def _texts(conversations: Sequence[UUID]) -> dict[UUID, list[_Message]]:
    found: dict[UUID, list[_Message]] = {}
    given = {"conversations": list(conversations), "most_text": _TEXT, "most_messages": _MESSAGES}
    for root, *message in statements.rows(SQL["texts"], {**given, "most_octets": _OCTETS}):
        found.setdefault(root, []).append(_Message(*message))
    return found


def _hit(row: dict[str, Any], said: Sequence[_Message], terms: Sequence[str], reading: Reading) -> Hit:
    name = row["customer"]["name"] or ""
    best = sorted(_found(said, terms, reading), key=lambda one: -one.snippet.found)
    return Hit(row, tuple(text.spans(row["subject"], terms)), tuple(text.spans(name, terms)), tuple(best[:SHOWN]))


def _found(said: Sequence[_Message], terms: Sequence[str], reading: Reading) -> Iterator[Found]:
    """Yield the messages that have some of the words; no more is read once enough have all."""
    whole = 0
    for one, read in zip(said, reading.some(message.text for message in said), strict=True):
        shown = text.snippet(read, terms)
        whole += shown.found == len(terms)
        if shown.found:
            yield Found(one.id, one.kind, one.author_kind, one.created_at, shown)
        if whole == SHOWN:
            return
