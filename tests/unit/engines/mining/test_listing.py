"""The cases behind a figure."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from tests.unit.engines.mining import build

from servewell.engines import mining
from servewell.engines.mining import Event

StepsOf = Callable[..., mining.Steps]

LOG = (
    "a Ask 0 Ann",
    "a Wait 10",
    "a Ask 15 Bob",
    "a Wait 45",
    "b Ask 3",
    "b Close 4",
    "c Call 1",
    "d Ask 2",
    "d Wait 22",
)


def test_it_works(steps_of: StepsOf) -> None:
    """All cases, the longest first."""
    found = mining.list_cases(steps_of(*LOG))
    assert [(case.case, case.duration_s, case.steps) for case in found.items] == [
        ("a", 2_700.0, 4),
        ("d", 1_200.0, 2),
        ("b", 60.0, 2),
        ("c", 0.0, 1),
    ]
    assert (found.total, found.after) == (4, None)
    assert found.items[1].start == build.BEGIN + timedelta(minutes=2)
    assert found.items[1].end == build.BEGIN + timedelta(minutes=22)


@pytest.mark.parametrize(
    ("sort", "order"), [("duration", "cbda"), ("-duration", "adbc"), ("start", "acdb"), ("-start", "bdca")]
)
def test_they_can_be_sorted(steps_of: StepsOf, sort: str, order: str) -> None:
    """By duration or start, either way."""
    assert "".join(case.case for case in mining.list_cases(steps_of(*LOG), sort=sort).items) == order  # type: ignore[arg-type]


@pytest.mark.parametrize("sort", ["duration", "-duration", "start", "-start", "focus", "-focus"])
def test_pages_hold_every_case_once(steps_of: StepsOf, sort: str) -> None:
    """Ties do not fall between two pages."""
    steps = steps_of(*(f"case{n} Ask {n % 3}" for n in range(10)), *(f"case{n} Close {5 + n % 3}" for n in range(10)))
    seen, after = [], None
    for _ in range(4):
        page = mining.list_cases(steps, activity="Close", sort=sort, after=after, limit=3)  # type: ignore[arg-type]
        seen += [case.case for case in page.items]
        after = page.after
        assert page.total == 10
    assert after is None
    assert sorted(seen) == sorted(f"case{n}" for n in range(10))


def test_an_activity_brings_the_time_on_the_way_to_it(steps_of: StepsOf) -> None:
    """In all, if a case does it more than once; a first step has none."""
    steps = steps_of(*LOG)
    waits = mining.list_cases(steps, activity="Wait", sort="-focus").items
    assert [(case.case, case.focus_s) for case in waits] == [("a", 2_400.0), ("d", 1_200.0)]
    assert [(case.case, case.focus_s) for case in mining.list_cases(steps, activity="Call").items] == [("c", None)]


def test_an_edge_brings_its_cases_and_its_time(steps_of: StepsOf) -> None:
    """Only those where the one follows directly on the other."""
    found = mining.list_cases(steps_of(*LOG), edge=("Wait", "Ask"))
    assert [(case.case, case.focus_s) for case in found.items] == [("a", 300.0)]


def test_what_nobody_does_has_no_cases(steps_of: StepsOf) -> None:
    """An unknown label is an empty list, not an error."""
    assert mining.list_cases(steps_of(*LOG), activity="Sleep") == mining.CasePage(0, (), None)


def test_a_case_tells_its_time_line(steps_of: StepsOf) -> None:
    """Each step with its time, the seconds since the one before, and who did it."""
    begin = build.BEGIN
    assert mining.case_events(steps_of(*LOG), "a") == (
        Event("Ask", begin, None, "Ann"),
        Event("Wait", begin + timedelta(minutes=10), 600.0, None),
        Event("Ask", begin + timedelta(minutes=15), 300.0, "Bob"),
        Event("Wait", begin + timedelta(minutes=45), 1_800.0, None),
    )


def test_an_unknown_case_has_no_events(steps_of: StepsOf) -> None:
    """Nothing, and no error."""
    assert mining.case_events(steps_of(*LOG), "z") == ()
