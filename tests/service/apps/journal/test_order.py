"""Is the order within a conversation total, whatever happens at the same time?"""

import random
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests import build
from tests.together import at_once, heard

from servewell.apps.base import direct, outbox, timers
from servewell.apps.base.models import Outgoing, Timer
from servewell.apps.journal.actions import record
from servewell.apps.journal.models import Case, Event

WRITERS = 16


@pytest.mark.usefixtures("transactional_db")
class TestSixteenWriters:
    """Many write to the same conversations at once; some fail and are rolled back."""

    def write(self, cases: list[UUID], times: int) -> list[Any]:
        def work(number: int) -> list[tuple[UUID, int]]:
            lot = random.Random(number)
            done = []
            for _ in range(times):
                case = lot.choice(cases)
                with build.rolled_back() if lot.random() < 0.3 else transaction.atomic():
                    recorded = record(build.event("conversation.replied", case))
                    if lot.random() < 0.3:
                        record(build.event("conversation.closed", case))
                done.append((case, recorded.seq or 0))
            return done

        return at_once(WRITERS, work)

    def test_numbers_have_no_gap_and_no_double(self) -> None:
        cases = [uuid4() for _ in range(3)]
        assert all(isinstance(done, list) for done in self.write(cases, 12))
        for case in cases:
            found = numbers(case)
            assert found == list(range(1, len(found) + 1))
            assert Case.objects.get(conversation=case).last_seq == len(found)

    def test_a_higher_number_was_never_recorded_earlier(self) -> None:
        case = uuid4()
        self.write([case], 8)
        rows = list(Event.objects.filter(conversation=case).order_by("seq"))
        assert len(rows) > WRITERS
        assert [row.recorded_at for row in rows] == sorted(row.recorded_at for row in rows)

    def test_a_higher_number_never_commits_first(self) -> None:
        """Who reads a conversation at any moment sees the numbers 1 to n: nothing appears later in between."""
        case, seen = uuid4(), []

        def work(number: int) -> None:
            if number == 0:
                seen.extend(numbers(case) for _ in range(60))
                return
            for _ in range(5):
                with transaction.atomic():
                    record(build.event("conversation.replied", case))

        assert at_once(WRITERS, work) == [None] * WRITERS
        assert all(look == list(range(1, len(look) + 1)) for look in seen)


@pytest.mark.usefixtures("transactional_db")
class TestRolledBack:
    """A change that was rolled back leaves nothing."""

    def leave(self) -> dict[str, int]:
        return {
            "events": Event.objects.count(),
            "counters": Case.objects.count(),
            "calls": Outgoing.objects.count(),
            "timers": Timer.objects.count(),
        }

    def test_no_row_no_counter_no_call_no_timer_no_job(self) -> None:
        from procrastinate.contrib.django.models import ProcrastinateJob

        from servewell.apps.journal.jobs import maintain_hourly

        before = ProcrastinateJob.objects.count()
        with build.rolled_back():
            record(build.event())
            outbox.put("test", {})
            timers.set("test", uuid4(), build.NOON)
            maintain_hourly.defer(timestamp=0)
            assert set(self.leave().values()) == {1}
            assert ProcrastinateJob.objects.count() == before + 1
        assert set(self.leave().values()) == {0}
        assert ProcrastinateJob.objects.count() == before

    def test_no_notification(self) -> None:
        with direct.connect() as listener:
            listener.execute("listen servewell_journal")
            with build.rolled_back():
                record(build.event())
            with transaction.atomic():
                kept = record(build.event())
            assert [message[0]["id"] for message in heard(listener, "servewell_journal")] == [str(kept.id)]

    def test_the_next_event_takes_the_number(self) -> None:
        case = uuid4()
        with build.rolled_back():
            record(build.event(conversation=case))
        with transaction.atomic():
            assert record(build.event(conversation=case)).seq == 1

    def test_a_savepoint_that_was_rolled_back_takes_its_number_back(self) -> None:
        case = uuid4()
        with transaction.atomic():
            record(build.event(conversation=case))
            with build.rolled_back():
                record(build.event("conversation.replied", case))
            assert record(build.event("conversation.closed", case)).seq == 2


def numbers(case: UUID) -> list[int | None]:
    return list(Event.objects.filter(conversation=case).order_by("seq").values_list("seq", flat=True))


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 2), st.booleans()), max_size=25))
def test_any_mixture_of_kept_and_undone_events_is_numbered_without_gaps(
    db: None, steps: list[tuple[int, bool]]
) -> None:
    cases = [uuid4() for _ in range(3)]
    kept = [0, 0, 0]
    for which, keep in steps:
        with transaction.atomic() if keep else build.rolled_back():
            kept[which] += keep
            assert record(build.event("conversation.replied", cases[which])).seq == kept[which] + (not keep)
    for case, count in zip(cases, kept, strict=True):
        assert numbers(case) == list(range(1, count + 1))
    assert connection.in_atomic_block
