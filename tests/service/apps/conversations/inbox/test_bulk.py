"""Are many conversations changed in one go, each for itself, and put back as they were?"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests import build, together
from tests.service.apps.conversations.desk import Desk, last, row, told

from servewell.apps.base import clock
from servewell.apps.base.models import Timer
from servewell.apps.conversations import actions, history, jobs
from servewell.apps.conversations.actions.bulk import MOST
from servewell.apps.conversations.changes import Change
from servewell.apps.conversations.errors import BadChange
from servewell.apps.conversations.inbox import lists, walks
from servewell.apps.conversations.inbox.filters import Filters
from servewell.apps.conversations.models import Bulk, Conversation, Tag
from servewell.apps.conversations.refusals import (
    FiltersTooWide,
    NoSuchBulk,
    NothingToChange,
    TooManyAtOnce,
    UndoTooLate,
)
from servewell.apps.journal import listening
from servewell.apps.journal.events import Event
from servewell.apps.people.errors import NotAllowed
from servewell.apps.people.models import Team

NO_ONE = UUID("00000000-0000-7000-8000-000000000000")


@pytest.fixture
def cases(desk: Desk) -> list[UUID]:
    return [desk.received(f"Parcel {number}", external_id=str(number)) for number in range(4)]


def state(pk: UUID) -> dict[str, Any]:
    """Return all of a row but what every change counts up."""
    values = Conversation.objects.filter(pk=pk).values().get()
    return {name: value for name, value in values.items() if name not in ("version", "updated_at")}


def test_it_works(desk: Desk, cases: list[UUID]) -> None:
    """Several things of several conversations, each with its own events; put back on demand."""
    tag = Tag.objects.create(name="late")
    before = [state(case) for case in cases]
    wanted = Change(assignee=desk.mei.id, priority="high", tags_add=(tag.id,))
    done = actions.bulk(desk.who("lin"), wanted, chosen=dict.fromkeys(cases))
    assert (done.changed, done.refused) == (4, [])
    for case in cases:
        now = row(case)
        assert (now.assignee_id, now.priority, now.tags) == (desk.mei.id, 3, [tag.id])
        assert told(case)[-3:] == ["prioritised", "tagged", "assigned"]
    undone = actions.undo(desk.who("lin"), done.operation)
    assert (undone.changed, undone.refused) == (4, [])
    assert [state(case) for case in cases] == before


def test_those_a_filter_finds_are_changed(desk: Desk, cases: list[UUID]) -> None:
    """Nobody chooses one by one what can be said in a word."""
    actions.change(desk.who("lin"), cases[0], Change(priority="low"))
    done = actions.bulk(desk.who("lin"), Change(priority="urgent"), filters=Filters(priority=["normal"]))
    assert done.changed == 3
    assert [row(case).priority for case in cases] == [1, 4, 4, 4]


def test_each_is_refused_on_its_own(desk: Desk, cases: list[UUID]) -> None:
    """Changed meanwhile, out of reach, not there, impossible: each with its sentence; the others are changed."""
    other = desk.received("Elsewhere", external_id="x", team=desk.other_team.id)
    actions.change(desk.who("mei"), cases[1], Change(priority="low"))
    actions.change(desk.who("mei"), cases[2], Change(status="closed"))
    chosen = {cases[0]: row(cases[0]).version, cases[1]: 1, cases[2]: None, other: None, NO_ONE: None}
    done = actions.bulk(desk.who("lin"), Change(priority="urgent", snoozed_until=None, assignee=None), chosen=chosen)
    refused = {UUID(one.id): one for one in done.refused}
    assert set(refused) == {cases[1], cases[2], other, NO_ONE}
    assert (refused[cases[1]].number, refused[other].number) == (row(cases[1]).number, None)
    assert all(one.sentence.endswith(".") for one in done.refused)
    assert refused[other].sentence == refused[NO_ONE].sentence  # who may not see it learns nothing
    assert [row(case).priority for case in cases] == [4, 1, 2, 2]


def test_what_changed_since_is_not_put_back(desk: Desk, cases: list[UUID]) -> None:
    """And it is said which; what was untouched is put back."""
    done = actions.bulk(desk.who("lin"), Change(priority="urgent"), chosen=dict.fromkeys(cases))
    actions.change(desk.who("mei"), cases[0], Change(priority="low"))
    Conversation.objects.filter(pk=cases[1]).update(version=99)
    undone = actions.undo(desk.who("lin"), done.operation)
    assert (undone.changed, {UUID(one.id) for one in undone.refused}) == (2, {cases[0], cases[1]})
    assert [row(case).priority for case in cases] == [1, 4, 2, 2]
    assert undone.refused[0].sentence.startswith("#")


def test_undoing_twice_says_the_same_and_does_nothing_more(desk: Desk, cases: list[UUID]) -> None:
    """A person clicks twice; a network repeats."""
    done = actions.bulk(desk.who("lin"), Change(priority="urgent"), chosen=dict.fromkeys(cases))
    first = actions.undo(desk.who("lin"), done.operation)
    actions.change(desk.who("mei"), cases[0], Change(priority="urgent"))
    assert actions.undo(desk.who("lin"), done.operation) == first
    assert row(cases[0]).priority == 4


def test_only_who_did_it_can_undo_it_and_only_for_a_day(desk: Desk, cases: list[UUID]) -> None:
    """A manager neither, who can change the conversations themselves."""
    done = actions.bulk(desk.who("lin"), Change(priority="urgent"), chosen=dict.fromkeys(cases))
    for who in ("mei", "boss"):
        with pytest.raises(NoSuchBulk):
            actions.undo(desk.who(who), done.operation)
    with clock.frozen(clock.now() + timedelta(hours=25)), pytest.raises(UndoTooLate):
        actions.undo(desk.who("lin"), done.operation)


def test_what_was_moved_out_of_ones_reach_can_be_put_back(desk: Desk, cases: list[UUID]) -> None:
    """An agent who gives ten conversations to the wrong team does not see them any more."""
    before = [state(case) for case in cases]
    done = actions.bulk(desk.who("lin"), Change(team=desk.other_team.id), chosen=dict.fromkeys(cases))
    with pytest.raises(NotAllowed):
        actions.change(desk.who("lin"), cases[0], Change(priority="low"))
    assert actions.undo(desk.who("lin"), done.operation).changed == 4
    assert [state(case) for case in cases] == before


def test_what_is_put_back_to_sleep_wakes_at_its_time(desk: Desk, cases: list[UUID]) -> None:
    """And what was woken in one go has its timer again."""
    until = clock.now() + timedelta(hours=3)
    done = actions.bulk(desk.who("lin"), Change(snoozed_until=until), chosen=dict.fromkeys(cases))
    assert Timer.objects.filter(subject__in=[str(case) for case in cases]).count() == 4
    woken = actions.bulk(desk.who("lin"), Change(snoozed_until=None), chosen=dict.fromkeys(cases))
    assert Timer.objects.count() == 0
    assert actions.undo(desk.who("lin"), woken.operation).changed == 4
    assert (row(cases[0]).snoozed_until, Timer.objects.count()) == (until, 4)
    assert actions.undo(desk.who("lin"), done.operation).changed == 0  # they were changed since


def test_what_cannot_be_done_in_one_go_is_refused_whole(desk: Desk, cases: list[UUID]) -> None:
    """Nothing chosen, nothing to do, too many, something that cannot be put back, or nobody who may."""
    lin = desk.who("lin")
    refusals: list[tuple[type[Exception], Callable[[], Any]]] = [
        (NothingToChange, lambda: actions.bulk(lin, Change(priority="low"), chosen={})),
        (NothingToChange, lambda: actions.bulk(lin, Change(priority="low"))),
        (NothingToChange, lambda: actions.bulk(lin, Change(), chosen=dict.fromkeys(cases))),
        (NothingToChange, lambda: actions.bulk(lin, Change(subject="x"), chosen=dict.fromkeys(cases))),
        (
            TooManyAtOnce,
            lambda: actions.bulk(lin, Change(priority="low"), chosen={UUID(int=n): None for n in range(MOST + 1)}),
        ),
        (NotAllowed, lambda: actions.bulk(desk.who("auditor"), Change(priority="low"), chosen=dict.fromkeys(cases))),
    ]
    for kind, do in refusals:
        with pytest.raises(kind):
            do()
    assert not Bulk.objects.exists()


def test_filters_that_look_through_too_many_are_not_called_too_many(
    desk: Desk, cases: list[UUID], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing meets them, so "choose fewer" would help nobody: the sentence says what does."""
    for name in ("LOOK", "LEAST_LOOK"):
        monkeypatch.setattr(walks, name, 1)
    monkeypatch.setattr(lists, "_TRIES", 2)
    with pytest.raises(FiltersTooWide) as refused:
        actions.bulk(desk.who("boss"), Change(priority="low"), filters=Filters(field=["plan:none"]))
    assert "add a team, a tag or a time" in refused.value.sentence("en")
    assert not Bulk.objects.exists()


def test_a_row_costs_two_statements_in_a_savepoint_of_its_own(desk: Desk, cases: list[UUID]) -> None:
    """Its own row and its event; what is the same for all is looked up once."""
    more = [desk.received(f"More {number}", external_id=f"m{number}") for number in range(8)]
    spent = []
    for chosen in (cases[:2], more):
        with CaptureQueriesContext(connection) as captured:
            done = actions.bulk(desk.who("boss"), Change(assignee=desk.lin.id), chosen=dict.fromkeys(chosen))
        assert done.changed == len(chosen)
        spent.append(len(captured))
    assert (spent[1] - spent[0]) / (len(more) - 2) <= 4
    assert spent[1] <= 45


@st.composite
def changes(draw: st.DrawFn) -> dict[str, Any]:
    """Return what may be asked, with names in place of ids."""
    return {
        "status": draw(st.sampled_from([None, "solved", "waiting_customer", "waiting_us", "closed"])),
        "priority": draw(st.sampled_from([None, "low", "normal", "urgent"])),
        "assignee": draw(st.sampled_from(["keep", None, "lin", "mei"])),
        "team": draw(st.sampled_from(["keep", "team", "other_team"])),
        "tags": draw(st.tuples(st.booleans(), st.booleans())),
        "snooze": draw(st.sampled_from(["keep", None, 1, 30])),
    }


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=changes(), second=changes())
def test_undoing_gives_back_what_was(desk: Desk, first: dict[str, Any], second: dict[str, Any]) -> None:
    """Whatever was done before, and whatever in one go: each row is as it was, and a refused one was not touched."""
    with build.rolled_back():
        tags = [Tag.objects.create(name=name).id for name in ("one", "two")]
        cases = [desk.received(f"Parcel {number}", external_id=f"h{number}") for number in range(3)]
        actions.bulk(desk.who("boss"), _wanted(desk, tags, first), chosen=dict.fromkeys(cases[:2]))
        before = [state(case) for case in cases]
        done = actions.bulk(desk.who("boss"), _wanted(desk, tags, second), chosen=dict.fromkeys(cases))
        after = [state(case) for case in cases]
        refused = {UUID(one.id) for one in done.refused}
        assert all(a == b for case, a, b in zip(cases, after, before, strict=True) if case in refused)
        undone = actions.undo(desk.who("boss"), done.operation)
        assert (undone.changed, undone.refused) == (done.changed, [])
        assert [state(case) for case in cases] == before


def _wanted(desk: Desk, tags: list[UUID], asked: dict[str, Any]) -> Change:
    keep = actions.KEEP
    people = {"lin": desk.lin.id, "mei": desk.mei.id, None: None, "keep": keep}
    teams = {"team": desk.team.id, "other_team": desk.other_team.id, "keep": keep}
    snooze = asked["snooze"]
    later = snooze if snooze is None else keep if snooze == "keep" else clock.now() + timedelta(hours=snooze)
    return Change(
        status=asked["status"],
        priority=asked["priority"] or "high",  # so that there is something to do
        assignee=people[asked["assignee"]],
        team=teams[asked["team"]],
        tags_add=tuple(tags[:1]) if asked["tags"][0] else (),
        tags_remove=tuple(tags[1:]) if asked["tags"][1] else (),
        snoozed_until=later,
    )


def test_two_who_change_the_same_at_once_wait_for_each_other(transactional_db: None) -> None:
    """In whatever order they name them: no deadlock, and each event is told."""
    desk = Desk()
    cases = [desk.received(f"Parcel {number}", external_id=str(number)) for number in range(12)]
    who = [desk.who("lin"), desk.who("mei")]

    def work(number: int) -> int:
        chosen = cases if number % 2 else cases[::-1]
        wanted = Change(priority=("low", "urgent")[number % 2])
        return actions.bulk(who[number % 2], wanted, chosen=dict.fromkeys(chosen)).changed

    changed = together.at_once(6, work)
    assert all(count in (0, 12) for count in changed)
    assert {row(case).priority for case in cases} in ({1}, {4})
    assert all(last(case, "prioritised") for case in cases)


def test_who_undoes_it_at_once_from_several_screens_undoes_it_once(transactional_db: None) -> None:
    """Each is told the same, and each conversation's history tells of it once."""
    desk = Desk()
    cases = [desk.received(f"Parcel {number}", external_id=str(number)) for number in range(5)]
    lin = desk.who("lin")
    done = actions.bulk(lin, Change(priority="urgent"), chosen=dict.fromkeys(cases))
    undone = together.at_once(4, lambda _: actions.undo(lin, done.operation))
    assert all(one == undone[0] for one in undone)
    assert [told(case).count("prioritised") for case in cases] == [2] * 5


def test_what_can_no_longer_be_undone_is_forgotten_after_a_week(desk: Desk, cases: list[UUID]) -> None:
    """Until then it can be said why not."""
    actions.bulk(desk.who("lin"), Change(priority="urgent"), chosen=dict.fromkeys(cases))
    for days, left in ((6, 1), (8, 0)):
        with clock.frozen(clock.now() + timedelta(days=days)):
            jobs.tidy()
        assert Bulk.objects.count() == left


def test_what_a_listener_refuses_is_as_it_was(desk: Desk, cases: list[UUID], monkeypatch: pytest.MonkeyPatch) -> None:
    """Also when the row was written before it refused; the others are changed, and so it is when it is undone."""

    def refuse(event: Event, recorded: object) -> None:
        if event.conversation == cases[1]:
            raise BadChange(what="priority")

    wanted = Change(priority="urgent")
    monkeypatch.setitem(listening._listeners, "conversation.prioritised", [(99, "webhooks", refuse)])
    done = actions.bulk(desk.who("lin"), wanted, chosen=dict.fromkeys(cases))
    assert [one.id for one in done.refused] == [str(cases[1])]
    assert [(row(case).priority, row(case).version) for case in cases] == [(4, 2), (2, 1), (4, 2), (4, 2)]
    assert "prioritised" not in told(cases[1])
    monkeypatch.setitem(listening._listeners, "conversation.prioritised", [])
    done = actions.bulk(desk.who("lin"), wanted, chosen=dict.fromkeys(cases))
    monkeypatch.setitem(listening._listeners, "conversation.prioritised", [(99, "webhooks", refuse)])
    assert [one.id for one in actions.undo(desk.who("lin"), done.operation).refused] == [str(cases[1])]
    assert row(cases[1]).priority == 4


def test_nobody_gets_back_what_they_may_not_have_any_more(desk: Desk, cases: list[UUID]) -> None:
    """Out of the team, of another role, the team archived: refused with a sentence, and left where it is."""
    for case in cases[:2]:
        actions.assign(desk.who("boss"), case, assignee=desk.mei.id)
    done = actions.bulk(desk.who("boss"), Change(assignee=desk.lin.id), chosen=dict.fromkeys(cases[:2]))
    desk.mei.teams.set([desk.other_team])
    undone = actions.undo(desk.who("boss"), done.operation)
    assert [row(case).assignee_id for case in cases[:2]] == [desk.lin.id] * 2
    assert all("Mei" in one.sentence for one in undone.refused)
    moved = actions.bulk(desk.who("boss"), Change(team=desk.other_team.id), chosen=dict.fromkeys(cases[2:]))
    Team.objects.filter(pk=desk.team.id).update(archived_at=clock.now())
    assert actions.undo(desk.who("boss"), moved.operation).changed == 0


def test_a_solution_that_is_undone_is_marked_so_that_nobody_counts_it(desk: Desk, cases: list[UUID]) -> None:
    done = actions.bulk(desk.who("lin"), Change(status="solved"), chosen={cases[0]: None})
    assert "undoes" not in last(cases[0], "solved")
    actions.undo(desk.who("lin"), done.operation)
    assert last(cases[0], "reopened")["undoes"] is True
    assert row(cases[0]).reopened == 0
    assert history.of(cases[0], "en")[-1].sentence == "Lin reopened it. (A change of many was undone.)"


def test_what_went_on_elsewhere_since_is_not_put_back(desk: Desk) -> None:
    """The customer wrote again after it was closed: of one thread there is one conversation that goes on."""
    case = desk.received("One", thread="t1")
    done = actions.bulk(desk.who("lin"), Change(status="closed"), chosen={case: None})
    fresh = desk.received("Two", thread="t1")
    assert (told(case)[-1], last(case, "continued")["new"]) == ("continued", str(fresh))
    assert [one.id for one in actions.undo(desk.who("lin"), done.operation).refused] == [str(case)]
    assert (row(case).status, row(fresh).status) == ("closed", "open")
    assert history.of(case, "en")[-1].sentence.endswith(f"it goes on in #{row(fresh).number}.")
