"""How long is waited after a failure?"""

from collections.abc import Callable
from datetime import timedelta

import pytest

from servewell.apps.base import outbox, timers, waiting


@pytest.mark.parametrize(
    ("wait_after", "first", "longest"),
    [(outbox.wait_after, 5, 4 * 3600), (timers.wait_after, 2, 3600)],
    ids=["outbox", "timers"],
)
def test_it_doubles_up_to_a_limit_less_up_to_half_by_lot(
    wait_after: Callable[..., timedelta], first: float, longest: float
) -> None:
    assert [wait_after(n, draw=lambda: 0.0).total_seconds() for n in (1, 2, 3)] == [first, first * 2, first * 4]
    assert wait_after(3, draw=lambda: 1.0).total_seconds() == first * 2
    assert wait_after(10**6, draw=lambda: 0.0).total_seconds() == longest


def test_any_number_of_failures_has_its_wait() -> None:
    """Also more than a float can double."""
    assert [waiting.doubled(0.5, times, 30) for times in (0, 1, 5, 6, 1024, 10**6)] == [0.5, 1, 16, 30, 30, 30]


def test_a_call_that_keeps_failing_is_tried_for_about_a_day() -> None:
    """In the mean, and at most."""
    for lot in (0.5, 0.0):
        waits = [outbox.wait_after(n, draw=lambda lot=lot: lot) for n in range(1, outbox.MOST_ATTEMPTS)]  # type: ignore[misc]
        assert timedelta(hours=20) < sum(waits, timedelta()) < timedelta(hours=30)
