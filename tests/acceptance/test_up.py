"""`servewell up`: starts everything, keeps it alive, leaves nothing behind."""

import contextlib
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from tests.acceptance.installation import Installation, busy, free_port, until

from servewell.site import embedded_postgres


def test_it_works(installed: Installation) -> None:
    """The second start answers within 15 s, listens on loopback only, and ends within 10 s without a trace."""
    began = time.monotonic()
    found = installed.up()
    assert time.monotonic() - began < 15 * busy()
    assert found["url"] == f"http://127.0.0.1:{installed.port}/"
    assert installed.health() == 200
    assert _listening_addresses(installed) == {"127.0.0.1"}
    assert installed.terminate() < 10 * busy()
    assert installed.family() == {}


def test_the_first_start_makes_everything(empty: Installation) -> None:
    """From an empty folder; the files that hold secrets are the owner's alone."""
    found = empty.up()
    assert found["people"] == 0
    assert found["applied"]
    for name in ("secret.key", "postgres.password"):
        assert (empty.data / name).stat().st_mode & 0o077 == 0


def test_the_demo(installed: Installation) -> None:
    """It says how to sign in, and writes its history once; started as no demo, it shuts its visitor out."""
    first = installed.up("--demo")
    assert first["seeded"]
    assert {"username", "password"} <= first["demo_hint"].keys()
    installed.terminate()
    second = installed.up("--demo")
    assert not second["seeded"]
    assert second["people"] == first["people"]
    installed.terminate()
    installed.up()
    installed.terminate()
    stopped = installed._ups[-1]
    assert stopped.stderr is not None
    assert "user demo, whose password everybody knows, cannot sign in" in stopped.stderr.read()


def test_the_demo_never_comes_into_a_real_installation(installed: Installation) -> None:
    """Exit 2, one sentence."""
    installed.command("createadmin", "--username", "lin", "--password-stdin", text="correct horse battery")
    refused = installed.command("up", "--demo", "--port", str(free_port()))
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "without --demo" in refused.stderr


def test_ctrl_c_stops_it_in_order(installed: Installation) -> None:
    """SIGINT to the whole foreground group, as a terminal sends it."""
    installed.up()
    os.killpg(installed.pid, signal.SIGINT)
    assert until(lambda: not installed.family(), 10)


def test_kill_9_of_servewell_leaves_nothing_and_the_next_start_works(installed: Installation) -> None:
    """Its children end with it, the last one stops the database."""
    installed.up()
    os.kill(installed.pid, signal.SIGKILL)
    assert until(lambda: not installed.family(), 15), installed.family()
    installed.up()
    assert installed.health() == 200


def test_kill_9_of_everything_at_once(installed: Installation) -> None:
    """A power cut."""
    installed.up()
    installed.kill(*installed.family())
    assert until(lambda: not installed.family())
    installed.up()
    assert installed.health() == 200


def test_what_dies_is_started_again(installed: Installation) -> None:
    """The web server, its worker process, the background worker, each by kill -9."""
    installed.up()
    web, worker = installed.children("cli web", of=installed.pid), installed.children("cli worker", of=installed.pid)
    entry = installed.children("cli web", of=web[0])
    for victims in (entry, worker, web):
        installed.kill(*victims)
        assert until(lambda: installed.health() == 200)
        assert until(lambda: len(installed.children("cli w", of=installed.pid)) == 2)
    assert not installed.family().keys() & {*web, *worker, *entry}
    assert installed.terminate() < 10 * busy()
    assert installed.family() == {}


def test_a_busy_port_is_refused_before_anything_starts(empty: Installation) -> None:
    """Exit 2, and the sentence names the option."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        refused = empty.command("up", "--port", port)
    assert refused.returncode == 2
    assert f"127.0.0.1:{port}" in refused.stderr
    assert "--port" in refused.stderr
    assert not (empty.data / "postgres").exists()


@pytest.fixture(scope="module")
def running(migrated: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """One that runs while several tests look at it."""
    data = tmp_path_factory.mktemp("running") / "data"
    subprocess.run(["/bin/cp", "-a", migrated, data], check=True)
    installation = Installation(data)
    installation.up()
    yield installation
    installation.clean()


def test_kill_9_of_the_postmaster(running: Installation) -> None:
    """The database comes back and the pages with it; what was committed is there."""
    with psycopg.connect(embedded_postgres.address(running.data) or "", autocommit=True) as connection:
        connection.execute("create table kept as select 7 as n")
    os.kill(running.postmaster() or 0, signal.SIGKILL)
    assert until(lambda: running.postmaster() is not None and running.health() == 200, 20)
    with psycopg.connect(embedded_postgres.address(running.data) or "") as connection:
        assert connection.execute("select n from kept").fetchone() == (7,)


def test_a_second_one_on_the_same_folder_says_so(running: Installation) -> None:
    """Exit 2, one sentence, and the first one never notices."""
    second = running.command("up", "--port", str(free_port()))
    assert second.returncode == 2
    assert second.stderr.count("\n") == 1
    assert f"process {running.pid}" in second.stderr
    assert running.health() == 200


def test_commands_work_beside_it(running: Installation) -> None:
    """They share its database and leave it running."""
    server = running.postmaster()
    assert running.command("migrate").returncode == 0
    assert running.postmaster() == server
    assert running.health() == 200


def _listening_addresses(installation: Installation) -> set[str]:
    """Return the addresses that any process of ours listens on, as the kernel lists them."""
    inodes = set()
    for pid in installation.family():
        for handle in os.scandir(f"/proc/{pid}/fd"):
            with contextlib.suppress(OSError):  # closed since it was listed
                inodes.add(str(Path(handle.path).readlink()).removeprefix("socket:[").removesuffix("]"))
    found = set()
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A" and fields[9] in inodes:  # 0A: listening
                raw = bytes.fromhex(fields[1].split(":")[0])
                found.add(socket.inet_ntoa(raw[::-1]) if table == "tcp" else raw.hex())
    return found
