"""What may be remembered? A closed vocabulary: each event has a name, fields that apply, and typed attributes.

Events carry ids, numbers and codes from closed lists, never names, addresses or message text, so that erasing a person
elsewhere leaves nothing personal here. What does not fit is refused before it is written.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from servewell.apps.base import settings
from servewell.apps.base.principal import Principal
from servewell.apps.journal.errors import EventRefused
from servewell.apps.journal.floors import room_of

LIFECYCLES = frozenset({"start", "complete", "cancel", "suspend", "resume"})
ACTORS = frozenset({"customer", "agent", "bot", "system"})
CHANNELS = frozenset({"chat", "email", "api", "phone", "sms", "social", "wechat", "wecom"})
CONTACT_TYPES = frozenset({"inquiry", "complaint", "suggestion", "other"})
SENTIMENTS = frozenset({"negative", "neutral", "positive"})
# The fields an event name may exclude; the others of the twelve (id, times, activity, lifecycle, actor) always apply.
EXCLUDABLE = frozenset({"conversation", "customer", "team", "channel", "contact_type", "sentiment"})

_NAME = re.compile(r"[a-z]+\.[a-z_]+")
_ELEMENT = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,127}")  # an XML id, as BPMN has it
_TELEPHONE = re.compile(r"\d{11}")  # an id never needs so many digits in a row; a telephone number does
_LARGEST = 10**9  # of a number: no telephone number, no identity card


@dataclass(frozen=True, slots=True)
class Kind:
    """What an attribute's value may be."""

    words: str  # for the documentation
    fits: Callable[[Any], bool]


def _is_id(value: Any) -> bool:
    return isinstance(value, UUID)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= _LARGEST


def _is_boolean(value: Any) -> bool:
    return isinstance(value, bool)


def _is_list_of(kind: Kind, value: Any) -> bool:
    return isinstance(value, list | tuple) and len(value) <= 100 and all(kind.fits(item) for item in value)


def _is_among(codes: Callable[[], frozenset[str]], value: Any) -> bool:
    return isinstance(value, str) and value in codes()


ID = Kind("id", _is_id)
NUMBER = Kind("number", _is_number)
BOOLEAN = Kind("yes or no", _is_boolean)


def one_of(*codes: str) -> Kind:
    """Return the kind of a code from this closed list."""
    return Kind(" / ".join(f"`{code}`" for code in codes), partial(_is_among, partial(frozenset, codes)))


def known_as(words: str, codes: Callable[[], frozenset[str]]) -> Kind:
    """Return the kind of a code that something else keeps a list of, e.g. the names of settings."""
    return Kind(words, partial(_is_among, codes))


def list_of(kind: Kind) -> Kind:
    """Return the kind of a list of at most 100 such values."""
    return Kind(f"list of {kind.words}", partial(_is_list_of, kind))


@dataclass(frozen=True, slots=True)
class EventType:
    """A name of the vocabulary: what it is about, singular or as the room is called, and what happened."""

    name: str  # `<room's noun>.<what happened>`, e.g. `conversation.opened` of the room `conversations`
    without: frozenset[str] = frozenset()  # the fields of EXCLUDABLE that do not apply
    attributes: Mapping[str, Kind] = field(default_factory=dict)  # what it may carry besides
    flows: bool = False  # whether flow, version and element apply
    money: bool = False  # whether amount applies

    @property
    def room(self) -> str:
        """The room that records it; ValueError when there is none of that noun."""
        return room_of(self.name)

    @property
    def text(self) -> str:
        """The key of its name in the texts: `<room>.event.<what happened>`."""
        return f"{self.room}.event.{self.name.partition('.')[2]}"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who did it."""

    kind: str  # of ACTORS
    id: UUID | None = None

    @classmethod
    def of(cls, principal: Principal) -> "Actor":
        """Return the principal as an actor; a program with a key acts as the system, under the key's id."""
        return cls("system" if principal.kind == "key" else principal.kind, principal.id)


SYSTEM = Actor("system")


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened, to be recorded. `id`, `seq` and `recorded_at` are the journal's to give."""

    name: str  # of the vocabulary: the activity
    conversation: UUID | None = None  # the case
    customer: UUID | None = None
    lifecycle: str = "complete"  # of LIFECYCLES
    actor: Actor = SYSTEM
    team: UUID | None = None
    channel: str | None = None  # of CHANNELS
    contact_type: str | None = None  # of CONTACT_TYPES; None until classified
    sentiment: str | None = None  # of SENTIMENTS; None until classified
    flow: str | None = None  # BPMN process id
    version: int | None = None  # of the flow
    element: str | None = None  # BPMN element id
    amount: int | None = None  # minor units of the installation's currency
    attributes: Mapping[str, Any] = field(default_factory=dict)
    occurred_at: datetime | None = None  # aware; None: now
    recorded_at: datetime | None = None  # aware; only for history that is loaded, `record` refuses it


_vocabulary: dict[str, EventType] = {}


def define(type_: EventType) -> EventType:
    """Add a name to the vocabulary, when its room is loaded; ValueError when it is malformed or taken."""
    if not _NAME.fullmatch(type_.name):
        raise ValueError(f"{type_.name!r} is not `<noun>.<what_happened>`")
    room_of(type_.name)
    if _vocabulary.get(type_.name, type_) is not type_:
        raise ValueError(f"event {type_.name} is defined twice")
    if not type_.without <= EXCLUDABLE:
        raise ValueError(f"{type_.name} excludes fields that always apply")
    _vocabulary[type_.name] = type_
    return type_


def vocabulary() -> list[EventType]:
    """Return every event that exists, by name."""
    return sorted(_vocabulary.values(), key=lambda type_: type_.name)


def check(event: Event) -> EventType:
    """Return the event's type; EventRefused, with the reason, when the event is not one the vocabulary allows."""
    type_ = _vocabulary.get(event.name)
    if type_ is None:
        raise EventRefused(event=event.name, reason="no such event is defined")
    for reason in _faults(event, type_):
        raise EventRefused(event=event.name, reason=reason)
    return type_


def _faults(event: Event, type_: EventType) -> list[str]:
    return [
        *(f"{name} does not apply" for name in sorted(type_.without) if getattr(event, name) is not None),
        *_code_faults(event),
        *_id_faults(event, type_),
        *_flow_faults(event, type_),
        *_attribute_faults(event, type_),
        *_time_faults(event),
    ]


def _code_faults(event: Event) -> list[str]:
    closed = (
        ("lifecycle", event.lifecycle, LIFECYCLES),
        ("actor", event.actor.kind, ACTORS),
        ("channel", event.channel, CHANNELS | {None}),
        ("contact_type", event.contact_type, CONTACT_TYPES | {None}),
        ("sentiment", event.sentiment, SENTIMENTS | {None}),
    )
    return [f"{name} is not one of its codes" for name, value, codes in closed if value not in codes]


def _id_faults(event: Event, type_: EventType) -> list[str]:
    given = {
        "conversation": event.conversation,
        "customer": event.customer,
        "team": event.team,
        "the actor's id": event.actor.id,
    }
    faults = [f"{name} is not an id" for name, value in given.items() if not isinstance(value, UUID | None)]
    if event.conversation is None and "conversation" not in type_.without:
        faults.append("the conversation is missing")
    return faults


def _flow_faults(event: Event, type_: EventType) -> list[str]:
    faults = []
    if not type_.flows and (event.flow, event.version, event.element) != (None, None, None):
        faults.append("flow, version and element do not apply")
    if not type_.money and event.amount is not None:
        faults.append("amount does not apply")
    faults += [f"{name} is not a BPMN id" for name in ("flow", "element") if not _is_bpmn_id(getattr(event, name))]
    faults += [f"{name} is not a whole number" for name in ("version", "amount") if not _is_whole(getattr(event, name))]
    return faults


def _is_bpmn_id(value: Any) -> bool:
    if value is None:
        return True
    return isinstance(value, str) and _ELEMENT.fullmatch(value) is not None and not _TELEPHONE.search(value)


def _is_whole(value: Any) -> bool:
    return value is None or (isinstance(value, int) and not isinstance(value, bool))


def _attribute_faults(event: Event, type_: EventType) -> list[str]:
    faults = [f"attribute {name!r} is not defined" for name in event.attributes if name not in type_.attributes]
    for name, kind in type_.attributes.items():
        if event.attributes.get(name) is not None and not kind.fits(event.attributes[name]):
            faults.append(f"attribute {name!r} is not {kind.words}")
    return faults


def _time_faults(event: Event) -> list[str]:
    moments = ("occurred_at", "recorded_at")
    return [f"{name} has no zone" for name in moments if (at := getattr(event, name)) is not None and at.tzinfo is None]


def _setting_names() -> frozenset[str]:
    return frozenset(definition.name for definition in settings.defined())


NO_CONTACT = EXCLUDABLE  # `without` of events that concern no contact
define(EventType("base.setting_changed", NO_CONTACT, {"setting": known_as("name of a setting", _setting_names)}))
define(EventType("journal.customer_erased", NO_CONTACT, {"events": NUMBER}))
