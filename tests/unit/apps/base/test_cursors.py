"""Where does the next page start?"""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import pytest
from django.core import signing
from hypothesis import given
from hypothesis import strategies as st

from servewell.apps.base import cursors
from servewell.apps.base.errors import BadCursor

VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False),
    st.text(max_size=50),
    st.uuids(),
    st.datetimes(timezones=st.just(UTC)),
)


def test_it_works() -> None:
    values = (datetime(2026, 3, 10, 12, 0, 0, 1, tzinfo=UTC), UUID(int=5), "退款", 3, 1.5, None, True)
    assert cursors.decode(cursors.encode(values, "a"), "a") == values


@given(st.lists(VALUES, max_size=5).map(tuple))
def test_what_went_in_comes_out(values: tuple[Any, ...]) -> None:
    assert cursors.decode(cursors.encode(values, "a"), "a") == values


def test_a_moment_keeps_its_instant() -> None:
    shanghai = datetime(2026, 3, 10, 20, tzinfo=timezone(timedelta(hours=8)))
    assert cursors.decode(cursors.encode((shanghai,), "a"), "a") == (shanghai,)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "abc",
        "a:b:c",
        "\u0000",
        "é" * 10,
        "x" * 100_000,
    ],
)
def test_what_we_did_not_make_is_refused(text: str) -> None:
    with pytest.raises(BadCursor):
        cursors.decode(text, "a")


def test_what_was_cut_or_altered_is_refused() -> None:
    good = cursors.encode((1,), "a")
    other_purpose = signing.dumps([1], salt="something else")  # signed by us, but no cursor
    for text in (good[:-1], good[:-1] + "!", good.replace(":", ";"), other_purpose):
        with pytest.raises(BadCursor):
            cursors.decode(text, "a")


def test_a_value_of_another_kind_is_a_fault_of_ours() -> None:
    with pytest.raises(TypeError, match="cannot carry"):
        cursors.encode(([1],), "a")


def test_a_cursor_of_another_list_is_refused() -> None:
    with pytest.raises(BadCursor):
        cursors.decode(cursors.encode((1,), "one"), "another")
