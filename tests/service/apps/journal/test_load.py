"""How does history get in?"""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import transaction
from tests import build
from tests.together import at_once

from servewell.apps.journal import actions, queries
from servewell.apps.journal.actions import load, record
from servewell.apps.journal.errors import EventRefused
from servewell.apps.journal.events import Actor, Event
from servewell.apps.journal.models import Case
from servewell.apps.journal.models import Event as Row


def test_it_works() -> None:
    """Both times are kept, numbers follow the given order, in every month there is."""
    case, agent = uuid4(), uuid4()
    march = build.NOON
    history = [
        build.history("conversation.opened", march, conversation=case),
        build.history(
            "conversation.replied",
            march + timedelta(days=40),
            conversation=case,
            actor=Actor("agent", agent),
            channel="wechat",
            attributes={"message": agent, "suggested": False},
            recorded_at=march + timedelta(days=41),
        ),
        build.history("flow.element", march, flow="refund", version=2, element="Task_1", amount=100),
    ]
    assert load(history) == 3
    first, second = queries.of_conversation(case)
    assert (first.seq, second.seq) == (1, 2)
    assert (second.occurred_at, second.recorded_at) == (march + timedelta(days=40), march + timedelta(days=41))
    assert (second.actor, second.channel) == (agent, "wechat")
    assert second.attributes == {"message": str(agent), "suggested": False}


def test_what_is_recorded_later_goes_on_counting() -> None:
    case = uuid4()
    load([build.history(conversation=case) for _ in range(3)])
    assert record(build.event("conversation.closed", case)).seq == 4
    load([build.history("conversation.reopened", conversation=case)])
    assert list(queries.of_conversation(case).values_list("seq", flat=True)) == [1, 2, 3, 4, 5]


def test_a_conversation_that_crosses_batches_is_numbered_through(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "_BATCH", 4)
    cases = [uuid4() for _ in range(3)]
    assert load(build.history(conversation=cases[n % 3]) for n in range(22)) == 22
    for n, case in enumerate(cases):
        expected = len(range(n, 22, 3))
        assert list(queries.of_conversation(case).values_list("seq", flat=True)) == list(range(1, expected + 1))


def test_all_comes_in_or_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "_BATCH", 2)
    with pytest.raises(EventRefused):
        load([*(build.history() for _ in range(5)), build.history("conversation.invented")])
    assert not Row.objects.exists()
    assert not Case.objects.exists()


def test_history_has_both_times() -> None:
    with pytest.raises(ValueError, match="both times"):
        load([build.event(occurred_at=build.NOON)])


def test_events_without_a_conversation_come_in_too() -> None:
    at = datetime(2020, 1, 1, tzinfo=UTC)
    assert load([Event("base.setting_changed", occurred_at=at, recorded_at=at)]) == 1
    assert Row.objects.get().seq is None


def test_two_loads_of_the_same_conversations_do_not_wait_for_each_other_in_a_ring(transactional_db: None) -> None:
    cases = [uuid4() for _ in range(200)]

    def work(number: int) -> int:
        ordered = cases if number % 2 else cases[::-1]
        return load(build.history(conversation=case) for case in ordered)

    assert at_once(6, work) == [200] * 6
    assert all(last == 6 for last in Case.objects.values_list("last_seq", flat=True))


def test_loading_beside_recording_keeps_the_order_total(transactional_db: None) -> None:
    case = uuid4()

    def work(number: int) -> None:
        for _ in range(5):
            if number % 2:
                load([build.history(conversation=case) for _ in range(10)])
            else:
                with transaction.atomic():
                    record(build.event("conversation.replied", case))

    assert at_once(8, work) == [None] * 8
    numbers = list(queries.of_conversation(case).values_list("seq", flat=True))
    assert numbers == list(range(1, 4 * 5 * 10 + 4 * 5 + 1))


def test_nothing_loads_nothing() -> None:
    assert load([]) == 0
