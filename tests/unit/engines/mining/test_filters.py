"""Which cases a filter leaves."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from tests.unit.engines.mining import build

from servewell.engines import mining
from servewell.engines.mining import Filter

StepsOf = Callable[..., mining.Steps]

LOG = (
    "1 Ask 0 Ann",  # 1: Ask, Wait, Close in 60 minutes
    "1 Wait 10 Ann",
    "1 Close 60 Bob",
    "2 Ask 5 Ann",  # 2: Ask, Close in 5 minutes
    "2 Close 10 Ann",
    "3 Call 120",  # 3: Call at ten o'clock, and nothing else
    "4 Ask 130 Bob",  # 4: as 1, in 20 minutes
    "4 Wait 140 Bob",
    "4 Close 150 Ann",
)


def left(steps: mining.Steps) -> str:
    return "".join(sorted(case.case for case in mining.list_cases(steps).items))


def test_it_works(steps_of: StepsOf) -> None:
    """What is left is a log again: every figure is that of its cases alone."""
    found = mining.summary(mining.apply(steps_of(*LOG), Filter(having=("Wait",))))
    alone = mining.summary(steps_of(*(line for line in LOG if line[0] in "14")))
    assert found == alone


@pytest.mark.parametrize(
    ("wanted", "cases"),
    [
        (Filter(), "1234"),  # nothing asked
        (Filter(having=("Ask", "Wait")), "14"),  # all of several labels
        (Filter(having=("Nothing",)), ""),  # a label nobody has
        (Filter(without=("Wait",)), "23"),
        (Filter(without=("Nothing",)), "1234"),  # is lacked by all
        (Filter(without=("Ask", "Call")), ""),  # none of several
        (Filter(paths=(("Ask", "Close"),)), "2"),  # directly after, not just later
        (Filter(paths=(("Ask", "Wait"), ("Wait", "Close"))), "14"),
        (Filter(paths=(("Close", "Ask"),)), ""),  # the other way round
        (Filter(paths=(("Ask", "Nothing"),)), ""),
        (Filter(since=build.BEGIN + timedelta(minutes=5)), "234"),  # the bound belongs to it
        (Filter(until=build.BEGIN + timedelta(minutes=5)), "1"),  # the bound does not
        (Filter(since=build.BEGIN + timedelta(minutes=5), until=build.BEGIN + timedelta(minutes=121)), "23"),
        (Filter(min_s=1_200), "14"),  # 20 minutes, to the second
        (Filter(max_s=300), "23"),
        (Filter(min_s=1, max_s=1_200), "24"),
        (Filter(repeated=("Ask",)), ""),  # once is not again
        (Filter(handovers=(("Ann", "Bob"),)), "1"),  # directly, in this direction
        (Filter(handovers=(("Ann", "Nobody"),)), ""),
        (Filter(variant="0" * 16), ""),  # a key nobody has
        (Filter(variant="no key"), ""),  # no key at all
        (Filter(having=("Ask",), without=("Wait",), max_s=1_000), "2"),  # all together
    ],
)
def test_conditions_hold_for_whole_cases(steps_of: StepsOf, wanted: Filter, cases: str) -> None:
    """A case stays with all its steps, or goes."""
    assert left(mining.apply(steps_of(*LOG), wanted)) == cases


def test_a_variant_is_found_by_its_key(steps_of: StepsOf) -> None:
    """Each key of the list of variants leads to exactly its cases."""
    steps = steps_of(*LOG)
    found = {one.steps: left(mining.apply(steps, Filter(variant=one.key))) for one in mining.variants(steps).items}
    assert found == {("Ask", "Wait", "Close"): "14", ("Ask", "Close"): "2", ("Call",): "3"}


def test_what_is_done_again_can_be_asked_for(steps_of: StepsOf) -> None:
    """Twice in one case, not once in each of two."""
    steps = steps_of("1 Ask 0", "1 Ask 1", "2 Ask 0", "3 Ask 0", "3 Wait 1", "3 Ask 2", "3 Wait 3")
    assert left(mining.apply(steps, Filter(repeated=("Ask",)))) == "13"
    assert left(mining.apply(steps, Filter(repeated=("Ask", "Wait")))) == "3"


def test_a_filter_narrows_another(steps_of: StepsOf) -> None:
    """What a filter left can be filtered again."""
    waited = mining.apply(steps_of(*LOG), Filter(having=("Wait",)))
    assert left(mining.apply(waited, Filter(max_s=1_200))) == "4"
