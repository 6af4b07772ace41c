"""What happened to a conversation, in words: is there a sentence for everything, and is it the right one?"""

from itertools import chain, combinations
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests import build
from tests.service.apps.conversations.desk import Desk

from servewell.apps.base import clock, ids, texts
from servewell.apps.base.principal import SYSTEM, Principal
from servewell.apps.conversations import actions, history, names, told
from servewell.apps.conversations.actions import Change
from servewell.apps.conversations.models import Field, Tag
from servewell.apps.customers.models import Customer
from servewell.apps.journal.events import CONTACT_TYPES, NO_CONTACT, EventType, Kind, vocabulary
from servewell.apps.journal.models import Event

OURS = [type_ for type_ in vocabulary() if type_.room == "conversations" and type_.without != NO_CONTACT]


def english(case: UUID) -> list[str]:
    return [line.sentence for line in history.of(case, "en")]


def test_it_works(desk: Desk) -> None:
    """A day of a conversation reads as a story, in both languages."""
    case, lin = desk.received(customer_name="Wang"), desk.who("lin")
    tag = actions.create_tag(desk.who("boss"), "Late").id
    actions.take(lin, case)
    actions.note(lin, case, text="@mei", mentions=[desk.mei.id])
    actions.change(lin, case, Change(priority="high", tags_add=(tag,), status="waiting_customer"))
    actions.assign(lin, case, assignee=desk.mei.id)
    actions.reply(desk.who("mei"), case, text="Done.", solve=True)
    assert english(case) == [
        "Wang began the conversation.",
        "Wang wrote.",
        "Lin took it.",
        "Lin added a note for Mei.",
        "Lin made Mei follow it.",
        "Lin changed the priority from normal to high.",
        "Lin added the tags Late.",
        "Lin changed the status from “new” to “waiting for the customer”.",
        "Lin transferred it from Lin to Mei.",
        "Mei replied.",
        "Mei marked it as solved.",
    ]
    chinese = [line.sentence for line in history.of(case, "zh-CN")]
    assert chinese[5:9] == [
        "Lin将优先级由普通改为高。",
        "Lin添加了标签：Late。",
        "Lin将状态由“新会话”改为“等待客户”。",
        "Lin将会话由Lin转给Mei。",
    ]


def test_each_line_says_when_who_and_what(desk: Desk) -> None:
    case = desk.received()
    actions.change(desk.who("lin"), case, Change(priority="high"))
    line = history.of(case, "en")[-1]
    assert (line.who, line.event, line.version) == ("Lin", "conversation.prioritised", 2)
    assert (line.things, line.before) == (frozenset({"priority"}), "normal")
    assert line.at <= clock.now()


def test_merged_conversations_tell_one_story(desk: Desk) -> None:
    one, other = desk.received("One"), desk.received("Two")
    actions.merge(desk.who("lin"), one, other)
    assert history.of(one, "en") == history.of(other, "en")
    assert len([line for line in english(one) if "began" in line]) == 2


def test_what_was_deleted_is_named_kindly(desk: Desk) -> None:
    """Nobody reads an id, and nothing breaks."""
    case = desk.received()
    tag = actions.create_tag(desk.who("boss"), "Late")
    actions.change(desk.who("lin"), case, Change(tags_add=(tag.id,)))
    Tag.objects.all().delete()
    desk.lin.teams.clear()
    build.person("tmp")
    key = Principal("key", ids.new(), "manager", frozenset(), "en", frozenset({"conversations.write"}))
    actions.change(key, case, Change(priority="low"))
    assert english(case)[-2:] == [
        "Lin added the tags a former tag.",
        "A former program changed the priority from normal to low.",
    ]
    Event.objects.filter(conversation=case)  # the customer's id goes from the journal when they are erased
    actions.erase_customer(Customer.objects.get().id)
    assert history.of(case, "en")[0].sentence


def test_the_length_of_a_story_costs_no_queries(desk: Desk) -> None:
    case, lin = desk.received(), desk.who("lin")
    actions.assign(lin, case, assignee=desk.mei.id)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            history.of(case, "en")
        return len(captured)

    few = queries()
    for number in range(10):
        other = build.person(f"agent{number}", "agent", desk.team)
        actions.assign(lin, case, assignee=other.id)
        actions.note(lin, case, text="x", mentions=[other.id])
    assert queries() == few <= 6


# --- There is a sentence for everything ----------------------------------------------------------------------------


def sample(kind: Kind, name: str) -> list[Any]:
    """Return what an attribute may hold: each code of a closed list, else one value that fits."""
    tried = [uuid4(), [uuid4(), uuid4()], 5000, True]
    codes = [code.strip("`") for code in kind.words.split(" / ")] if "`" in kind.words else []
    found = [code for code in codes if kind.fits(code)] or [value for value in tried if kind.fits(value)][:1]
    assert found, f"no value fits {name}: {kind.words}"
    return [
        str(one) if isinstance(one, UUID) else [str(item) for item in one] if isinstance(one, list) else one
        for one in found
    ]


def combined(type_: EventType) -> list[dict[str, Any]]:
    """Return what events of a type may carry: every set of attributes, and every code of each."""
    samples = {name: sample(kind, name) for name, kind in type_.attributes.items() if name != "version"}
    sets = chain.from_iterable(combinations(samples, size) for size in range(len(samples) + 1))
    whole = {name: values[0] for name, values in samples.items()}
    return [{name: samples[name][0] for name in chosen} for chosen in sets] + [
        {**whole, name: value} for name, values in samples.items() for value in values
    ]


# Attributes that an event of this name never lacks.
ALWAYS = {
    "waiting": {"before", "status"},
    "prioritised": {"before", "priority"},
    "delivery_changed": {"delivery"},
}
# Codes that cannot stand there.
NEVER = {("delivery_changed", "delivery"): {"received", "none"}}


@pytest.mark.parametrize("type_", OURS, ids=lambda type_: type_.name)
@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_every_event_has_words_of_its_own_whatever_it_carries(db: None, type_: EventType, language: str) -> None:
    """Not the general sentence that other rooms' events get, and with no place left open."""
    what = type_.name.partition(".")[2]
    for attributes in combined(type_):
        if not ALWAYS.get(what, set()) <= attributes.keys():
            continue
        if any(attributes.get(name) in codes for (event, name), codes in NEVER.items() if event == what):
            continue
        for contact_type in (None, *CONTACT_TYPES):
            event = Event(
                id=ids.new(),
                occurred_at=clock.now(),
                activity=type_.name,
                actor_kind="agent",
                actor=uuid4(),
                team=uuid4(),
                contact_type=contact_type,
                attributes=attributes,
            )
            key = f"conversations.history.{what}{told.said(event, names.look_up([event], language)).variant}"
            assert texts.known(key), f"{attributes} wants {key}"
            (line,) = history.lines([event], language)
            assert "{" not in line.sentence
            assert not any(str(value) in line.sentence for value in attributes.values() if len(str(value)) == 36)
            if what not in ("classified",):
                break


def test_every_sentence_is_used() -> None:
    """Each belongs to an event that is defined."""
    known = {type_.name.partition(".")[2] for type_ in OURS}
    listed = {key.split(".")[2] for key in texts.catalogue("en") if key.startswith("conversations.history.")}
    assert listed <= known


def test_events_of_other_rooms_are_told_by_their_name(db: None) -> None:
    event = Event(id=ids.new(), occurred_at=clock.now(), activity="flow.started", actor_kind="bot", attributes=None)
    (line,) = history.lines([event], "en")
    assert line.sentence.startswith("The bot: ")


def test_field_names_are_those_of_the_language(desk: Desk) -> None:
    case = desk.received()
    actions.create_field(desk.who("boss"), "shop", {"en": "Shop", "zh-Hans": "门店"}, "text")
    actions.change(desk.who("lin"), case, Change(fields={"shop": "East"}))
    assert Field.objects.count() == 1
    assert [history.of(case, code)[-1].sentence for code in ("en", "zh-Hans")] == [
        "Lin changed Shop.",
        "Lin更改了门店。",
    ]


def test_the_system_is_called_so(desk: Desk) -> None:
    case = desk.received()
    actions.change(SYSTEM, case, Change(status="solved"))
    assert english(case)[-1] == "The system marked it as solved."
