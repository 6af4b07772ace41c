"""What do timers and the outbox lose when workers are killed with SIGKILL? Nothing, and nothing is done twice."""

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, transaction

from servewell.apps.base import clock, outbox, timers
from servewell.apps.base.models import Outgoing, Timer


class Workers:
    """Lets workers live, one after the other, and says whether they died."""

    def __init__(self, url: str, letters: Path) -> None:
        environment = {**os.environ, "SERVEWELL_DATABASE_URL": url, "MORTAL_LETTERS": str(letters)}
        self.letters = letters
        self.process = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("mortal.py"))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
        )

    def live(
        self, what: str, *, die_at: int | None = None, shift_s: float = 0, kill_after: float | None = None
    ) -> bool:
        """Let a worker do what is due, until nothing is left or it dies; return whether it died."""
        order = {"what": what, "die_at": die_at, "shift_s": shift_s, "until_idle": kill_after is None}
        child = self._ask(order)["child"]
        if kill_after is not None:
            time.sleep(kill_after)
            os.kill(child, signal.SIGKILL)
        ended = self._answer()
        assert ended["died"] or ended["status"] == 0
        return bool(ended["died"])

    def sent(self) -> Counter[str]:
        return Counter(self.letters.read_text().split()) if self.letters.exists() else Counter()

    def close(self) -> None:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        self.process.wait(20)
        self.process.stdout.close()

    def _ask(self, order: dict[str, Any]) -> Any:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        return self._answer()

    def _answer(self) -> Any:
        assert self.process.stdout is not None
        return json.loads(self.process.stdout.readline())


@pytest.fixture
def workers(database_url: str, tmp_path: Path) -> Iterator[Workers]:
    with connection.cursor() as cursor:
        cursor.execute("create table if not exists fired (what text)")
    workers = Workers(database_url, tmp_path / "letters")
    yield workers
    workers.close()
    with connection.cursor() as cursor:
        cursor.execute("drop table fired")


@pytest.fixture
def two_workers(workers: Workers, database_url: str) -> Iterator[list[Workers]]:
    second = Workers(database_url, workers.letters)
    yield [workers, second]
    second.close()


def fired() -> Counter[str]:
    with connection.cursor() as cursor:
        cursor.execute("select what from fired")
        return Counter(what for (what,) in cursor.fetchall())


def forget() -> None:
    with connection.cursor() as cursor:
        cursor.execute("delete from fired")


def put(count: int, order_key: str = "") -> list[str]:
    keys = [str(uuid4()) for _ in range(count)]
    with transaction.atomic():
        for key in keys:
            outbox.put("mortal", {}, key=key, order_key=order_key)
    return keys


def test_a_timer_fires_once_wherever_its_worker_dies(workers: Workers) -> None:
    """A worker is killed before and after each of its statements and commits; the next one finishes the work."""
    died, deaths = True, 0
    while died:
        forget()
        subjects = [uuid4() for _ in range(3)]
        for subject in subjects:
            timers.set("mortal", subject, clock.now())
        deaths += 1
        died = workers.live("timers", die_at=deaths)
        assert not workers.live("timers", shift_s=1)
        assert fired() == Counter(str(subject) for subject in subjects), f"killed at step {deaths}"
        assert not Timer.objects.exists()
    assert deaths > 15


def test_a_timer_that_sets_itself_anew_is_never_lost(workers: Workers) -> None:
    died, deaths = True, 0
    while died:
        forget()
        subject = uuid4()
        timers.set("mortal", subject, clock.now(), {"again": True})
        deaths += 1
        died = workers.live("timers", die_at=deaths)
        assert not workers.live("timers", shift_s=1)
        assert fired() == Counter([str(subject)]), f"killed at step {deaths}"
        assert Timer.objects.get().subject == subject
        timers.cancel("mortal", subject)
    assert deaths > 8


def test_a_call_is_never_lost_and_settled_once_wherever_its_worker_dies(workers: Workers) -> None:
    """Outward it may be made twice, under the same key; inside it counts once."""
    died, deaths, twice = True, 0, 0
    while died:
        forget()
        keys = put(2, order_key="c")
        deaths += 1
        died = workers.live("outbox", die_at=deaths)
        assert not workers.live("outbox", shift_s=31)
        assert fired() == Counter(keys), f"killed at step {deaths}"
        assert set(Outgoing.objects.filter(key__in=keys).values_list("state", flat=True)) == {"done"}
        sent = workers.sent()
        assert all(1 <= sent[key] <= 2 for key in keys)
        twice += sum(sent[key] == 2 for key in keys)
    assert deaths > 20
    assert twice > 0  # killed between the call and its settling


def test_within_its_lease_nobody_takes_a_dead_workers_call(workers: Workers) -> None:
    (key,) = put(1)
    lives = range(1, 50)  # each after the lease of the one before; one of them dies right after the call
    last = next(n for n in lives if workers.live("outbox", die_at=n, shift_s=31 * n) and workers.sent()[key])
    assert not workers.live("outbox", shift_s=31 * last + 25)
    assert workers.sent()[key] == 1
    assert not workers.live("outbox", shift_s=31 * last + 31)
    assert workers.sent()[key] == 2
    assert fired() == Counter([key])


def test_two_workers_that_are_killed_again_and_again_fire_each_timer_once(two_workers: list[Workers]) -> None:
    subjects = [uuid4() for _ in range(400)]
    with transaction.atomic():
        for subject in subjects:
            timers.set("mortal", subject, clock.now() - timedelta(seconds=1))

    def haunt(workers: Workers, seed: int) -> None:
        lot = random.Random(seed)
        for _ in range(12):
            workers.live("timers", kill_after=lot.uniform(0.01, 0.12))

    threads = [threading.Thread(target=haunt, args=[each, seed]) for seed, each in enumerate(two_workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not two_workers[0].live("timers", shift_s=1)
    assert fired() == Counter(str(subject) for subject in subjects)


def test_two_workers_that_are_killed_again_and_again_settle_each_call_once(two_workers: list[Workers]) -> None:
    keys = put(150)

    def haunt(workers: Workers, seed: int) -> None:
        lot = random.Random(seed)
        for life in range(8):
            workers.live("outbox", shift_s=31 * life, kill_after=lot.uniform(0.01, 0.12))

    threads = [threading.Thread(target=haunt, args=[each, seed]) for seed, each in enumerate(two_workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not two_workers[0].live("outbox", shift_s=31 * 9)
    assert fired() == Counter(keys)
    assert set(workers_sent := two_workers[0].sent()) == set(keys)
    assert min(workers_sent.values()) == 1
