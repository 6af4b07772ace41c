"""What happened to a conversation, in words? Each event as a sentence, in Chinese or English.

The journal keeps ids; names are looked up when somebody reads, a few queries for the whole list. What has been deleted
since is named kindly ("a former customer"). The sentences stand in the texts under `conversations.history.<event>`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings as deployment

from servewell.apps.base import texts
from servewell.apps.base.principal import Principal
from servewell.apps.conversations import names, queries, told
from servewell.apps.conversations.errors import ConversationChanged
from servewell.apps.conversations.models import PRIORITIES, Conversation, Field, Message, Priority
from servewell.apps.journal.models import Event

_PRIORITY_WORDS = {number.value: word for word, number in PRIORITIES.items()}
_SAME_VALUE = ("status", "priority", "assignee", "team", "subject", "language", "snoozed_until")


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that happened."""

    id: UUID  # of the event
    at: datetime
    who: str  # a name, or what stands for one
    sentence: str  # complete, with who
    event: str  # its name in the vocabulary
    things: frozenset[str] = field(default_factory=frozenset)  # what it changed: see `Change.things`
    before: Any = None  # where the event says it: a code, or a name
    version: int | None = None  # of the conversation after it


def of(conversation_id: UUID, language: str) -> list[Line]:
    """Return all that happened to a conversation and to those merged into it, oldest first.

    A fixed number of queries, however long it is. Who may read it is the caller's to check.
    """
    family = queries.family(conversation_id) or [conversation_id]
    return lines(Event.objects.filter(conversation__in=family).order_by("recorded_at", "conversation", "seq"), language)


def since(conversation: Conversation, version: int, language: str) -> list[Line]:
    """Return what changed a conversation after it had this version, oldest first."""
    rows = Event.objects.filter(conversation=conversation.id, attributes__version__gt=version)
    return lines(rows.order_by("seq"), language)


def lines(events: Iterable[Event], language: str) -> list[Line]:
    """Return events in words."""
    listed = list(events)
    known = names.look_up(listed, language)
    return [_line(event, known, language) for event in listed]


def overtaken(
    principal: Principal, conversation: Conversation, changes: Sequence[Line] = (), messages: Sequence[Message] = ()
) -> ConversationChanged:
    """Return the refusal of a change that was based on an older state: what others did and wrote since, in words."""
    return ConversationChanged(
        number=conversation.number,
        version=conversation.version,
        changed=[_entry(conversation, line, what) for line in changes for what in sorted(line.things)],
        messages=[_message(message, principal.language) for message in messages],
    )


def now(conversation: Conversation, what: str) -> Any:
    """Return the present value of a thing as the API shows it (ids, codes, texts)."""
    if what.startswith("fields."):
        return conversation.fields.get(what.removeprefix("fields."))
    if what == "priority":
        return _PRIORITY_WORDS[Priority(conversation.priority)]
    if what == "tags":
        return [str(tag) for tag in conversation.tags]
    column = {"assignee": "assignee_id", "team": "team_id"}.get(what, what)
    value = getattr(conversation, column)
    return plain(value)


def _line(event: Event, known: names.Names, language: str) -> Line:
    what = event.activity.partition(".")[2]
    who = known.actor(event)
    said = told.said(event, known)
    key = f"conversations.history.{what}{said.variant}"
    sentence = texts.say(key, language, who=who, **said.values) if texts.known(key) else _general(event, who, language)
    attributes = event.attributes or {}
    if attributes.get("undoes"):
        sentence = texts.say("conversations.history_undone", language, sentence=sentence)
    return Line(
        event.id, event.occurred_at, who, sentence, event.activity, said.things, said.before, attributes.get("version")
    )


def _general(event: Event, who: str, language: str) -> str:
    """Say at least its name: of events of higher rooms, which tell of conversations too; of a flow's step its own."""
    room = told.room(event.activity)
    keys = [f"{place}.{event.element}" for place in deployment.ELEMENT_NAMES if event.element]
    keys.append(f"{room}.event.{event.activity.partition('.')[2]}" if room else "")
    name = next((texts.say(key, language) for key in keys if texts.known(key)), event.activity)
    key = "conversations.history_begun" if event.lifecycle == "start" else "conversations.history"
    return texts.say(key, language, who=who, what=name)


def _entry(conversation: Conversation, line: Line, what: str) -> dict[str, Any]:
    return {
        "what": what,
        "before": line.before if len(line.things) == 1 else None,
        "now": now(conversation, what),
        "by": line.who,
        "at": line.at.isoformat().replace("+00:00", "Z"),
        "sentence": line.sentence,
    }


def _message(message: Message, language: str) -> dict[str, Any]:
    """Return a message as the refusal carries it; the screen loads the rest."""
    who = names.author(message, language)
    return {
        "id": str(message.id),
        "position": message.position,
        "kind": message.kind,
        "by": who,
        "at": message.created_at.isoformat().replace("+00:00", "Z"),
        "text": message.text[:2000],
        "sentence": texts.say(f"conversations.overtaken.{message.kind}", language, who=who),
    }


def plain(value: Any) -> Any:
    """Return a value as JSON has it."""
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    return str(value) if isinstance(value, UUID) else value


__all__ = ["Field", "Line", "lines", "now", "of", "overtaken", "since"]
