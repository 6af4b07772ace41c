"""What do the processes that listen hear?"""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from django.db import transaction
from tests import build
from tests.together import heard

from servewell.apps.base import direct
from servewell.apps.journal import queries
from servewell.apps.journal.actions import load, record
from servewell.apps.journal.events import Event
from servewell.apps.journal.models import Event as Row


@pytest.fixture
def listener(transactional_db: None) -> Iterator[psycopg.Connection[Any]]:
    with direct.connect() as connection:
        connection.execute("listen servewell_journal")
        yield connection


def test_it_works(listener: psycopg.Connection[Any]) -> None:
    """One statement, one message, that says all a screen needs."""
    case, team = uuid4(), uuid4()
    at = datetime(2026, 3, 10, 20, 0, 0, 123456, tzinfo=UTC)
    with transaction.atomic():
        recorded = record(build.event(conversation=case, team=team, occurred_at=at))
    assert heard(listener, "servewell_journal") == [
        [
            {
                "id": str(recorded.id),
                "seq": 1,
                "conversation": str(case),
                "team": str(team),
                "activity": "conversation.opened",
                "occurred_at": "2026-03-10T20:00:00.123456Z",
            }
        ]
    ]


def test_the_message_is_what_a_reader_would_make_of_the_row(listener: psycopg.Connection[Any]) -> None:
    with transaction.atomic():
        first = record(build.event("flow.element", flow="refund", version=1, element="Task_1"))
        second = record(Event("base.setting_changed"))
    assert [message[0] for message in heard(listener, "servewell_journal")] == [
        queries.as_message(Row.objects.get(id=first.id)),
        queries.as_message(Row.objects.get(id=second.id)),
    ]


def test_an_element_is_the_activity(listener: psycopg.Connection[Any]) -> None:
    with transaction.atomic():
        record(build.event("flow.element", flow="refund", element="Task_approve"))
    assert heard(listener, "servewell_journal")[0][0]["activity"] == "Task_approve"


def test_nothing_is_heard_before_the_commit(listener: psycopg.Connection[Any]) -> None:
    with transaction.atomic():
        record(build.event())
        assert heard(listener, "servewell_journal") == []
    assert len(heard(listener, "servewell_journal")) == 1


def test_history_is_brought_in_quietly(listener: psycopg.Connection[Any]) -> None:
    load([build.history() for _ in range(50)])
    assert heard(listener, "servewell_journal") == []
    with transaction.atomic():
        record(build.event())
    assert len(heard(listener, "servewell_journal")) == 1  # the quiet was the load's alone


def test_of_many_at_once_only_the_number_is_said(listener: psycopg.Connection[Any]) -> None:
    """A message of PostgreSQL is smaller than 8,000 bytes."""
    load([build.history() for _ in range(10)], quiet=False)
    load([build.history() for _ in range(11)], quiet=False)
    messages = heard(listener, "servewell_journal")
    assert len(messages[0]) == 10
    assert messages[1] == {"many": 11}
