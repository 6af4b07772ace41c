"""Does the guide's example tell our calls from others?"""

import re
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from servewell.apps.base import signing

GUIDE = Path(__file__).parents[4] / "docs/guide"
EXAMPLE = re.compile(r"```python\n(.*?)```", re.DOTALL)


def example(language: str) -> str:
    (code,) = EXAMPLE.findall((GUIDE / language / "webhooks.md").read_text(encoding="utf-8"))
    return str(code)


@pytest.fixture(params=["en", "zh"])
def is_ours(request: pytest.FixtureRequest) -> Callable[..., bool]:
    named: dict[str, Any] = {}
    exec(example(request.param), named)  # noqa: S102 - our own guide
    check: Callable[..., bool] = named["is_from_servewell"]
    return check


def test_it_works(is_ours: Callable[..., bool]) -> None:
    old, new = signing.fresh_secret(), signing.fresh_secret()
    headers = signing.headers("01a2", datetime.now(UTC), '{"type": "您好"}'.encode(), [new, old])
    for secret in (old, new):
        assert is_ours(headers, '{"type": "您好"}'.encode(), secret)


def test_others_calls_are_told(is_ours: Callable[..., bool]) -> None:
    secret, now = signing.fresh_secret(), datetime.now(UTC)
    headers = signing.headers("01a2", now, b"{}", [secret])
    assert not is_ours(headers, b"{ }", secret)
    assert not is_ours(headers, b"{}", signing.fresh_secret())
    assert not is_ours({**headers, "webhook-id": "01a3"}, b"{}", secret)
    past = datetime.fromtimestamp(time.time() - 301, UTC)
    assert not is_ours(signing.headers("01a2", past, b"{}", [secret]), b"{}", secret)


@pytest.mark.parametrize(
    "changed",
    [
        {"webhook-signature": "v1,签名"},
        {"webhook-signature": "\ud800"},
        {"webhook-id": "\ud800"},
        {"webhook-timestamp": "soon"},
        {"webhook-timestamp": "9" * 400},
        {"webhook-timestamp": "9" * 5000},
    ],
)
def test_what_is_malformed_is_no_call_of_ours(is_ours: Callable[..., bool], changed: dict[str, str]) -> None:
    secret = signing.fresh_secret()
    headers = signing.headers("01a2", datetime.now(UTC), b"{}", [secret])
    assert is_ours({**headers, **changed}, b"{}", secret) is False
    assert is_ours({}, b"{}", secret) is False


def test_both_guides_show_the_same() -> None:
    assert example("en") == example("zh")
