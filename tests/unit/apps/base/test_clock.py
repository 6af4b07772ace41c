"""What does the clock say?"""

import threading
from datetime import UTC, datetime, timedelta, timezone

import pytest

from servewell.apps.base import clock


def test_it_works() -> None:
    """It says now, in UTC."""
    before = datetime.now(UTC)
    assert before <= clock.now() <= datetime.now(UTC)
    assert clock.now().tzinfo is UTC


def test_a_frozen_clock_stands_still_and_then_goes_on() -> None:
    moment = datetime(2026, 3, 10, 20, tzinfo=timezone(timedelta(hours=8)))
    with clock.frozen(moment):
        assert clock.now() == clock.now() == datetime(2026, 3, 10, 12, tzinfo=UTC)
        assert clock.now().tzinfo is UTC
    assert clock.now() != moment


def test_it_is_frozen_for_its_own_thread_only() -> None:
    said: list[datetime] = []
    with clock.frozen(datetime(2000, 1, 1, tzinfo=UTC)):
        thread = threading.Thread(target=lambda: said.append(clock.now()))
        thread.start()
        thread.join()
    assert said[0].year > 2000


def test_it_goes_on_after_a_failure() -> None:
    with pytest.raises(LookupError), clock.frozen(datetime(2000, 1, 1, tzinfo=UTC)):
        raise LookupError
    assert clock.now().year > 2000


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"), clock.frozen(datetime(2026, 1, 1)):  # noqa: DTZ001 - the point
        pass
