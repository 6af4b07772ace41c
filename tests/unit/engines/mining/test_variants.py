"""Which ways cases take."""

from collections.abc import Callable

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.unit.engines.mining import build

from servewell.engines import mining

StepsOf = Callable[..., mining.Steps]


def test_it_works(steps_of: StepsOf) -> None:
    """Cases with the same steps in the same order are one variant; the frequent ones come first."""
    found = mining.variants(steps_of("1 A 0", "1 B 1", "2 A 9", "2 B 12", "3 B 0", "3 A 7"))
    assert (found.total, found.cases) == (2, 3)
    assert [(one.steps, one.cases, one.median_s) for one in found.items] == [
        (("A", "B"), 2, 120.0),
        (("B", "A"), 1, 420.0),
    ]


def test_a_limit_cuts_the_list_and_not_the_total(steps_of: StepsOf) -> None:
    """Ten ways stay ten, however few are shown."""
    found = mining.variants(steps_of(*(f"{n} step{n} 0" for n in range(10))), limit=3)
    assert (found.total, len(found.items)) == (10, 3)


def test_the_same_way_has_the_same_key_in_every_log(steps_of: StepsOf) -> None:
    """A key in an address still leads there when further activities have come into the log."""
    (alone,) = mining.variants(steps_of("1 Ask 0", "1 Close 1")).items
    more = mining.variants(steps_of("9 Aardvark 0", "9 Before 1", "1 Ask 0", "1 Close 5", "2 Aardvark 0")).items
    assert alone.key in {one.key for one in more if one.steps == ("Ask", "Close")}


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ways=st.sets(st.lists(st.sampled_from("ABC"), min_size=1, max_size=7).map(tuple), min_size=1, max_size=60))
def test_no_two_ways_are_taken_for_one(connection: mining.Connection, ways: set[tuple[str, ...]]) -> None:
    """However alike (turned round, shifted, repeated), different ways count as different."""
    lines = (f"{n} {label} {place}" for n, way in enumerate(sorted(ways)) for place, label in enumerate(way))
    found = mining.variants(build.steps(connection, build.log(*lines)))
    assert found.total == len(ways)
    assert {one.steps for one in found.items} == ways
