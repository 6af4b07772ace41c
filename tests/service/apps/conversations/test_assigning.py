"""Whose is a conversation?"""

from typing import Any
from uuid import UUID, uuid4

import pytest
from tests import build
from tests.service.apps.conversations.desk import Desk, last, row, told
from tests.together import at_once

from servewell.apps.base import clock
from servewell.apps.base.principal import SYSTEM
from servewell.apps.conversations import actions, jobs
from servewell.apps.conversations.errors import AlreadyTaken, CannotTake, IsClosed, NoSuchTeam, OnlyPeople, OutOfReach
from servewell.apps.conversations.models import Message
from servewell.apps.journal.models import Event
from servewell.apps.people import actions as people
from servewell.apps.people.errors import NotAllowed
from servewell.apps.people.models import Team, User


def owner(case: UUID) -> tuple[Any, Any]:
    return row(case).assignee_id, row(case).team_id


def test_it_works(desk: Desk) -> None:
    case = desk.received()
    actions.assign(desk.who("lin"), case, assignee=desk.mei.id)
    assert owner(case) == (desk.mei.id, desk.team.id)
    assert told(case)[-1] == "assigned"
    assert last(case, "assigned")["agent"] == str(desk.mei.id)
    assert last(case, "assigned")["waited_s"] >= 0


def test_from_one_to_another_is_a_transfer(desk: Desk) -> None:
    case = desk.received()
    actions.assign(desk.who("lin"), case, assignee=desk.mei.id)
    actions.assign(desk.who("lin"), case, assignee=desk.lin.id)
    said = last(case, "transferred")
    assert (said["from_agent"], said["agent"]) == (str(desk.mei.id), str(desk.lin.id))


def test_it_can_be_given_back_to_nobody(desk: Desk) -> None:
    case = desk.received()
    actions.assign(desk.who("lin"), case, assignee=desk.mei.id)
    actions.assign(desk.who("lin"), case, assignee=None)
    assert owner(case) == (None, desk.team.id)
    assert "agent" not in last(case, "transferred")


def test_a_new_team_takes_it_from_whoever_cannot_reach_it_there(desk: Desk) -> None:
    case = desk.received()
    actions.assign(desk.who("lin"), case, assignee=desk.mei.id)
    actions.assign(desk.who("lin"), case, team=desk.other_team.id)
    assert owner(case) == (None, desk.other_team.id)
    assert last(case, "transferred")["from_team"] == str(desk.team.id)
    with pytest.raises(NotAllowed):  # and out of the sight of who gave it away
        actions.take(desk.who("lin"), case)


def test_who_reaches_all_keeps_it_in_a_new_team(desk: Desk) -> None:
    case = desk.received()
    actions.assign(desk.who("boss"), case, assignee=desk.boss.id)
    actions.assign(desk.who("boss"), case, team=desk.other_team.id)
    assert owner(case) == (desk.boss.id, desk.other_team.id)


def test_a_person_of_another_team_takes_it_along(desk: Desk) -> None:
    case = desk.received()
    actions.assign(desk.who("lin"), case, assignee=desk.far.id)
    assert owner(case) == (desk.far.id, desk.other_team.id)
    assert last(case, "assigned")["from_team"] == str(desk.team.id)


def test_one_of_no_team_goes_to_the_team_of_who_gets_it(desk: Desk) -> None:
    case = desk.received(team=None)
    actions.assign(desk.who("boss"), case, assignee=desk.lin.id)
    assert owner(case) == (desk.lin.id, desk.team.id)
    assert last(case, "assigned")["team_changed"] is True


def test_of_several_other_teams_one_must_be_named(desk: Desk) -> None:
    case, third = desk.received(), build.team("Third")
    busy = build.person("busy", "agent", third, desk.other_team)
    with pytest.raises(OutOfReach) as refused:
        actions.assign(desk.who("lin"), case, assignee=busy.id)
    assert set(refused.value.values["teams"]) == {str(third.id), str(desk.other_team.id)}
    assert "Busy" in refused.value.sentence("zh-Hans")
    actions.assign(desk.who("lin"), case, assignee=busy.id, team=third.id)
    assert owner(case) == (busy.id, third.id)


def test_a_team_that_is_named_must_be_one_of_the_persons(desk: Desk) -> None:
    case = desk.received()
    with pytest.raises(OutOfReach):
        actions.assign(desk.who("lin"), case, assignee=desk.far.id, team=desk.team.id)
    assert owner(case) == (None, desk.team.id)


def test_who_cannot_answer_customers_cannot_have_it(desk: Desk) -> None:
    case, gone = desk.received(), build.person("gone", "agent", desk.team, is_active=False)
    for nobody in (gone.id, desk.auditor.id, uuid4()):
        with pytest.raises(CannotTake):
            actions.assign(desk.who("lin"), case, assignee=nobody)
    with pytest.raises(NoSuchTeam):
        actions.assign(desk.who("lin"), case, team=uuid4())
    assert told(case) == ["opened", "message_received"]


def test_a_reason_is_kept_as_a_note(desk: Desk) -> None:
    """The journal carries no text; who gets it reads why."""
    case = desk.received()
    actions.assign(desk.who("lin"), case, team=desk.other_team.id, reason="A refund")
    assert Message.objects.get(conversation=case, kind="note").text == "A refund"
    assert told(case)[-2:] == ["noted", "transferred"]


def test_what_is_so_already_tells_nothing(desk: Desk) -> None:
    case = desk.received()
    actions.assign(desk.who("lin"), case, assignee=desk.lin.id)
    before = (row(case).version, told(case))
    actions.assign(desk.who("lin"), case, assignee=desk.lin.id, team=desk.team.id)
    assert (row(case).version, told(case)) == before


def test_a_closed_one_is_nobodys_work(desk: Desk) -> None:
    case = desk.received()
    actions.change(desk.who("lin"), case, actions.Change(status="closed"))
    with pytest.raises(IsClosed):
        actions.assign(desk.who("lin"), case, assignee=desk.lin.id)


def test_of_16_who_take_it_at_once_one_gets_it(transactional_db: None) -> None:
    """The others are told who."""
    desk = Desk()
    case = desk.received()
    agents = [build.person(f"agent{n}", "agent", desk.team, language="en") for n in range(16)]
    gave = at_once(16, lambda n: actions.take(agents[n].principal(), case))
    lost = [one for one in gave if isinstance(one, AlreadyTaken)]
    assert len(lost) == 15
    winner = next(agent for agent in agents if agent.id == row(case).assignee_id)
    assert {one.values["agent"] for one in lost} == {str(winner)}
    assert Event.objects.filter(activity="conversation.assigned").count() == 1


def test_taking_what_one_has_changes_nothing(desk: Desk) -> None:
    case = desk.received()
    actions.take(desk.who("lin"), case)
    actions.take(desk.who("lin"), case)
    assert told(case).count("assigned") == 1


def test_a_program_takes_nothing(desk: Desk) -> None:
    with pytest.raises(OnlyPeople):
        actions.take(SYSTEM, desk.received())


def test_what_somebody_had_who_is_shut_out_is_free_for_others(desk: Desk) -> None:
    """But not what is closed; who shut them out stands in the journal."""
    kept, solved, closed = desk.received(), desk.received(), desk.received()
    for case in (kept, solved, closed):
        actions.take(desk.who("lin"), case)
    actions.change(desk.who("lin"), solved, actions.Change(status="solved"))
    actions.change(desk.who("lin"), closed, actions.Change(status="closed"))
    people.deactivate(desk.who("boss"), desk.lin.id)
    assert [row(case).assignee_id for case in (kept, solved, closed)] == [None, None, desk.lin.id]
    event = Event.objects.filter(conversation=kept).order_by("seq").last()
    assert event is not None
    assert (event.activity, event.actor) == ("conversation.transferred", desk.boss.id)


def test_who_answers_customers_no_more_keeps_none(desk: Desk) -> None:
    """An auditor only reads; a lead goes on."""
    case = desk.received()
    actions.take(desk.who("lin"), case)
    people.change_role(desk.who("boss"), desk.lin.id, "lead")
    assert row(case).assignee_id == desk.lin.id
    people.change_role(desk.who("boss"), desk.lin.id, "auditor")
    assert row(case).assignee_id is None


def test_a_team_that_is_archived_gets_no_more_work(desk: Desk) -> None:
    """Neither given, nor begun, nor from a channel; what it has it keeps, and its sentence says so."""
    case, theirs = desk.received(), desk.received("Else", team=desk.other_team.id)
    Team.objects.filter(pk=desk.other_team.id).update(archived_at=clock.now())
    boss, customer = desk.who("boss"), row(case).customer_id
    for give in (
        lambda: actions.assign(boss, case, team=desk.other_team.id),
        lambda: actions.assign(boss, case, assignee=desk.far.id),
        lambda: actions.open_for(boss, customer, channel="phone", team=desk.other_team.id),
        lambda: actions.open_for(desk.who("far"), row(theirs).customer_id, channel="phone"),
        lambda: desk.received("New", team=desk.other_team.id),
    ):
        with pytest.raises(NoSuchTeam) as refused:
            give()
        assert "archived" in refused.value.sentence("en")
    actions.assign(boss, theirs, assignee=desk.far.id)
    assert row(theirs).assignee_id == desk.far.id


def test_what_continues_the_work_of_an_archived_team_is_of_no_team(desk: Desk) -> None:
    """Nothing that a customer writes is refused, and nothing lies where nobody looks."""
    case = desk.received(thread="t1", team=desk.other_team.id)
    actions.change(desk.who("boss"), case, actions.Change(status="closed"))
    Team.objects.filter(pk=desk.other_team.id).update(archived_at=clock.now())
    fresh = desk.received("Again", thread="t1", team=None)
    assert (fresh == case, row(fresh).team_id) == (False, None)


def test_what_somebody_had_who_had_much_is_given_back_by_a_worker(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first at once, so that nobody waits for thousands; not from who came back meanwhile."""
    cases = [desk.received(f"{n}") for n in range(5)]
    for case in cases:
        actions.assign(desk.who("boss"), case, assignee=desk.lin.id)
    later: list[Any] = []
    monkeypatch.setattr(jobs, "AT_ONCE", 2)
    monkeypatch.setattr(jobs.give_back_later, "defer", lambda **job: later.append(job))
    people.deactivate(desk.who("boss"), desk.lin.id)
    assert [owner(case)[0] for case in cases] == [None, None, *[desk.lin.id] * 3]
    (job,) = later
    User.objects.filter(pk=desk.lin.id).update(is_active=True)
    jobs.give_back_later(**job)
    assert owner(cases[-1])[0] == desk.lin.id
    User.objects.filter(pk=desk.lin.id).update(is_active=False)
    jobs.give_back_later(**job)
    assert {owner(case)[0] for case in cases} == {None}
    assert Event.objects.filter(conversation=cases[-1]).latest("seq").actor == desk.boss.id
