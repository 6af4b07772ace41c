"""Two imports of one log: the second began because the first was silent. Only the one that holds the claim decides."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db import OperationalError
from django.test import Client

from servewell.apps.base import clock
from servewell.apps.insight import actions, heart, importing, jobs, storage
from servewell.apps.insight.course import Course
from servewell.apps.insight.models import Log, State
from servewell.engines import mining

BASE = "/api/v1/insight"


def claimed(log: str) -> Log:
    """Claim an import whose holder has been silent for a while."""
    Log.objects.filter(pk=log, attempts__gt=0).update(beat_at=clock.now() - timedelta(minutes=2))
    found = jobs.claim(UUID(log))
    assert found is not None
    return found


def names() -> list[str]:
    return sorted(path.name for path in storage.logs().iterdir())


def test_it_works(start: Callable[..., Any], client: Client) -> None:
    """The one who claimed last settles; who comes late changes nothing."""
    log = start()["id"]
    first, second = claimed(log), claimed(log)
    jobs.bring_in(second)
    jobs.bring_in(first)
    assert client.get(f"{BASE}/logs/{log}").json()["state"] == "ready"
    assert client.get(f"{BASE}/logs/{log}/map").status_code == 200
    assert names() == [log]


def test_who_lost_the_claim_does_not_settle(start: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Both are writing when the first ends: the log waits for the second, and neither touches the other's draft."""
    log = start()["id"]
    first, write = claimed(log), importing.lake.write
    rivals: list[Log] = []

    def overtaken(steps: mining.Steps, folder: Path) -> None:
        if not rivals:
            rivals.append(claimed(log))
        write(steps, folder)

    monkeypatch.setattr(importing.lake, "write", overtaken)
    jobs.bring_in(first)
    assert Log.objects.get(pk=log).state == State.IMPORTING
    assert names() == []
    jobs.bring_in(rivals[0])
    assert Log.objects.get(pk=log).state == State.READY
    assert names() == [log]


def test_who_lost_the_claim_fails_nothing(start: Callable[..., Any], client: Client) -> None:
    log = start()["id"]
    first, second = claimed(log), claimed(log)
    actions.fail(first, "import-broke", {})
    assert Log.objects.get(pk=log).state == State.IMPORTING
    jobs.bring_in(second)
    actions.fail(first, "import-broke", {})
    assert client.get(f"{BASE}/logs/{log}/map").status_code == 200


def test_a_database_that_is_away_for_a_moment_costs_one_beat(
    start: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The heart goes on, so nobody takes the import for dead."""
    log, notify = claimed(start()["id"]), actions.live.notify
    faults = [OperationalError("the connection was lost")]

    def away_once(*told: Any) -> None:
        if faults:
            raise faults.pop()
        notify(*told)

    monkeypatch.setattr(actions.live, "notify", away_once)
    beating = heart.Heart(log, Course(), actions.report)
    Log.objects.update(beat_at=None)
    beating._beat()
    assert Log.objects.get().beat_at is None
    beating._beat()
    assert Log.objects.get().beat_at is not None


def test_who_lost_the_claim_is_told_at_the_next_beat(start: Callable[..., Any]) -> None:
    log = start()["id"]
    first = claimed(log)
    claimed(log)
    assert actions.report(first, {}) is False


def test_two_workers_do_not_import_the_same_log(start: Callable[..., Any]) -> None:
    log = UUID(start()["id"])
    assert jobs.claim(log) is not None
    assert jobs.claim(log) is None
