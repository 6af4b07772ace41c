"""What becomes of the work of processes that were killed?"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from servewell.apps.base import clock, ids, timers
from servewell.apps.base.models import Timer
from servewell.apps.base.principal import SYSTEM
from servewell.apps.insight import actions, heart, importing, jobs, storage
from servewell.apps.insight.errors import Interrupted
from servewell.apps.insight.models import Log, State
from servewell.engines import mining

ROOT = Path(__file__).parents[4]
CHILD = """
import sys, django
from pathlib import Path
django.setup()
from servewell.apps.base.principal import SYSTEM
from servewell.apps.insight import actions, importing
def wait(steps, folder):
    print("writing", flush=True)
    sys.stdin.read()
importing.lake.write = wait
actions.import_file(SYSTEM, Path(sys.argv[1]))
"""


@pytest.fixture
def file(transactional_db: None, tmp_path: Path) -> Path:
    path = tmp_path / "shop.csv"
    path.write_bytes(b"case,activity,time\n1,open,2026-03-01T09:00:00Z\n")
    return path


def test_it_works(file: Path, data: Path, database_url: str) -> None:
    """An import of the command line that was killed is said to have failed, and its name can be had again."""
    environment = {**os.environ, "SERVEWELL_DATA": str(data), "PYTHONPATH": str(ROOT / "src")}
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD, str(file)], env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    with child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"writing\n"
        child.send_signal(signal.SIGKILL)
    with clock.frozen(clock.now() + timedelta(minutes=2)):
        timers.run_due()
    log = Log.objects.get()
    assert (log.state, log.error) == (State.FAILED, {"code": "interrupted", "values": {}})
    actions.delete(SYSTEM, log)
    assert actions.import_file(SYSTEM, file).name == "shop"


def test_an_import_of_the_command_line_that_lives_is_left_alone(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It beats like one of a worker, however long it takes."""
    monkeypatch.setattr(heart, "BEAT_S", 0.02)
    beats: list[Any] = []
    write = importing.lake.write

    def wait(steps: mining.Steps, folder: Path) -> None:
        before = Log.objects.get().beat_at
        until = time.monotonic() + 30
        while (now := Log.objects.get()).beat_at == before or now.progress["stage"] != "writing":
            assert time.monotonic() < until, "no beat told of the writing"
        beats.append(now.progress)
        write(steps, folder)

    monkeypatch.setattr(importing.lake, "write", wait)
    assert actions.import_file(SYSTEM, file).state == State.READY
    assert beats[0]["stage"] == "writing"
    assert not Timer.objects.filter(kind=actions.IMPORT_TIMER).exists()


def test_an_import_of_the_command_line_that_was_given_up_says_so(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write = importing.lake.write

    def late(steps: mining.Steps, folder: Path) -> None:
        write(steps, folder)
        Log.objects.update(state=State.FAILED)

    monkeypatch.setattr(importing.lake, "write", late)
    with pytest.raises(Interrupted):
        actions.import_file(SYSTEM, file)
    assert Log.objects.get().state == State.FAILED
    assert list(storage.logs().iterdir()) == []


def test_what_nobody_wants_is_removed_after_a_day(start: Callable[..., Any], upload: Callable[..., Any]) -> None:
    """Files and drafts without a row, and what was laid aside; the files of the living stay."""
    sent, waiting = upload().json()["id"], Log.objects.get(pk=start()["id"])
    lost = [storage.upload(ids.new()), storage.spill() / "spooled.upload", storage.spill() / "duckdb_temp.tmp"]
    folders = [storage.log(ids.new()), storage.draft(storage.log(ids.new()), "1"), storage.draft(_at(waiting), "7")]
    kept = [storage.upload(sent), storage.upload(waiting.upload_id), storage.draft(_at(waiting), "0")]
    for path in lost:
        path.write_bytes(b"x")
    for path in (*folders, kept[-1]):
        path.mkdir()
    jobs.tidy()
    assert all(path.exists() for path in (*lost, *folders, *kept))  # all of it is young
    long_ago = clock.now().timestamp() - 90_000
    for path in (*lost, *folders, *kept):
        os.utime(path, (long_ago, long_ago))
    jobs.tidy()
    assert not any(path.exists() for path in (*lost, *folders))
    assert all(path.exists() for path in kept)


def _at(log: Log) -> Path:
    return storage.log(log.id)
