"""How is a conversation changed, and what when two do it at once?"""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from tests import build
from tests.service.apps.conversations.desk import Desk, last, row, told
from tests.together import at_once

from servewell.apps.base import clock
from servewell.apps.base.errors import BadField, TextTooLong
from servewell.apps.conversations import actions
from servewell.apps.conversations.actions import Change
from servewell.apps.conversations.errors import (
    BadChange,
    BadSnooze,
    CannotFollow,
    CannotTake,
    ConversationChanged,
    IsClosed,
    NoSuchField,
    NoSuchTag,
    TooManyTags,
)
from servewell.apps.conversations.models import Tag


@pytest.fixture
def case(desk: Desk) -> UUID:
    return desk.received()


def test_it_works(desk: Desk, case: UUID) -> None:
    """Several things in one go are one version; each has its event."""
    tag = actions.create_tag(desk.who("boss"), "Late")
    wanted = Change(priority="high", subject="Parcel", status="waiting_customer", tags_add=(tag.id,))
    now = actions.change(desk.who("lin"), case, wanted)
    assert (now.priority, now.subject, now.status, now.tags) == (3, "Parcel", "waiting_customer", [tag.id])
    assert now.version == 2
    assert told(case)[2:] == ["subject_changed", "prioritised", "tagged", "waiting"]
    assert {last(case, what)["version"] for what in told(case)[2:]} == {2}


def test_what_is_so_already_changes_nothing(desk: Desk, case: UUID) -> None:
    now = actions.change(desk.who("lin"), case, Change(priority="normal", subject="", status="open", assignee=None))
    assert (now.version, told(case)) == (1, ["opened", "message_received"])


@pytest.mark.parametrize(
    ("wanted", "refusal"),
    [
        (Change(priority="hottest"), BadChange),
        (Change(status="lost"), BadChange),
        (Change(language="the old one"), BadChange),
        (Change(subject="x" * 301), TextTooLong),
        (Change(tags_add=(uuid4(),)), NoSuchTag),
        (Change(fields={"none": 1}), NoSuchField),
        (Change(assignee=uuid4()), CannotTake),
        (Change(snoozed_until=build.NOON), BadSnooze),  # past
        (Change(snoozed_until=clock.now() + timedelta(days=400)), BadSnooze),
        (Change(snoozed_until=(clock.now() + timedelta(days=1)).replace(tzinfo=None)), BadSnooze),
    ],
)
def test_all_or_nothing(desk: Desk, case: UUID, wanted: Change, refusal: type[Exception]) -> None:
    """One thing that does not fit, and the rest stays as it was too."""
    all_of_it = Change(
        **{name: getattr(wanted, name) for name in Change.__slots__} | {"priority": wanted.priority or "low"}
    )
    with pytest.raises(refusal):
        actions.change(desk.who("lin"), case, all_of_it)
    assert (row(case).priority, row(case).version) == (2, 1)
    assert told(case) == ["opened", "message_received"]


# --- Status -------------------------------------------------------------------------------------------------------


def test_solving_and_taking_up_again(desk: Desk, case: UUID) -> None:
    actions.change(desk.who("lin"), case, Change(status="solved"))
    assert row(case).solved_at is not None
    assert last(case, "solved")["handled_s"] >= 0
    actions.change(desk.who("lin"), case, Change(status="waiting_us"))
    now = row(case)
    assert (now.solved_at, now.reopened) == (None, 1)
    assert now.waiting_since == now.last_customer_message_at  # nobody has answered: they have waited since then
    assert last(case, "reopened")["solved_for_s"] >= 0


def test_the_customer_waits_since_their_first_message_that_nobody_answered(desk: Desk) -> None:
    case = desk.received(occurred_at=clock.now() - timedelta(hours=5))
    actions.reply(desk.who("lin"), case, text="?")
    first = clock.now()
    desk.received("One", conversation=case, occurred_at=first)
    desk.received("Two", conversation=case)
    actions.change(desk.who("lin"), case, Change(status="waiting_customer"))
    actions.change(desk.who("lin"), case, Change(status="waiting_us"))
    assert row(case).waiting_since == first


def test_nothing_is_new_again_once_it_was_answered(desk: Desk, case: UUID) -> None:
    """Before, it may be: a change of many that is undone wants it."""
    actions.change(desk.who("lin"), case, Change(status="solved"))
    actions.change(desk.who("lin"), case, Change(status="open"))
    assert row(case).status == "open"
    actions.reply(desk.who("lin"), case, text="Soon.")
    with pytest.raises(CannotFollow) as refused:
        actions.change(desk.who("lin"), case, Change(status="open"))
    assert "等待客户" in refused.value.sentence("zh-Hans")
    problem = refused.value.problem("en")
    assert (problem["status"], problem["before"], problem["after"]) == (409, "waiting_customer", "open")


def test_closed_is_final_but_labels_can_be_put_right(desk: Desk, case: UUID) -> None:
    actions.change(desk.who("lin"), case, Change(status="closed"))
    for wanted in (Change(status="open"), Change(assignee=desk.lin.id), Change(status="closed", priority="low")):
        with pytest.raises(IsClosed):
            actions.change(desk.who("lin"), case, wanted)
    assert actions.change(desk.who("lin"), case, Change(priority="low", subject="Right")).subject == "Right"


# --- Tags and fields ----------------------------------------------------------------------------------------------


def test_tags_are_added_taken_away_and_set(desk: Desk, case: UUID) -> None:
    a, b, c = (actions.create_tag(desk.who("boss"), name).id for name in "abc")
    actions.change(desk.who("lin"), case, Change(tags_add=(a, b, a)))
    assert row(case).tags == [a, b]
    actions.change(desk.who("lin"), case, Change(tags_add=(c,), tags_remove=(a, uuid4())))
    assert row(case).tags == [b, c]
    assert last(case, "tagged") == {"added": [str(c)], "removed": [str(a)], "version": 3}
    actions.change(desk.who("lin"), case, Change(tags=(a, b)))
    assert sorted(row(case).tags) == sorted([a, b])


def test_an_archived_tag_stays_but_is_not_given(desk: Desk, case: UUID) -> None:
    tag = actions.create_tag(desk.who("boss"), "Old").id
    actions.change(desk.who("lin"), case, Change(tags_add=(tag,)))
    actions.archive_tag(desk.who("boss"), tag)
    actions.change(desk.who("lin"), case, Change(tags=(tag,)))
    actions.change(desk.who("lin"), case, Change(tags_remove=(tag,)))
    with pytest.raises(NoSuchTag):
        actions.change(desk.who("lin"), case, Change(tags_add=(tag,)))


def test_no_more_than_50_tags(desk: Desk, case: UUID) -> None:
    tags = tuple(tag.id for tag in Tag.objects.bulk_create(Tag(name=f"t{n}") for n in range(51)))
    with pytest.raises(TooManyTags):
        actions.change(desk.who("lin"), case, Change(tags_add=tags))


def test_fields_hold_what_fits_them(desk: Desk, case: UUID) -> None:
    names = {"en": "Floor", "zh-Hans": "楼层"}
    field = actions.create_field(desk.who("boss"), "floor", names, "number")
    actions.change(desk.who("lin"), case, Change(fields={"floor": "3"}))
    assert row(case).fields == {"floor": 3}
    assert last(case, "field_changed")["fields"] == [str(field.id)]
    with pytest.raises(BadField):
        actions.change(desk.who("lin"), case, Change(fields={"floor": "third"}))
    actions.change(desk.who("lin"), case, Change(fields={"floor": None}))
    assert row(case).fields == {}


# --- Two at once --------------------------------------------------------------------------------------------------


def test_who_saves_second_is_told_what_changed(desk: Desk, case: UUID) -> None:
    actions.change(desk.who("mei"), case, Change(priority="urgent"), version=1)
    with pytest.raises(ConversationChanged) as refused:
        actions.change(desk.who("lin"), case, Change(priority="low", subject="Mine"), version=1)
    problem = refused.value.problem("en")
    (entry,) = problem["changed"]
    assert (entry["what"], entry["before"], entry["now"], entry["by"]) == ("priority", "normal", "urgent", "Mei")
    assert entry["sentence"] == "Mei changed the priority from normal to urgent."
    assert (problem["status"], problem["version"], row(case).subject) == (409, 2, "")


def test_what_touches_other_things_is_applied(desk: Desk, case: UUID) -> None:
    actions.change(desk.who("mei"), case, Change(priority="urgent"))
    assert actions.change(desk.who("lin"), case, Change(subject="Mine"), version=1).version == 3


def test_what_both_wanted_is_no_quarrel(desk: Desk, case: UUID) -> None:
    actions.change(desk.who("mei"), case, Change(priority="urgent", assignee=desk.mei.id))
    now = actions.change(desk.who("lin"), case, Change(priority="urgent", assignee=desk.mei.id), version=1)
    assert now.version == 2


def test_single_tags_get_in_nobodys_way_but_a_whole_set_does(desk: Desk, case: UUID) -> None:
    a, b = (actions.create_tag(desk.who("boss"), name).id for name in "ab")
    actions.change(desk.who("mei"), case, Change(tags_add=(a,)))
    actions.change(desk.who("lin"), case, Change(tags_add=(b,)), version=1)
    assert row(case).tags == [a, b]
    with pytest.raises(ConversationChanged):
        actions.change(desk.who("lin"), case, Change(tags=(b,)), version=1)


def test_who_solves_while_the_customer_writes_is_told(desk: Desk, case: UUID) -> None:
    desk.received("One more thing", conversation=case)
    with pytest.raises(ConversationChanged) as refused:
        actions.change(desk.who("lin"), case, Change(status="solved"), version=1)
    assert refused.value.problem("en")["changed"][0]["sentence"] == "The customer wrote."


def test_the_same_field_is_a_quarrel_and_another_is_not(desk: Desk, case: UUID) -> None:
    for key in ("floor", "room"):
        actions.create_field(desk.who("boss"), key, {"en": key, "zh-Hans": key}, "number")
    actions.change(desk.who("mei"), case, Change(fields={"floor": 1}))
    actions.change(desk.who("lin"), case, Change(fields={"room": 2}), version=1)
    with pytest.raises(ConversationChanged) as refused:
        actions.change(desk.who("lin"), case, Change(fields={"floor": 2}), version=1)
    assert refused.value.problem("en")["changed"][0]["now"] == 1


def test_of_two_who_save_at_once_one_is_told(transactional_db: None) -> None:
    """Whoever comes second learns of the first; nothing of theirs is half done."""
    desk = Desk()
    case = desk.received()
    people: Any = [desk.who("lin"), desk.who("mei")]
    wanted = [Change(priority="high", subject="One"), Change(priority="low", subject="Two")]
    gave = at_once(2, lambda n: actions.change(people[n], case, wanted[n], version=1))
    (refused,) = [one for one in gave if isinstance(one, Exception)]
    assert isinstance(refused, ConversationChanged)
    now = row(case)
    assert (now.priority, now.subject) in ((3, "One"), (1, "Two"))
    assert {one["now"] for one in refused.values["changed"]} == {
        "high" if now.priority == 3 else "low",
        now.subject,
    }
