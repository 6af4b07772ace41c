"""What are those called that events name by their ids? Looked up for a whole list at once, one query a kind."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Model

from servewell.apps.base import texts
from servewell.apps.conversations.models import Conversation, Field, Message, Tag
from servewell.apps.customers.models import Customer
from servewell.apps.journal.models import Event
from servewell.apps.people.models import ApiKey, Team, User

# Attribute -> of what it is the id, or the ids.
_KINDS = {
    "agent": "user",
    "from_agent": "user",
    "user": "user",
    "mentions": "user",
    "from_team": "team",
    "added": "tag",
    "removed": "tag",
    "fields": "field",
    "other": "conversation",
    "into": "conversation",
    "merged": "conversation",
    "new": "conversation",
    "continues": "conversation",
    "split_from": "conversation",
}
_MODELS: dict[str, type[Model]] = {
    "user": User,
    "key": ApiKey,
    "customer": Customer,
    "team": Team,
    "tag": Tag,
    "field": Field,
    "conversation": Conversation,
}
_ACTORS = {"agent": "user", "customer": "customer", "system": "key"}


@dataclass(frozen=True, slots=True)
class Names:
    """What is known of the ids of some events."""

    rows: dict[str, dict[UUID, Any]]  # kind -> id -> row
    language: str

    def actor(self, event: Event) -> str:
        """Return who did it."""
        if event.actor is None or event.actor_kind == "bot":
            return self.unknown(event.actor_kind)
        kind = _ACTORS[event.actor_kind]
        row = self.rows.get(kind, {}).get(event.actor)
        if kind == "customer" and not str(row.name if row else ""):
            return self.unknown("customer" if row else "former_customer")
        return _called(row, self.language) if row else self.unknown(f"former_{kind}")

    def one(self, kind: str, value: Any) -> str:
        """Return what an id is called; kindly where it is gone or empty."""
        if value is None:
            return self.unknown({"user": "nobody", "team": "no_team"}.get(kind, f"former_{kind}"))
        row = self.rows.get(kind, {}).get(UUID(str(value)))
        return _called(row, self.language) if row is not None else self.unknown(f"former_{kind}")

    def many(self, kind: str, values: Iterable[Any]) -> str:
        """Return what ids are called, as a list in words."""
        return texts.say("conversations.name.and", self.language).join(self.one(kind, value) for value in values)

    def keys(self, values: Iterable[Any]) -> frozenset[str]:
        """Return the keys of custom fields that are still there."""
        rows = self.rows.get("field", {})
        return frozenset(rows[UUID(str(value))].key for value in values if UUID(str(value)) in rows)

    def code(self, kind: str, code: str) -> str:
        """Return what a code is called, e.g. a status."""
        return texts.say(f"conversations.{kind}.{code}", self.language)

    def unknown(self, what: str) -> str:
        """Return what stands for somebody or something without a name."""
        return texts.say(f"conversations.name.{what}", self.language)


def look_up(events: Iterable[Event], language: str) -> Names:
    """Return the names that events need: one query for each kind that occurs."""
    wanted: dict[str, set[UUID]] = {}
    for event in events:
        if event.actor is not None and event.actor_kind in _ACTORS:
            wanted.setdefault(_ACTORS[event.actor_kind], set()).add(event.actor)
        if event.team is not None:
            wanted.setdefault("team", set()).add(event.team)
        for name, value in (event.attributes or {}).items():
            if value is not None and name in _KINDS:
                wanted.setdefault(_KINDS[name], set()).update(_ids(value))
    return Names(
        {kind: _MODELS[kind]._default_manager.in_bulk(list(found)) for kind, found in wanted.items()}, language
    )


def author(message: Message, language: str) -> str:
    """Return who wrote a message."""
    return authors([message], language)[message.id]


def authors(messages: Iterable[Message], language: str) -> dict[UUID, str]:
    """Return who wrote each message: one query for each kind of author that occurs."""
    listed = list(messages)
    wanted: dict[str, set[UUID]] = {}
    for message in listed:
        if message.author is not None and message.author_kind in _ACTORS:
            wanted.setdefault(_ACTORS[message.author_kind], set()).add(message.author)
    rows = {kind: _MODELS[kind]._default_manager.in_bulk(list(found)) for kind, found in wanted.items()}
    return {message.id: _author(message, rows, language) for message in listed}


def _author(message: Message, rows: dict[str, dict[Any, Any]], language: str) -> str:
    row = rows.get(_ACTORS.get(message.author_kind, ""), {}).get(message.author)
    return (_called(row, language) if row else "") or texts.say(f"conversations.name.{message.author_kind}", language)


def _called(row: Any, language: str) -> str:
    if isinstance(row, Field):
        return str(row.names.get(texts.nearest(language)) or row.key)
    if isinstance(row, ApiKey):
        return texts.say("conversations.name.program", language, name=row.name)
    return row.name if isinstance(row, Customer) else str(row)


def _ids(value: Any) -> list[UUID]:
    return [UUID(str(one)) for one in (value if isinstance(value, list) else [value])]
