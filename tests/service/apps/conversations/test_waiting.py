"""When is a conversation put off, and when does it end by itself?"""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from tests.service.apps.conversations.desk import Desk, last, row, told

from servewell.apps.base import clock, settings, timers
from servewell.apps.base.models import Timer
from servewell.apps.base.principal import SYSTEM
from servewell.apps.conversations import actions, jobs
from servewell.apps.conversations.actions import Change
from servewell.apps.conversations.errors import BadSnooze
from servewell.apps.conversations.models import Looking


@pytest.fixture
def case(desk: Desk) -> UUID:
    return desk.received(thread="t1")


def in_hours(count: float) -> object:
    return clock.now() + timedelta(hours=count)


def test_it_works(desk: Desk, case: UUID) -> None:
    """What is put off comes back at its moment, by the timer."""
    until = clock.now() + timedelta(hours=3)
    actions.snooze(desk.who("lin"), case, until)
    assert row(case).snoozed_until == until
    with clock.frozen(until + timedelta(seconds=1)):
        assert timers.run_due() == 1
    assert row(case).snoozed_until is None
    assert told(case)[-2:] == ["snoozed", "woken"]
    assert (last(case, "snoozed")["for_s"], last(case, "woken")["by"]) == (pytest.approx(10800, abs=5), "time")


def test_the_customer_wakes_it(desk: Desk, case: UUID) -> None:
    actions.snooze(desk.who("lin"), case, clock.now() + timedelta(hours=3))
    desk.received("And?", thread="t1")
    assert (row(case).snoozed_until, Timer.objects.count()) == (None, 0)
    assert last(case, "woken")["by"] == "customer"


def test_one_of_us_wakes_it(desk: Desk, case: UUID) -> None:
    actions.snooze(desk.who("lin"), case, clock.now() + timedelta(hours=3))
    actions.snooze(desk.who("lin"), case, None)
    actions.snooze(desk.who("lin"), case, None)
    assert told(case)[-2:] == ["snoozed", "woken"]
    assert Timer.objects.count() == 0


@pytest.mark.parametrize("status", ["solved", "closed"])
def test_what_is_done_is_not_put_off(desk: Desk, case: UUID, status: str) -> None:
    """Nor put off any more, once it is done."""
    actions.snooze(desk.who("lin"), case, clock.now() + timedelta(hours=3))
    actions.change(desk.who("lin"), case, Change(status=status))
    assert (row(case).snoozed_until, Timer.objects.count()) == (None, 0)
    if status == "solved":
        with pytest.raises(BadSnooze):
            actions.snooze(desk.who("lin"), case, clock.now() + timedelta(hours=3))


def test_a_timer_that_comes_too_early_or_too_late_wakes_nobody(desk: Desk, case: UUID) -> None:
    assert not actions.wake(case)
    assert not actions.wake(uuid4())
    actions.snooze(desk.who("lin"), case, clock.now() + timedelta(hours=3))
    assert not actions.wake(case)


def test_a_customer_who_leaves_while_waiting_gave_up(desk: Desk, case: UUID) -> None:
    actions.abandon(SYSTEM, case)
    assert row(case).status == "closed"
    assert told(case)[-2:] == ["abandoned", "closed"]
    assert (last(case, "closed")["by"], last(case, "abandoned")["waited_s"] >= 0) == ("customer", True)


def test_a_customer_who_leaves_after_the_answer_did_not(desk: Desk, case: UUID) -> None:
    actions.reply(desk.who("lin"), case, text="Soon.")
    actions.abandon(SYSTEM, case)
    assert row(case).status == "waiting_customer"


@pytest.fixture
def solved(desk: Desk) -> UUID:
    """Solved eight days ago."""
    with clock.frozen(clock.now() - timedelta(days=8)):
        case = desk.received()
        actions.reply(desk.who("lin"), case, text="Done.", solve=True)
    return case


def test_what_was_solved_long_ago_is_closed(desk: Desk, case: UUID, solved: UUID) -> None:
    actions.change(desk.who("lin"), case, Change(status="solved"))
    jobs.tidy()
    assert (row(solved).status, row(case).status) == ("closed", "solved")
    assert last(solved, "closed")["by"] == "time"


def test_whoever_wrote_since_is_waited_for(desk: Desk, solved: UUID) -> None:
    actions.reply(desk.who("lin"), solved, text="You are welcome.")
    assert actions.close_solved() == 0


def test_how_long_is_a_setting_and_0_is_for_ever(desk: Desk, solved: UUID) -> None:
    settings.put(SYSTEM, "conversations.close_after_days", 0)
    assert actions.close_solved() == 0
    settings.put(SYSTEM, "conversations.close_after_days", 9)
    assert actions.close_solved() == 0
    settings.put(SYSTEM, "conversations.close_after_days", 8)
    assert actions.close_solved() == 1


def test_more_than_one_batch_is_closed(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("servewell.apps.conversations.actions.waiting._BATCH", 2)
    with clock.frozen(clock.now() - timedelta(days=8)):
        for _ in range(5):
            actions.change(desk.who("lin"), desk.received(), Change(status="solved"))
    assert actions.close_solved(limit=1000) == 5


def test_who_looked_an_hour_ago_is_forgotten(desk: Desk, case: UUID) -> None:
    with clock.frozen(clock.now() - timedelta(hours=2)):
        actions.look(desk.who("lin"), case)
    actions.look(desk.who("mei"), case)
    jobs.tidy()
    assert [one.user_id for one in Looking.objects.all()] == [desk.mei.id]
