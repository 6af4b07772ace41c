"""In how many parts does a text travel?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servewell.apps.channels.sms import parts


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", 0),
        ("Hello", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),  # two septets each
        ("€" * 81, 2),
        ("a" * 152 + "€" + "a" * 10, 2),  # the euro's two septets are not parted
        ("您" * 70, 1),
        ("您" * 71, 2),
        ("您" * 134, 2),
        ("您" * 135, 3),
        ("a" * 69 + "您", 1),  # one character of another script, and all count so
        ("a" * 70 + "您", 2),
        ("😀" * 35, 1),  # two units each
        ("😀" * 36, 2),
        ("😀" * 67, 3),  # 33 to a part: none is parted
        ("`", 1),  # not of the basic alphabet
    ],
)
def test_it_works(text: str, expected: int) -> None:
    assert parts.count(text) == expected


@given(st.text(max_size=400), st.text(max_size=50))
def test_more_text_never_takes_fewer_parts(text: str, more: str) -> None:
    assert parts.count(text) <= parts.count(text + more)
