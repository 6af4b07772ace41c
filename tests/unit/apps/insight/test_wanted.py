"""Filters as addresses carry them."""

from datetime import UTC, datetime
from typing import Any

import pytest

from servewell.apps.insight.errors import BadFilter
from servewell.apps.insight.wanted import FilterQuery
from servewell.engines.mining import Filter


def query(**values: Any) -> FilterQuery:
    return FilterQuery.model_validate(values)


def test_it_works() -> None:
    """Every parameter reaches the engine."""
    found = query(
        **{"from": "2026-03-01T00:00:00Z", "to": "2026-03-02", "with": ["a", "a"], "without": ["b"]},
        path=["a\u001fb"],
        repeated=["c"],
        handover=["x\u001fy"],
        variant="00ff",
        min_s=1,
        max_s=2.5,
    ).as_filter()
    assert found == Filter(
        since=datetime(2026, 3, 1, tzinfo=UTC),
        until=datetime(2026, 3, 2, tzinfo=UTC),
        having=("a",),
        without=("b",),
        paths=(("a", "b"),),
        repeated=("c",),
        handovers=(("x", "y"),),
        variant="00ff",
        min_s=1.0,
        max_s=2.5,
    )


def test_no_parameter_is_no_condition() -> None:
    assert query().as_filter() == Filter()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("from", "yesterday"),  # not a time
        ("path", ["ab"]),  # one end only
        ("path", ["a\u001fb\u001fc"]),  # three ends
        ("handover", ["x"]),
        ("min_s", float("nan")),  # compares with nothing
        ("with", [str(n) for n in range(51)]),  # more than anybody clicks together
    ],
)
def test_what_cannot_be_understood_is_named(name: str, value: Any) -> None:
    with pytest.raises(BadFilter) as refused:
        query(**{name: value}).as_filter()
    assert refused.value.values["name"] == name
    assert name in refused.value.sentence("en")
