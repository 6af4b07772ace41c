"""The worker on a real database: no job is lost with the worker that ran it."""

import asyncio
from collections.abc import Collection
from typing import Any

import pytest
from django.db import connection
from procrastinate.contrib.django import app

from servewell.apps.base import outbox
from servewell.apps.journal import jobs
from servewell.site import worker


def status() -> str:
    with connection.cursor() as cursor:
        cursor.execute("select status from procrastinate_jobs where task_name = 'journal.maintain'")
        return str(cursor.fetchone()[0])


def give_back() -> int:
    async def go() -> int:
        with app.replace_connector(app.connector.get_worker_connector()) as worker_app:  # type: ignore[attr-defined]
            async with worker_app.open_async():
                return await worker.give_back_orphans(worker_app)

    return asyncio.run(go())


@pytest.mark.parametrize(
    ("age", "given_back"),
    [
        (5, 0),  # its worker lives
        (3600, 1),  # its worker was killed in the middle of it
    ],
)
def test_a_job_whose_worker_died_runs_again(transactional_db: None, age: int, given_back: int) -> None:
    """It is found by the heartbeat that fails to come."""
    jobs.maintain_hourly.defer(timestamp=0)
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into procrastinate_workers (last_heartbeat) values (now() - make_interval(secs => %s))"
            " returning id",
            [age],
        )
        cursor.execute("update procrastinate_jobs set status = 'doing', worker_id = %s", [cursor.fetchone()[0]])
    assert give_back() == given_back
    assert status() == ("todo" if given_back else "doing")


def test_what_may_be_slow_has_loops_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Calls to customers' and other systems' servers hold up neither each other nor anything else."""
    asked: dict[str, tuple[set[str], set[str]]] = {}

    def look(name: str) -> Any:
        def run_due(limit: int, *, only: Collection[str] = (), without: Collection[str] = ()) -> int:
            asked[name] = (set(only), set(without))
            return 0

        return run_due

    for loop in worker.loops():
        if "outbox" in loop.name or "sending" in loop.name:
            monkeypatch.setattr(outbox, "run_due", look(loop.name))
            loop.work()
    assert asked["outbox"] == (set(), {"webhooks.call", "channels.send"})
    assert asked["slow-outbox-0"] == ({"webhooks.call"}, set())
    assert asked["sending-0"] == asked["sending-1"] == ({"channels.send"}, set())
