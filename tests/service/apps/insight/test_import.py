"""What happens to files on their way to becoming logs: good ones, bad ones, interrupted ones."""

import gzip
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client

from servewell.apps.base import clock, settings, timers
from servewell.apps.base.models import Timer
from servewell.apps.base.principal import SYSTEM, Principal
from servewell.apps.insight import actions, heart, importing, jobs, storage
from servewell.apps.insight.errors import explained
from servewell.apps.insight.models import Log, State, Upload
from servewell.apps.journal.models import Event
from servewell.apps.people import actions as people
from servewell.engines import mining
from servewell.engines.mining.errors import CODES

BASE = "/api/v1/insight"
HEAD = b"case,activity,time\n"
LOCAL = HEAD + b"1,open,2026-03-01 09:00:00\n1,close,2026-03-01 10:00:00\n"
OF_THE_COMMAND_LINE = {"no-spark", "unknown-engine", "spark-unreachable", "bad-memory", "bad-map", "no-such-log"}
NO_FLAGS = re.compile(r"(?!.*--[a-z])", re.DOTALL).match
ROOT = Path(__file__).parents[4]


def left_over() -> list[str]:
    return sorted(path.name for folder in (storage.uploads(), storage.logs()) for path in folder.iterdir())


def many(rows: int) -> bytes:
    return HEAD + b"".join(
        b"%d,step %d,2026-03-01T09:%02d:%02dZ\n" % (n // 8, n % 8, n % 60, n % 59) for n in range(rows)
    )


def fire_timers(later: timedelta) -> None:
    with clock.frozen(clock.now() + later):
        while timers.run_due():
            pass


def test_it_works(upload: Callable[..., Any]) -> None:
    """A sent file tells what it seems to hold."""
    found = upload().json()
    assert (found["format"], found["encoding"], found["needs_zone"], found["ready"]) == ("csv", "utf-8", False, True)
    guesses = {column["name"]: column["guess"] for column in found["columns"]}
    assert guesses == {"case": "case", "activity": "activity", "time": "time", "resource": "resource"}
    assert found["preview"][0] == ["1", "open", "2026-03-01T09:00:00Z", "ann"]


def test_once_imported_the_file_is_gone_and_the_journal_knows(
    imported: Callable[..., str], principal: Principal
) -> None:
    log = imported()
    assert left_over() == [log]
    assert not Upload.objects.exists()
    assert not Timer.objects.filter(kind__startswith="insight").exists()
    event = Event.objects.get(activity="insight.log_imported")
    assert event.actor == principal.id
    assert event.attributes == {"log": log, "events": 9, "cases": 3, "set_aside": 0}
    asked = Event.objects.get(activity="insight.log_requested")
    assert (asked.actor, asked.attributes) == (principal.id, {"log": log})


def test_times_without_a_zone_are_asked_about(
    upload: Callable[..., Any], client: Client, work: Callable[[], None]
) -> None:
    found = upload(LOCAL).json()
    assert (found["needs_zone"], found["ready"]) == (True, False)
    body = {"upload": found["id"], "name": "Local", "columns": None, "zone": "Asia/Shanghai"}
    log = client.post(f"{BASE}/logs", body, content_type="application/json").json()
    work()
    assert client.get(f"{BASE}/logs/{log['id']}").json()["first_at"] == "2026-03-01T01:00:00Z"


def test_the_columns_a_person_chose_are_taken(imported: Callable[..., str], client: Client) -> None:
    """Two activity columns become one label."""
    content = b"a,b,c,d\n7,open,x,2026-03-01T09:00:00Z\n"
    columns = {"case": "a", "activity": ["b", "c"], "time": "d", "resource": None}
    log = imported(content, columns=columns)
    assert client.get(f"{BASE}/logs/{log}/map").json()["nodes"][0]["id"] == "open/x"


def test_gb18030_is_read_as_what_it_is(imported: Callable[..., str], client: Client) -> None:
    content = "工单编号,环节,时间\n1,退款审批,2026-03-01T09:00:00Z\n1,评价并关闭,2026-03-01T09:05:00Z\n".encode(
        "gb18030"
    )
    nodes = client.get(f"{BASE}/logs/{imported(content)}/map").json()["nodes"]
    assert {node["id"] for node in nodes} == {"退款审批", "评价并关闭"}


DOUBTFUL = HEAD + b"1,open,01/09/2026 09:00:00\n1,close,02/09/2026 10:00:00\n"


def test_dates_that_may_be_two_days_are_asked_for_and_read_as_said(
    client: Client, upload: Callable[..., Any], imported: Callable[..., str]
) -> None:
    """01/09/2026 is the first of September for who says day first, the ninth of January for who says month first."""
    assert upload(DOUBTFUL).json()["ambiguous_dates"] is True
    assert upload(LOCAL).json()["ambiguous_dates"] is False
    for dates, first in (("dmy", "2026-09-01T09:00:00Z"), ("mdy", "2026-01-09T09:00:00Z")):
        log = client.get(f"{BASE}/logs/{imported(DOUBTFUL, dates, zone='UTC', dates=dates)}").json()
        assert (log["state"], log["first_at"]) == ("ready", first)


def test_what_the_person_says_of_delimiter_and_encoding_is_kept_for_the_job(
    client: Client, imported: Callable[..., str]
) -> None:
    text = "案例|活动|时间\n1|开,始|2026-03-01T09:00:00Z\n1|结束|2026-03-01T10:00:00Z\n"
    columns = {"case": "案例", "activity": ["活动"], "time": "时间"}
    log = imported(text.encode("gb18030"), columns=columns, delimiter="|", encoding="gb18030")
    assert client.get(f"{BASE}/logs/{log}").json()["events"] == 2
    assert Log.objects.get(pk=log).reading == {"delimiter": "|", "encoding": "gb18030"}


def test_a_delimiter_that_cannot_be_one_is_refused_at_once(client: Client, upload: Callable[..., Any]) -> None:
    body = {"upload": upload(LOCAL).json()["id"], "name": "x", "delimiter": "||"}
    answer = client.post(f"{BASE}/logs", body, content_type="application/json")
    assert (answer.status_code, Log.objects.count()) == (422, 0)


def test_a_page_is_never_told_flags_of_the_command_line(client: Client, imported: Callable[..., str]) -> None:
    """The engine's sentence says `--dates dmy`; a page says what to choose."""
    log = client.get(f"{BASE}/logs/{imported(DOUBTFUL, zone='UTC')}").json()
    assert log["error"]["type"] == "/errors/mining-ambiguous-dates"
    assert "01/09/2026" in log["error"]["title"]
    assert NO_FLAGS(log["error"]["title"])


@pytest.mark.parametrize("language", ["zh-Hans", "en"])
@pytest.mark.parametrize("code", sorted(set(CODES) - OF_THE_COMMAND_LINE))
def test_no_sentence_of_a_page_names_a_flag(code: str, language: str) -> None:
    assert NO_FLAGS(explained(code, language, **dict.fromkeys(CODES[code], "x")))


def test_rows_that_cannot_be_taken_are_set_aside(imported: Callable[..., str], client: Client) -> None:
    log = imported(HEAD + b"1,open,2026-03-01T09:00:00Z\n1,close,soon\n" + b"2,open,2026-03-01T09:00:00Z\n" * 8)
    assert client.get(f"{BASE}/logs/{log}").json()["set_aside"] == 1
    aside = b"".join(client.get(f"{BASE}/logs/{log}/set-aside.csv").streaming_content).decode("utf-8-sig")
    assert aside.splitlines()[0] == "row,reason,raw"
    assert aside.splitlines()[1] == '3,a time that cannot be read,"1,close,soon"'


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (HEAD, "header-only"),
        (b"a,b\n1,2\n", "too-few-columns"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "wrong-type"),
        (b"PK\x03\x04" + bytes(40), "broken-workbook"),
        (b"\x1f\x8b\x08\x00", "broken-gzip"),
        (gzip.compress(HEAD + b"1,open,2026-03-01T09:00:00Z\n" * 99, mtime=0)[:60], "broken-gzip"),  # cut off
        (b"<html><body>no</body></html>", "wrong-type"),
    ],
)
def test_what_can_never_be_a_log_is_refused_at_once(upload: Callable[..., Any], content: bytes, code: str) -> None:
    """With the engine's sentence; nothing is kept."""
    answer = upload(content, "日志.csv")
    assert answer.status_code == 422, answer.content
    assert (answer.json()["type"], answer.json()["code"]) == ("/errors/insight-bad-log", code)
    assert "{" not in answer.json()["title"]
    assert left_over() == []


def test_a_truncated_gz_fails_with_a_sentence_and_leaves_nothing(imported: Callable[..., str], client: Client) -> None:
    whole = gzip.compress(many(100_000), 1)  # longer than what an upload looks at
    log = client.get(f"{BASE}/logs/{imported(whole[: len(whole) // 2])}").json()
    assert log["state"] == "failed"
    assert log["error"]["type"] == "/errors/mining-broken-gzip"
    assert "small.csv" in log["error"]["title"]
    assert left_over() == []
    failed = Event.objects.get(activity="insight.log_failed")
    assert failed.attributes == {"log": log["id"], "reason": "broken-gzip"}
    answer = client.get(f"{BASE}/logs/{log['id']}/map")
    assert (answer.status_code, answer.json()["type"]) == (409, "/errors/insight-import-failed")


def test_a_file_beyond_the_limit_is_refused(upload: Callable[..., Any]) -> None:
    settings.put(SYSTEM, "insight.largest_upload_mb", 1)
    answer = upload(HEAD + b"x" * 2**20)
    assert (answer.status_code, answer.json()["limit_mb"]) == (413, 1)
    assert left_over() == []


def test_a_full_disk_is_said_and_nothing_is_left(upload: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """The kernel itself says that there is no room: the file is written to /dev/full."""
    here = UUID("018bd04c-ce69-763e-9874-32e1a6b661d2")
    monkeypatch.setattr(actions.ids, "new", lambda: here)
    storage.upload(here).symlink_to("/dev/full")
    answer = upload(many(5_000))
    assert (answer.status_code, answer.json()["type"]) == (507, "/errors/insight-disk-full")
    assert left_over() == []


def test_a_disk_that_fills_up_during_the_import_is_said_too(
    imported: Callable[..., str], client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = importing.lake.write

    def write_to_full_disk(steps: mining.Steps, folder: Path) -> None:
        (folder / "steps.parquet").symlink_to("/dev/full")
        write(steps, folder)

    monkeypatch.setattr(importing.lake, "write", write_to_full_disk)
    log = client.get(f"{BASE}/logs/{imported()}").json()
    assert (log["state"], log["error"]["type"]) == ("failed", "/errors/mining-disk-full")
    assert left_over() == []


def test_a_name_is_there_once(start: Callable[..., Any], upload: Callable[..., Any], client: Client) -> None:
    """In any case; the refusal names one that is free."""
    start(name="Small")
    body = {"upload": upload().json()["id"], "name": "sMALL", "columns": None, "zone": None}
    answer = client.post(f"{BASE}/logs", body, content_type="application/json")
    assert (answer.status_code, answer.json()["free"]) == (409, "sMALL (2)")
    again = client.post(f"{BASE}/logs", body | {"name": "sMALL (2)"}, content_type="application/json")
    assert again.status_code == 202


@pytest.mark.parametrize("name", ["", "   ", "journal", "x" * 81, "a\u0007b", "two\nlines"])
def test_a_name_has_to_be_one(upload: Callable[..., Any], client: Client, name: str) -> None:
    body = {"upload": upload().json()["id"], "name": name, "columns": None, "zone": None}
    answer = client.post(f"{BASE}/logs", body, content_type="application/json")
    assert (answer.status_code, answer.json()["type"]) == (422, "/errors/insight-bad-name")


def test_somebody_elses_file_cannot_be_imported(upload: Callable[..., Any], client: Client) -> None:
    body = {"upload": upload().json()["id"], "name": "Mine", "columns": None, "zone": None}
    Upload.objects.update(owner_id=people.create_user(SYSTEM, "other", None, role="manager").id)
    answer = client.post(f"{BASE}/logs", body, content_type="application/json")
    assert (answer.status_code, answer.json()["type"]) == (404, "/errors/insight-no-such-upload")


def test_a_file_nobody_imports_goes_after_a_day(upload: Callable[..., Any]) -> None:
    upload()
    fire_timers(timedelta(hours=23))
    assert Upload.objects.exists()
    fire_timers(timedelta(hours=25))
    assert not Upload.objects.exists()
    assert left_over() == []


def test_two_imports_at_once_do_not_disturb_each_other(start: Callable[..., Any]) -> None:
    logs = [start(many(4_000 * n), f"Log {n}")["id"] for n in (1, 2)]

    def run(log: str) -> None:
        try:
            jobs.import_log(log)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[log]) for log in logs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [Log.objects.get(pk=log).events for log in logs] == [4_000, 8_000]
    assert sorted(logs) == left_over()


def test_an_import_is_stopped_by_deleting_its_log(
    start: Callable[..., Any], client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing of it is left, wherever it was."""
    monkeypatch.setattr(heart, "BEAT_S", 0.02)
    log = start(many(5_000))["id"]
    write = importing.lake.write

    def write_after_the_deletion(steps: mining.Steps, folder: Path) -> None:
        assert client.delete(f"{BASE}/logs/{log}").status_code == 204
        time.sleep(0.1)
        write(steps, folder)

    monkeypatch.setattr(importing.lake, "write", write_after_the_deletion)
    jobs.import_log(log)
    assert not Log.objects.exists()
    assert left_over() == []


def test_progress_is_told_while_it_runs(
    start: Callable[..., Any], client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(heart, "BEAT_S", 0.02)
    log, seen = start()["id"], []
    write = importing.lake.write

    def look(steps: mining.Steps, folder: Path) -> None:
        time.sleep(0.2)
        seen.append(client.get(f"{BASE}/logs/{log}").json())
        write(steps, folder)

    monkeypatch.setattr(importing.lake, "write", look)
    jobs.import_log(log)
    assert seen[0]["state"] == "importing"
    assert seen[0]["progress"]["stage"] == "writing"
    assert 0.9 <= seen[0]["progress"]["done"] < 1


CHILD = """
import sys, django
django.setup()
from servewell.apps.insight import importing, jobs
write = importing.lake.write
def half(steps, folder):
    write(steps, folder)
    (folder / "steps.parquet").write_bytes(b"half")
    print("writing", flush=True)
    sys.stdin.read()
importing.lake.write = half
jobs.import_log(sys.argv[1])
"""


def kill_in_the_middle(log: str, data: Path) -> None:
    environment = {**os.environ, "SERVEWELL_DATA": str(data), "PYTHONPATH": str(ROOT / "src")}
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD, log], env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert child.stdout is not None
    assert child.stdin is not None
    assert child.stdout.readline() == b"writing\n"
    child.send_signal(signal.SIGKILL)
    child.wait()
    child.stdin.close()
    child.stdout.close()


def test_a_killed_import_is_taken_up_again(
    start: Callable[..., Any], work: Callable[[], None], data: Path, database_url: str, client: Client
) -> None:
    """Killed while it wrote: nobody sees half a log, and the next worker makes it whole."""
    log = start()["id"]
    kill_in_the_middle(log, data)
    assert client.get(f"{BASE}/logs/{log}").json()["state"] == "importing"
    assert client.get(f"{BASE}/logs/{log}/map").status_code == 409
    assert any(name.startswith(".unfinished") for name in left_over())
    fire_timers(timedelta(minutes=2))
    Log.objects.update(beat_at=clock.now() - timedelta(minutes=2))
    work()
    assert client.get(f"{BASE}/logs/{log}").json()["state"] == "ready"
    assert left_over() == [log]


def test_an_import_that_dies_again_and_again_is_given_up(start: Callable[..., Any], client: Client) -> None:
    log = start()["id"]
    Log.objects.update(beat_at=clock.now(), attempts=jobs.ATTEMPTS)
    fire_timers(timedelta(minutes=2))
    found = client.get(f"{BASE}/logs/{log}").json()
    assert (found["state"], found["error"]["type"]) == ("failed", "/errors/insight-interrupted")
    assert left_over() == []


def test_an_import_that_lives_is_left_alone(start: Callable[..., Any]) -> None:
    log = start()["id"]
    with clock.frozen(clock.now() + timedelta(minutes=2)):
        Log.objects.update(beat_at=clock.now(), attempts=1)
        timers.run_due()
    assert Log.objects.get(pk=log).state == State.IMPORTING
    assert Timer.objects.filter(kind=actions.IMPORT_TIMER, subject=log).exists()


def test_a_fault_of_ours_is_said_without_its_inside(
    imported: Callable[..., str], client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("secret inside")

    monkeypatch.setattr(importing.lake, "write", fail)
    log = client.get(f"{BASE}/logs/{imported()}").json()
    assert (log["state"], log["error"]["type"]) == ("failed", "/errors/insight-import-broke")
    assert "secret" not in str(log)
    assert left_over() == []


@pytest.mark.slow
def test_one_case_of_a_million_events(imported: Callable[..., str], client: Client) -> None:
    rows = b"".join(
        b"1,step %d,2026-03-%02dT%02d:%02d:00Z\n" % (n % 9, 1 + n // 40_000, n // 60 % 24, n % 60)
        for n in range(1_000_000)
    )
    log = imported(HEAD + rows)
    found = client.get(f"{BASE}/logs/{log}/map").json()
    assert (found["totals"]["cases"], found["totals"]["events"]) == (1, 1_000_000)
    line = client.get(f"{BASE}/logs/{log}/cases/1").json()
    assert len(line["events"]) == 5_000
