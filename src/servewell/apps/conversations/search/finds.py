"""Where do they say it? The messages of a conversation in which the words stand, and the words in its subject."""

from collections.abc import Iterator, Sequence
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
_MESSAGES, _TEXT = 100, 20_000  # newest messages of a conversation that are read, and characters of each
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
class _Message:
    id: UUID
    kind: str
    author_kind: str
    created_at: datetime
    text: str


def hits(principal: Principal, conversations: Sequence[UUID], terms: Sequence[str]) -> list[Hit]:
    """Return these conversations with where the words stand, in their order; the caller has checked who may read."""
    if not conversations:
        return []
    said = _texts(conversations)
    return [_hit(row, said.get(row["id"], []), terms) for row in lists.named(principal, conversations)]


def with_phrases(conversations: Sequence[UUID], phrases: tuple[str, ...], most: int) -> set[UUID]:
    """Return those of the conversations in which all phrases stand, each within one text; at most `most`, the first."""
    having: list[UUID] = []
    for start in range(0, len(conversations), _AT_ONCE):
        some = conversations[start : start + _AT_ONCE]
        said = _texts(some)
        subjects = dict(Conversation.objects.filter(pk__in=some).values_list("pk", "subject"))
        having += [one for one in some if _has(phrases, [subjects.get(one, ""), *(m.text for m in said.get(one, ()))])]
        if len(having) >= most:
            break
    return {*having[:most]}


def _has(phrases: tuple[str, ...], texts: Sequence[str]) -> bool:
    return all(any(text.has_phrases(one, (phrase,)) for one in texts) for phrase in phrases)


def _texts(conversations: Sequence[UUID]) -> dict[UUID, list[_Message]]:
    found: dict[UUID, list[_Message]] = {}
    asked = {"conversations": list(conversations), "most_text": _TEXT, "most_messages": _MESSAGES}
    for root, *message in statements.rows(SQL["texts"], asked):
        found.setdefault(root, []).append(_Message(*message))
    return found


def _hit(row: dict[str, Any], said: Sequence[_Message], terms: Sequence[str]) -> Hit:
    name = row["customer"]["name"] or ""
    best = sorted(_found(said, terms), key=lambda one: -one.snippet.found)
    return Hit(row, tuple(text.spans(row["subject"], terms)), tuple(text.spans(name, terms)), tuple(best[:SHOWN]))


def _found(said: Sequence[_Message], terms: Sequence[str]) -> Iterator[Found]:
    """Yield the messages that have some of the words; no more once enough have all."""
    whole = 0
    for one in said:
        if whole < SHOWN and text.may_have(one.text, terms):
            shown = text.snippet(one.text, terms)
            whole += shown.found == len(terms)
            if shown.found:
                yield Found(one.id, one.kind, one.author_kind, one.created_at, shown)
