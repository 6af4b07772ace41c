"""The page of figures."""

from collections.abc import Callable
from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.unit.engines.mining import build, reference
from tests.unit.engines.mining.reference import Row

from servewell.engines import mining

StepsOf = Callable[..., mining.Steps]

ROWS = st.builds(
    Row,
    case=st.sampled_from("abcde"),
    activity=st.sampled_from(("Ask", "Wait", "Answer", "等待", "Close")),
    time=st.builds(
        lambda s, us: build.BEGIN + timedelta(seconds=s, microseconds=us),
        st.integers(-5, 5) | st.integers(-(10**8), 10**8),
        st.sampled_from((0, 0, 1, 999_999, 250_000)),
    ),
    resource=st.sampled_from((None, "Ann", "Bob", "nan", "陈")),
)


def test_it_works(steps_of: StepsOf) -> None:
    """Two cases in, their figures out."""
    found = mining.summary(steps_of("1 Ask 0 Ann", "1 Wait 5 Ann", "1 Wait 6 Bob", "2 Ask 1", "1 Close 8 Bob"))
    assert found == {
        "events": 5,
        "cases": 2,
        "activities": 3,
        "variants": 2,
        "start_activities": {"Ask": 2},
        "end_activities": {"Ask": 1, "Close": 1},
        "edges": [
            ["Ask", "Wait", 1, 300.0, 300.0, 300.0, 300.0],
            ["Wait", "Close", 1, 120.0, 120.0, 120.0, 120.0],
            ["Wait", "Wait", 1, 60.0, 60.0, 60.0, 60.0],
        ],
        "case_duration_s": {"mean": 240.0, "median": 240.0, "p90": 432.0, "max": 480.0},
        "top_variants": [[["Ask", "Wait", "Wait", "Close"], 1], [["Ask"], 1]],
        "rework": {"Wait": [1, 1]},
        "resource_handovers": {"total": 1, "pairs": 1, "top": [["Ann", "Bob", 1]]},
    }


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(ROWS, max_size=60))
def test_it_agrees_with_plain_loops(connection: mining.Connection, rows: list[Row]) -> None:
    """Whatever the log (equal stamps, times running backwards, nobody named), loops over lists say the same."""
    found = mining.summary(build.steps(connection, rows))
    assert reference.differences(found, reference.summary(rows)) == []


def test_an_empty_log_has_no_times(steps_of: StepsOf) -> None:
    """Without a single event every count is 0 and no duration is made up."""
    assert mining.summary(steps_of()) == reference.summary([])


def test_equal_stamps_keep_the_order_of_the_file(steps_of: StepsOf) -> None:
    """Where the clock does not tell, the file does."""
    found = mining.summary(steps_of("1 C 0", "1 A 0", "1 B 0"))
    assert found["top_variants"] == [[["C", "A", "B"], 1]]


def test_times_running_backwards_are_sorted(steps_of: StepsOf) -> None:
    """A file in the wrong order gives the right way, and no negative time."""
    found = mining.summary(steps_of("1 Close 9", "1 Ask 1", "1 Answer 4"))
    assert found["top_variants"] == [[["Ask", "Answer", "Close"], 1]]
    assert [edge[3] for edge in found["edges"]] == [300.0, 180.0]


def test_fractions_of_a_second_count(steps_of: StepsOf) -> None:
    """A microsecond is a time too."""
    found = mining.summary(steps_of("1 Ask 0", "1 Answer 0.00000001666667"))
    assert found["edges"][0][3] == 1e-6


def test_a_step_without_a_resource_hands_nothing_over(steps_of: StepsOf) -> None:
    """Nobody knows whether work changed hands on the way to nobody."""
    found = mining.summary(steps_of("1 A 0", "1 B 1 Ann", "1 C 2", "1 D 3 Bob", "1 E 4 Ann"))
    assert found["resource_handovers"] == {"total": 1, "pairs": 1, "top": [["Bob", "Ann", 1]]}


def test_ten_thousand_activities(connection: mining.Connection) -> None:
    """A log that names every step anew still has a map."""
    rows = build.log(*(f"1 step{n} {n}" for n in range(10_000)))
    found = mining.summary(build.steps(connection, rows))
    assert (found["activities"], len(found["edges"]), found["variants"]) == (10_000, 9_999, 1)
