"""A token bucket in PostgreSQL: how many, how soon again, and that none is counted twice."""

import threading
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test.utils import CaptureQueriesContext

from servewell.apps.base import clock
from servewell.apps.people import jobs, limits
from servewell.apps.people.models import RateBucket


def test_it_works():
    """Three at once, then one every twenty seconds."""
    now = clock.now()
    with clock.frozen(now):
        assert [limits.take("a", per_minute=3) for _ in range(4)] == [0, 0, 0, 20]
        assert limits.take("b", per_minute=3) == 0
    with clock.frozen(now + timedelta(seconds=21)):
        assert [limits.take("a", per_minute=3) for _ in range(2)] == [0, 20]


def test_a_bucket_holds_no_more_than_its_size():
    """A quiet week is not saved up."""
    now = clock.now()
    with clock.frozen(now):
        limits.take("a", per_minute=60, burst=2)
    with clock.frozen(now + timedelta(days=7)):
        assert [limits.take("a", per_minute=60, burst=2) for _ in range(3)] == [0, 0, 1]


def test_a_clock_that_steps_back_gives_nothing_away():
    """Nor does it take."""
    now = clock.now()
    with clock.frozen(now):
        assert [limits.take("a", per_minute=2) for _ in range(2)] == [0, 0]
    with clock.frozen(now - timedelta(hours=1)):
        assert limits.take("a", per_minute=2) == 30


def test_what_is_full_again_is_forgotten():
    """The table holds only who asked within the hour."""
    with clock.frozen(clock.now() - timedelta(hours=2)):
        limits.take("a", per_minute=2)
    limits.take("b", per_minute=2)
    jobs.tidy()
    assert list(RateBucket.objects.values_list("key", flat=True)) == ["b"]


def test_sessions_that_are_over_are_forgotten():
    """The others stay."""
    for key, days in (("over", -1), ("open", 1)):
        Session.objects.create(session_key=key, session_data="", expire_date=clock.now() + timedelta(days=days))
    jobs.tidy()
    assert list(Session.objects.values_list("session_key", flat=True)) == ["open"]


def test_sixteen_at_once_get_no_more_than_there_is(transactional_db):
    """Ten tokens, sixteen takers."""
    got = []
    now = clock.now()

    def take():
        try:
            with clock.frozen(now):
                got.append(limits.take("a", per_minute=10) == 0)
        finally:
            connection.close()

    threads = [threading.Thread(target=take) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(got) == 10


def test_who_asks_often_takes_half_a_second_at_once() -> None:
    """Of six hundred a minute five; the next four cost no statement."""
    purse = limits.Purse()
    with CaptureQueriesContext(connection) as captured:
        assert [purse.take("key", lambda: 600.0) for _ in range(5)] == [0] * 5
    assert len(captured) == 1
    assert 594.9 < RateBucket.objects.get().tokens < 596


def test_what_several_processes_allow_together_is_what_the_bucket_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    """To the last token, also when less than half a second's are left."""
    monkeypatch.setattr(limits.time, "monotonic", lambda: 0.0)
    purses = [limits.Purse() for _ in range(3)]
    with clock.frozen(clock.now()):
        allowed = sum(purse.take("key", lambda: 304.0) == 0 for _ in range(120) for purse in purses)
    assert allowed == 304


def test_what_was_taken_ahead_is_lost_after_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a limit that was lowered counts."""
    purse, now = limits.Purse(), [0.0]
    monkeypatch.setattr(limits.time, "monotonic", lambda: now[0])
    asked: list[float] = []
    for _ in range(2):
        purse.take("key", lambda: asked.append(1.0) or 600.0)  # type: ignore[func-returns-value]
        now[0] += 1.5
    assert len(asked) == 2


def test_what_two_threads_took_ahead_at_once_is_there_to_be_spent() -> None:
    """Both found nothing left: the second adds to what the first has put there."""
    purse = limits.Purse()
    purse._put("key", 4)
    purse._put("key", 4)
    assert [purse._spends("key") for _ in range(9)] == [True] * 8 + [False]
