"""How do open screens learn what is not stored?"""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.db import transaction
from tests import build
from tests.together import heard

from servewell.apps.base import direct, live


@pytest.fixture
def listener(transactional_db: None) -> Iterator[psycopg.Connection[Any]]:
    with direct.connect() as connection:
        connection.execute(f"listen {live.CHANNEL}")
        yield connection


def test_it_works(listener: psycopg.Connection[Any]) -> None:
    live.notify("typing", {"conversation": "c1", "谁": "a"})
    assert heard(listener, live.CHANNEL) == [{"event": "typing", "data": {"conversation": "c1", "谁": "a"}}]


def test_it_is_sent_when_the_transaction_commits(listener: psycopg.Connection[Any]) -> None:
    with transaction.atomic():
        live.notify("log", {"done": 0.5})
        assert heard(listener, live.CHANNEL) == []
    assert len(heard(listener, live.CHANNEL)) == 1


def test_what_was_rolled_back_is_not_sent(listener: psycopg.Connection[Any]) -> None:
    with build.rolled_back():
        live.notify("log", {})
    assert heard(listener, live.CHANNEL) == []


def test_what_does_not_fit_is_refused(listener: psycopg.Connection[Any]) -> None:
    live.notify("x", {"text": "a" * 7800})
    with pytest.raises(ValueError, match="does not fit"):
        live.notify("x", {"text": "a" * 8000})
    with pytest.raises(ValueError, match="does not fit"):
        live.notify("x", {"text": "单" * 1500})  # six bytes each, escaped
