"""Do timers do what a dictionary of due moments would, whatever is done to them?"""

from collections import Counter
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests import build

from servewell.apps.base import clock, timers
from servewell.apps.base.timers import FiredTimer

SUBJECTS = st.integers(0, 3)
STEPS = st.one_of(
    st.tuples(st.just("set"), SUBJECTS, st.integers(-5, 30)),  # seconds from now
    st.tuples(st.just("set_and_undo"), SUBJECTS, st.integers(-5, 30)),
    st.tuples(st.just("cancel"), SUBJECTS, st.just(0)),
    st.tuples(st.just("wait"), st.just(0), st.integers(0, 20)),
    st.tuples(st.just("run"), st.just(0), st.integers(1, 4)),  # at most so many
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(STEPS, max_size=30))
def test_it_works(db: None, steps: list[tuple[str, int, int]]) -> None:
    """Each timer that was set and neither moved nor cancelled before its moment fires once, earliest first."""
    with build.rolled_back(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(timers, "_handlers", {})
        fired: list[FiredTimer] = []
        timers.handler("model")(fired.append)
        model: dict[int, Any] = {}
        now, expected = build.NOON, Counter[tuple[int, Any]]()
        for what, subject, number in [*steps, ("wait", 0, 60), ("run", 0, 100)]:
            with clock.frozen(now):
                match what:
                    case "set":
                        model[subject] = now + timedelta(seconds=number)
                        timers.set("model", UUID(int=subject), model[subject])
                    case "set_and_undo":
                        with build.rolled_back():
                            timers.set("model", UUID(int=subject), now + timedelta(seconds=number))
                    case "cancel":
                        assert timers.cancel("model", UUID(int=subject)) == (model.pop(subject, None) is not None)
                    case "wait":
                        now += timedelta(seconds=number)
                    case "run":
                        before = len(fired)
                        due = sorted((at, key) for key, at in model.items() if at <= now)
                        assert timers.run_due(number) == min(number, len(due))
                        moments = [timer.due_at for timer in fired[before:]]
                        assert moments == [at for at, _ in due[:number]]
                        for timer in fired[before:]:
                            expected[timer.subject.int, model.pop(timer.subject.int)] += 1
        assert Counter((timer.subject.int, timer.due_at) for timer in fired) == expected
        assert model == {}
