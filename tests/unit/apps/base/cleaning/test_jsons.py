"""Can this JSON be stored?"""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servewell.apps.base import cleaning
from servewell.apps.base.errors import JsonUnfit

LEAVES = st.none() | st.booleans() | st.integers(-(2**63) + 1, 2**63 - 1) | st.floats(allow_nan=False) | st.text()


def test_it_works() -> None:
    given_ = {"na\x00me": ["a\ud800", 1, 2.5, None, True]}
    assert cleaning.jsonable(given_) == {"name": ["a\ufffd", 1, 2.5, None, True]}


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf"), 2**63, -(2**63)])
def test_a_number_that_the_database_cannot_keep_is_refused(value: float) -> None:
    with pytest.raises(JsonUnfit) as refusal:
        cleaning.jsonable({"a": [value]})
    assert refusal.value.values == {"reason": "number"}


def test_a_nest_that_is_too_deep_is_refused() -> None:
    nest: Any = 1
    for _ in range(50):
        nest = [nest]
    assert cleaning.jsonable(nest) == nest
    with pytest.raises(JsonUnfit):
        cleaning.jsonable([nest])


@given(
    st.recursive(
        LEAVES.filter(lambda leaf: leaf not in (float("inf"), -float("inf"))),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=20,
    )
)
def test_only_texts_change_and_all_can_be_written(value: Any) -> None:
    clean = cleaning.jsonable(value)
    json.dumps(clean, ensure_ascii=False).encode()
    assert cleaning.jsonable(clean) == clean
    assert "\\u0000" not in json.dumps(clean)
