"""The journal can be asked like any log."""

import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import transaction
from django.test import Client

from servewell.apps.base import clock, leases
from servewell.apps.base.principal import SYSTEM
from servewell.apps.insight import journal_log, storage
from servewell.apps.journal import lake
from servewell.apps.journal.actions import load, record
from servewell.apps.journal.events import Actor, Event
from servewell.apps.people import actions as people

JOURNAL = "/api/v1/insight/logs/journal"
NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
Asks = Callable[..., Any]


@pytest.fixture(autouse=True)
def _never_shown_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal_log, "SHOWN_AT_LEAST_S", 0.0)
    monkeypatch.setattr(journal_log, "SHOWN_TIMES", 0.0)


def tell(conversation: UUID, *what: str | tuple[str, str], at: datetime = NOON, **more: Any) -> None:
    """Load what happened to a conversation, a minute apart; an element may carry its lifecycle."""
    history = []
    for minutes, one in enumerate(what):
        name, lifecycle = one if isinstance(one, tuple) else (one, "complete")
        moment = at + timedelta(minutes=minutes)
        element = {} if "." in name else {"element": name, "flow": "front_desk", "version": 1}
        history.append(
            Event(
                name if "." in name else "flow.element",
                conversation,
                lifecycle=lifecycle,
                occurred_at=moment,
                recorded_at=moment,
                **{**element, **more},
            )
        )
    load(history)


def nodes(client: Client) -> dict[str, Any]:
    return {node["id"]: node for node in client.get(f"{JOURNAL}/map").json()["nodes"]}


def test_it_works(client: Client) -> None:
    """A step of a flow is called by its element, an event by its name, both in the person's language."""
    tell(uuid4(), "conversation.opened", "verify_identity", "verify_identity", "survey_and_close")
    found = nodes(client)
    assert {name: node["label"] for name, node in found.items()} == {
        "conversation.opened": "Conversation opened",
        "verify_identity": "Verify identity",
        "survey_and_close": "Survey and close",
    }
    assert found["verify_identity"]["rework_cases"] == 1
    log = client.get(JOURNAL).json()
    assert (log["id"], log["kind"], log["state"], log["events"], log["cases"]) == ("journal", "journal", "ready", 4, 1)


def test_an_empty_journal_is_no_error(client: Client) -> None:
    assert client.get(JOURNAL).json()["state"] == "empty"
    found = client.get(f"{JOURNAL}/map").json()
    assert (found["nodes"], found["edges"], found["totals"]["cases"]) == ([], [], 0)
    assert found["case_duration_s"]["median"] is None
    assert client.get(f"{JOURNAL}/variants").json() == {"total": 0, "cases": 0, "items": []}
    assert client.get(f"{JOURNAL}/cases").json() == {"total": 0, "items": [], "next": None}


def test_only_what_is_finished_is_a_step(client: Client) -> None:
    tell(uuid4(), ("wait", "start"), ("wait", "complete"), ("notify", "cancel"))
    assert {name: node["events"] for name, node in nodes(client).items()} == {"wait": 1}


def test_what_concerns_no_conversation_is_no_step(client: Client) -> None:
    people.create_team(SYSTEM, "Front")
    assert nodes(client) == {}


def test_what_happens_later_is_seen_later(client: Client) -> None:
    tell(uuid4(), "conversation.opened")
    assert nodes(client)["conversation.opened"]["events"] == 1
    with transaction.atomic():
        record(Event("conversation.opened", uuid4()))
    assert nodes(client)["conversation.opened"]["events"] == 2


def test_a_state_of_the_journal_is_shown_for_a_while(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal_log, "SHOWN_AT_LEAST_S", 5.0)
    tell(uuid4(), "conversation.opened")
    first = journal_log.current()
    tell(uuid4(), "conversation.opened")
    assert journal_log.current() == first
    with clock.frozen(clock.now() + timedelta(seconds=6)):
        assert journal_log.current()[1].cases == 2


def test_where_nothing_happened_nothing_is_made_anew(client: Client) -> None:
    tell(uuid4(), "conversation.opened")
    first = journal_log.current()
    with clock.frozen(clock.now() + timedelta(days=1)):
        assert journal_log.current() == first


def test_while_another_process_makes_it_the_last_state_is_shown(client: Client) -> None:
    tell(uuid4(), "conversation.opened")
    first = journal_log.current()
    tell(uuid4(), "conversation.opened")
    with leases.held("insight-journal-steps") as ours:
        assert ours
        assert journal_log.current() == first


def test_old_states_go_when_nobody_can_be_reading_them(client: Client) -> None:
    for _ in range(3):
        tell(uuid4(), "conversation.opened")
        journal_log.current()
    assert len(list(storage.journal_steps().iterdir())) == 3
    for folder in storage.journal_steps().iterdir():
        os.utime(folder, (0, 0))
    tell(uuid4(), "conversation.opened")
    journal_log.current()
    assert len(list(storage.journal_steps().iterdir())) == 1


def test_closed_months_in_the_lake_and_the_tail_are_one_log(client: Client) -> None:
    """A case that goes on from one month into the next stays one case."""
    case = uuid4()
    tell(case, "conversation.opened", at=datetime(2026, 2, 28, 23, 59, tzinfo=UTC))
    tell(case, "survey_and_close", at=datetime(2026, 3, 1, 0, 1, tzinfo=UTC))
    with clock.frozen(datetime(2026, 3, 5, tzinfo=UTC)):
        assert len(lake.export_closed()) == 1
    edge = client.get(f"{JOURNAL}/map").json()["edges"][0]
    assert (edge["from"], edge["to"], edge["sum"]) == ("conversation.opened", "survey_and_close", 120.0)


def test_a_step_belongs_to_the_team_that_does_most_of_it(client: Client) -> None:
    front, finance = (people.create_team(SYSTEM, name) for name in ("Front", "Finance"))
    tell(uuid4(), "refund_approval", "refund_approval", team=finance.id)
    tell(uuid4(), "refund_approval", team=front.id)
    tell(uuid4(), *["notify"] * 5)
    tell(uuid4(), "notify", team=front.id)
    found = nodes(client)
    assert (found["refund_approval"]["department"], found["notify"]["department"]) == ("Finance", None)


def test_people_are_shown_by_no_more_than_the_end_of_their_id(client: Client) -> None:
    """Neither customers nor systems hand over; agents are not named."""
    one, two, case = uuid4(), uuid4(), uuid4()
    for minute, actor in enumerate((Actor("agent", one), Actor("agent", two), Actor("customer", uuid4()))):
        tell(case, "answer_by_person", at=NOON + timedelta(minutes=minute), actor=actor)
    passed = client.get(f"{JOURNAL}/map").json()["handovers"]
    first = next(pair for pair in passed["top"] if pair["from"] == str(one))
    assert (first["n"], first["to"], first["to_label"]) == (1, str(two), f"…{str(two)[-6:]}")
    line = client.get(f"{JOURNAL}/cases/{case}").json()["events"]
    assert [event["resource"] for event in line] == [f"…{str(one)[-6:]}", f"…{str(two)[-6:]}", None]
    row = client.get(f"{JOURNAL}/cases").json()["items"][0]
    assert (row["case"], row["label"]) == (str(case), f"…{str(case)[-6:]}")


def test_the_journal_cannot_be_deleted(client: Client) -> None:
    answer = client.delete(JOURNAL)
    assert (answer.status_code, answer.json()["type"]) == (409, "/errors/insight-journal-stays")
