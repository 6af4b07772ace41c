"""The commands on a whole installation."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from tests.acceptance.installation import PATIENCE, SERVEWELL, Installation, busy, free_port, until

from servewell.site import embedded_postgres
from servewell.site.embedded_postgres import binaries, cluster, folder, processes

PASSWORD = "correct horse battery"


@pytest.fixture
def sixteen(tmp_path: Path) -> Iterator[str]:
    """A PostgreSQL 16 of the administrator's own."""
    runner = binaries.Runner.chosen()
    programs = binaries.shipped(16, runner)
    data = tmp_path / "sixteen"
    folder.prepare(data, runner)
    home = folder.cluster(data)
    cluster.create(programs, runner, home, folder.fresh_password(data))
    try:
        url = folder.url(data, cluster.start(programs, runner, home, folder.free_port(data), fast=True))
        cluster.see_to_database(url)
        yield url
    finally:
        processes.clear(home)


def test_it_works(installed: Installation) -> None:
    """A new installation: the doctor says what is missing, and is content once it is there."""
    before = installed.command("doctor", "--json", "--port", str(free_port()))
    assert before.returncode == 1
    bad = [check["check"] for check in json.loads(before.stdout)["checks"] if check["state"] == "bad"]
    assert "administrator" in bad
    made = installed.command(
        "createadmin", "--username", "lin", "--password-stdin", text=PASSWORD, LC_ALL="zh_CN.UTF-8"
    )
    assert made.returncode == 0
    assert "lin 现在可以登录" in made.stdout
    after = installed.command("doctor", "--json", "--port", str(free_port()))
    still = [check["check"] for check in json.loads(after.stdout)["checks"] if check["state"] == "bad"]
    assert set(bad) - set(still) == {"administrator"}


def test_createadmin_refuses_in_sentences(installed: Installation) -> None:
    """A name that is taken, a weak password, nobody to ask; exit 2. Only --reset lets one that exists in again."""
    assert installed.command("createadmin", "--username", "lin", "--password-stdin", text=PASSWORD).returncode == 0
    taken = installed.command("createadmin", "--username", "LIN", "--password-stdin", text=PASSWORD)
    weak = installed.command("createadmin", "--username", "wu", "--password-stdin", text="12345")
    mute = installed.command("createadmin", "--username", "wu", text="")
    assert [one.returncode for one in (taken, weak, mute)] == [2, 2, 2]
    assert all(one.stderr.startswith("servewell: ") and one.stderr.count("\n") == 1 for one in (taken, weak, mute))
    assert (
        installed.command("createadmin", "--username", "lin", "--password-stdin", "--reset", text=PASSWORD).returncode
        == 0
    )


@pytest.mark.parametrize("command", ["web", "worker"])
def test_what_needs_tables_refuses_a_database_without(empty: Installation, command: str) -> None:
    """Exit 2 and the command to run."""
    words = ["--port", str(free_port())] if command == "web" else []
    refused = empty.command(command, *words)
    assert refused.returncode == 2
    assert "servewell migrate" in refused.stderr
    assert not processes.members(empty.data / "postgres")


def test_web_and_worker_run_alone_and_share_the_database(installed: Installation) -> None:
    """Whoever ends last stops it; each ends by itself at SIGTERM."""
    installed.port = free_port()
    surroundings = installed.surroundings()
    web = subprocess.Popen([*SERVEWELL, "web", "--port", str(installed.port)], env=surroundings)
    worker = subprocess.Popen([*SERVEWELL, "worker"], env=surroundings)
    assert until(lambda: installed.health() == 200)
    web.send_signal(signal.SIGTERM)
    assert web.wait(PATIENCE) == 0
    assert installed.postmaster() is not None
    assert until(lambda: _heartbeats(installed) == 1)
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(PATIENCE) == 0
    assert until(lambda: installed.family() == {})


def _heartbeats(installation: Installation) -> int:
    with psycopg.connect(embedded_postgres.address(installation.data) or "") as connection:
        row = connection.execute("select count(*) from procrastinate_workers").fetchone()
        return int(row[0]) if row else 0


def test_a_postgresql_16_of_ones_own(empty: Installation, sixteen: str) -> None:
    """The same commands, no server of ours."""
    empty.environment = {"SERVEWELL_DATABASE_URL": sixteen}
    found = empty.up()
    assert found["applied"]
    assert empty.health() == 200
    assert empty.terminate() < 10 * busy()
    assert empty.command("migrate", "--check").returncode == 0
    assert not (empty.data / "postgres").exists()


def test_a_database_that_does_not_fit_is_one_sentence(empty: Installation) -> None:
    """For every command that needs one."""
    port = ["--port", str(free_port())]
    for words in (["up", *port], ["web", *port], ["worker"], ["migrate"], ["backup", "b.tar"]):
        refused = empty.command(*words, SERVEWELL_DATABASE_URL="postgresql://me:secret@127.0.0.1:1/desk")
        assert refused.returncode == 2, words
        assert refused.stderr.count("\n") == 1, refused.stderr
        assert "127.0.0.1:1" in refused.stderr
        assert "secret" not in refused.stderr


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_an_ordinary_user_without_a_home() -> None:
    """A sentence names the option; with it, everything runs."""
    python = shutil.which("python3", path="/usr/bin:/usr/local/bin")
    same = f"import sys; sys.exit(sys.version_info[:2] != {sys.version_info[:2]})"
    if python is None or subprocess.run([python, "-c", same], check=False).returncode:
        pytest.skip("no Python of our version that every user may run")
    paths = [Path(embedded_postgres.__file__).parents[3], Path(psycopg.__file__).parents[1]]
    environment = {"PYTHONPATH": ":".join(map(str, paths)), "HOME": "/nonexistent", "PATH": "/usr/bin:/bin"}
    command = [python, "-m", "servewell.site.cli", "migrate"]
    with tempfile.TemporaryDirectory(dir="/tmp") as place:
        shutil.chown(place, "nobody")

        def run(*words: str) -> "subprocess.CompletedProcess[str]":
            return subprocess.run(
                [*command, *words],
                check=False,
                env=environment,
                user="nobody",
                group="nogroup",
                extra_groups=[],
                cwd="/",
                capture_output=True,
                text=True,
            )

        refused, done = run(), run("--data", f"{place}/data")
        assert (refused.returncode, done.returncode) == (2, 0), refused.stderr + done.stderr
        assert "--data" in refused.stderr
        assert Path(place, "data/postgres").stat().st_uid == Path(place).stat().st_uid
