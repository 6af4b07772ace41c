"""Which tags and custom fields are there?"""

from typing import Any
from uuid import uuid4

import pytest
from tests.service.apps.conversations.desk import Desk
from tests.together import at_once

from servewell.apps.base.errors import BadDefinition, TextTooLong
from servewell.apps.conversations import actions
from servewell.apps.conversations.errors import BadChange, FieldTaken, NoSuchField, NoSuchTag, TagTaken
from servewell.apps.conversations.models import Field, Tag
from servewell.apps.journal.models import Event
from servewell.apps.people.errors import NotAllowed

NAMES = {"en": "Shop", "zh-Hans": "门店"}
SIZES = [
    {"code": "small", "names": {"en": "Small", "zh-Hans": "小"}},
    {"code": "large", "names": {"en": "Large", "zh-Hans": "大"}},
]


def told() -> list[str]:
    return list(Event.objects.order_by("id").values_list("activity", flat=True))


def test_it_works(desk: Desk) -> None:
    boss = desk.who("boss")
    tag = actions.create_tag(boss, "  Late\n parcel ", "red")
    assert (tag.name, tag.colour) == ("Late parcel", "red")
    assert actions.change_tag(boss, tag.id, name="Late", colour="blue").name == "Late"
    assert actions.archive_tag(boss, tag.id).archived_at is not None
    assert actions.restore_tag(boss, tag.id).archived_at is None
    assert told() == [f"conversation.tag_{what}" for what in ("created", "changed", "archived", "restored")]


def test_what_is_so_already_tells_nothing(desk: Desk) -> None:
    boss = desk.who("boss")
    tag = actions.create_tag(boss, "Late")
    actions.change_tag(boss, tag.id, name="Late")
    actions.restore_tag(boss, tag.id)
    actions.archive_tag(boss, tag.id)
    actions.archive_tag(boss, tag.id)
    assert told() == ["conversation.tag_created", "conversation.tag_archived"]


def test_names_differ_in_more_than_case(desk: Desk) -> None:
    boss = desk.who("boss")
    actions.create_tag(boss, "Late")
    other = actions.create_tag(boss, "Lost")
    with pytest.raises(TagTaken):
        actions.create_tag(boss, "LATE")
    with pytest.raises(TagTaken):
        actions.change_tag(boss, other.id, name="late")


def test_of_8_who_make_the_same_tag_at_once_one_does(transactional_db: None) -> None:
    boss = Desk().who("boss")
    gave = at_once(8, lambda _: actions.create_tag(boss, "Late"))
    assert sorted(type(one).__name__ for one in gave) == ["Tag"] + ["TagTaken"] * 7


@pytest.mark.parametrize(
    ("name", "colour", "refusal"),
    [("", "red", BadChange), (" \x00", "red", BadChange), ("x" * 61, "red", TextTooLong), ("x", "#ff0", BadChange)],
)
def test_a_tag_has_a_name_and_a_colour_of_the_palette(desk: Desk, name: str, colour: str, refusal: Any) -> None:
    with pytest.raises(refusal):
        actions.create_tag(desk.who("boss"), name, colour)
    assert Tag.objects.count() == 0


def test_a_field_is_defined_and_grows(desk: Desk) -> None:
    boss = desk.who("boss")
    field = actions.create_field(boss, "size", NAMES, "choice", options=SIZES)
    more = [*SIZES, {"code": "huge", "names": {"en": "Huge", "zh-Hans": "特大"}}]
    assert len(actions.change_field(boss, field.id, options=more, position=10**9).options) == 3
    assert Field.objects.get().position == 32_767
    with pytest.raises(BadDefinition):  # conversations may hold what is missing now
        actions.change_field(boss, field.id, options=SIZES)
    actions.archive_field(boss, field.id)
    actions.restore_field(boss, field.id)
    assert told() == [f"conversation.field_{what}" for what in ("created", "redefined", "archived", "restored")]


@pytest.mark.parametrize(
    ("key", "names", "kind", "options"),
    [
        ("Shop", NAMES, "text", []),  # a key is small letters
        ("shop", {"en": "Shop"}, "text", []),  # both languages
        ("shop", NAMES, "secret", []),
        ("shop", NAMES, "choice", []),  # between nothing
        ("shop", NAMES, "text", SIZES),
        ("shop", {"en": "x" * 81, "zh-Hans": "x"}, "text", []),
    ],
)
def test_what_cannot_be_a_field_is_refused(desk: Desk, key: str, names: Any, kind: str, options: Any) -> None:
    with pytest.raises(BadDefinition):
        actions.create_field(desk.who("boss"), key, names, kind, options=options)
    assert Field.objects.count() == 0


def test_keys_are_given_once(desk: Desk) -> None:
    actions.create_field(desk.who("boss"), "shop", NAMES, "text")
    with pytest.raises(FieldTaken):
        actions.create_field(desk.who("boss"), "shop", NAMES, "number")


def test_only_who_configures_defines(desk: Desk) -> None:
    tag = actions.create_tag(desk.who("boss"), "Late")
    lin: Any = desk.who("lin")
    for attempt in (
        lambda: actions.create_tag(lin, "x"),
        lambda: actions.change_tag(lin, tag.id, name="x"),
        lambda: actions.archive_tag(lin, tag.id),
        lambda: actions.create_field(lin, "shop", NAMES, "text"),
    ):
        with pytest.raises(NotAllowed):
            attempt()


def test_what_is_not_there_is_said(desk: Desk) -> None:
    with pytest.raises(NoSuchTag):
        actions.change_tag(desk.who("boss"), uuid4(), name="x")
    with pytest.raises(NoSuchField):
        actions.archive_field(desk.who("boss"), uuid4())
