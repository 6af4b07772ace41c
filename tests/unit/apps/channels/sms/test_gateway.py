"""What does a gateway say?"""

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servewell.apps.channels.sms import gateway


def test_it_works() -> None:
    """A call is a JSON object or a form."""
    assert gateway.read('{"from": "+8613800138000", "text": "在吗"}'.encode()) == {
        "from": "+8613800138000",
        "text": "在吗",
    }
    assert gateway.read(b"from=%2B8613800138000&text=%E5%9C%A8%E5%90%97") == {"from": "+8613800138000", "text": "在吗"}


def test_what_is_no_text_becomes_one() -> None:
    """Numbers are ids; what is null was not said."""
    assert gateway.read(b'{"id": 17, "text": null, "ok": true}') == {"id": "17", "ok": "true"}


@pytest.mark.parametrize("body", [b"", b"[1]", b'{"a"', b"just words", b"\xff\xfe\x00"])
def test_anything_else_is_refused(body: bytes) -> None:
    with pytest.raises(gateway.Unreadable):
        gateway.read(body)


@given(st.binary(max_size=300))
def test_no_bytes_break_it(body: bytes) -> None:
    with suppress(gateway.Unreadable):
        assert all(isinstance(value, str) for value in gateway.read(body).values())


@pytest.mark.parametrize(
    ("said", "path", "expected"),
    [
        ({"id": "m1"}, "id", "m1"),
        ({"data": [{"id": 7}]}, "data.0.id", "7"),
        ({"data": []}, "data.0.id", ""),
        ({"id": None}, "id", ""),
        ({"id": {"a": 1}}, "id", ""),
        ({"id": True}, "id", ""),
        ("m1", "", "m1"),
        ([], "9999999", ""),
    ],
)
def test_an_id_stands_at_a_path(said: object, path: str, expected: str) -> None:
    assert gateway.found(json.dumps(said).encode(), path) == expected


def test_an_answer_that_is_no_json_has_no_id() -> None:
    assert gateway.found(b"OK 17", "id") == ""
