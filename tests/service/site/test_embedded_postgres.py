"""Our own launcher of PostgreSQL: what it survives, and what it never touches.

long because the list of what it survives is to be seen in one place
"""

import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from servewell.site import embedded_postgres
from servewell.site.embedded_postgres import folder, processes
from servewell.site.errors import ClusterForeign, FolderUnwritable, NoSuchUser

AS_ROOT = os.geteuid() == 0
root_only = pytest.mark.skipif(not AS_ROOT, reason="only root runs PostgreSQL as somebody else")

HOLD = """
import sys, time
from pathlib import Path
from servewell.site import embedded_postgres
with embedded_postgres.running(Path(sys.argv[1]), fast=True) as server:
    print(server.url, flush=True)
    time.sleep(120)
"""


@pytest.fixture(autouse=True)
def no_database() -> None:
    """Tell the harness that these tests bring servers of their own."""


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Path]:
    """A data folder that does not exist yet; whatever server a test leaves in it is ended."""
    yield tmp_path / "data"
    processes.clear(tmp_path / "data/postgres")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with a cluster, stopped."""
    data = tmp_path_factory.mktemp("made") / "data"
    embedded_postgres.start(data, fast=True).stop()
    return data


@pytest.fixture
def data(made: Path, fresh: Path) -> Path:
    """A data folder with a cluster, of this test alone: copying is quicker than making."""
    subprocess.run(["/bin/cp", "-a", made, fresh], check=True)
    return fresh


def ask(url: str, statement: str = "select 1") -> object:
    with psycopg.connect(url, autocommit=True, connect_timeout=5) as connection:
        row = connection.execute(statement).fetchone()
        return row[0] if row else None


def until(condition: Callable[[], bool]) -> bool:
    """Wait up to 20 s for a condition; return whether it came true."""
    end = time.monotonic() + 20
    while not condition() and time.monotonic() < end:
        time.sleep(0.05)
    return condition()


def postmaster(data: Path) -> int | None:
    return processes.postmaster(data / "postgres")


@contextmanager
def holder(data: Path, **environment: str) -> Iterator["subprocess.Popen[str]"]:
    """Another process that runs the server."""
    command = [sys.executable, "-c", HOLD, str(data)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ | environment) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("postgresql://")
        try:
            yield process
        finally:
            process.kill()


def leave_orphan(data: Path) -> int:
    """Kill -9 the process that runs the server; return the pid of the server that remains."""
    with holder(data) as process:
        process.kill()
        process.wait()
    pid = postmaster(data)
    assert pid is not None
    return pid


def test_it_works(fresh: Path) -> None:
    """A server on loopback with our database and pgvector at hand; gone after the block."""
    with embedded_postgres.running(fresh, fast=True) as server:
        assert "@127.0.0.1:" in server.url
        assert ask(server.url, "select current_database()") == "servewell"
        assert ask(server.url, "select count(*) from pg_available_extensions where name = 'vector'") == 1
        assert server.is_ready()
    assert postmaster(fresh) is None


def test_it_listens_on_loopback_only_and_asks_for_scram(data: Path) -> None:
    """No other address, no socket, no way in without the password."""
    with embedded_postgres.running(data, fast=True) as server:
        assert ask(server.url, "show listen_addresses") == "127.0.0.1"
        assert ask(server.url, "show unix_socket_directories") == ""
        rules = "select string_agg(distinct auth_method, ',') from pg_hba_file_rules"
        assert ask(server.url, rules) == "scram-sha-256"
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(server.url, password="wrong")


def test_a_real_server_syncs_what_it_commits(data: Path) -> None:
    """Only tests ask for speed at the price of durability."""
    with embedded_postgres.running(data) as server:
        for name in ("fsync", "full_page_writes", "synchronous_commit"):
            assert ask(server.url, f"show {name}") == "on"


def test_what_was_written_is_there_after_a_restart(data: Path) -> None:
    """The data folder is the installation."""
    with embedded_postgres.running(data) as server, psycopg.connect(server.url) as connection:
        connection.execute("create table kept as select 7 as n")
    with embedded_postgres.running(data) as server:
        assert ask(server.url, "select n from kept") == 7


def test_the_password_is_for_the_owner_only(fresh: Path) -> None:
    """0600 for the file, 0700 for the folders."""
    with embedded_postgres.running(fresh, fast=True):
        assert stat.S_IMODE((fresh / "postgres.password").stat().st_mode) == 0o600
        assert stat.S_IMODE(fresh.stat().st_mode) == 0o700
        assert stat.S_IMODE((fresh / "postgres").stat().st_mode) == 0o700


def test_a_second_user_shares_the_server_and_the_last_one_stops_it(data: Path) -> None:
    """`servewell migrate` beside a running `servewell up`."""
    first = embedded_postgres.start(data, fast=True)
    second = embedded_postgres.start(data, fast=True)
    assert first.url == second.url
    first.stop()
    assert ask(second.url) == 1
    second.stop()
    assert postmaster(data) is None


def test_many_starts_at_once_make_one_server(fresh: Path) -> None:
    """Four processes race for a folder that holds nothing yet."""
    command = [sys.executable, "-c", HOLD, str(fresh)]
    racing = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    try:
        urls = {process.stdout.readline() for process in racing if process.stdout}
        assert len(urls) == 1
        assert urls.pop().startswith("postgresql://")
    finally:
        for process in racing:
            process.terminate()
            process.communicate(timeout=30)
    assert postmaster(fresh) is None


def test_kill_9_of_the_postmaster(data: Path) -> None:
    """What was committed is there, on the same port; its orphans are gone."""
    with embedded_postgres.running(data) as server:
        with psycopg.connect(server.url, autocommit=True) as connection:
            connection.execute("create table kept as select 7 as n")
            os.kill(postmaster(data) or 0, signal.SIGKILL)
            assert until(lambda: not processes.members(data / "postgres"))  # the server's side closes first: TIME_WAIT
        assert not server.is_alive()
        before = server.port
        server.revive()
        assert server.port == before
        assert ask(server.url, "select n from kept") == 7


def test_sigterm_leaves_no_server(data: Path) -> None:
    """The process that runs it stops it on its way out."""
    with holder(data) as process:
        process.terminate()
        assert process.wait(20) == 128 + signal.SIGTERM
    assert not processes.members(data / "postgres")


def test_kill_9_of_the_owner_leaves_a_server_that_the_next_one_adopts_and_stops(data: Path) -> None:
    """Nothing is started twice, nothing stays for ever."""
    orphan = leave_orphan(data)
    with embedded_postgres.running(data, fast=True) as server:
        assert postmaster(data) == orphan
        assert ask(server.url) == 1
    assert not processes.members(data / "postgres")


STALE = {
    "empty": "",  # a full disk
    "truncated": "4194",  # cut in the middle of its first line
    "dead": "4194301\n/somewhere\n1700000000\n5432\n\n127.0.0.1\n  1234  5678\nready   \n",
    "words": "not a number\n" * 8,
}


@pytest.mark.parametrize("content", STALE.values(), ids=STALE.keys())
def test_a_pid_file_that_lies_does_not_keep_us_from_starting(data: Path, content: str) -> None:
    """After a crash of the machine."""
    with embedded_postgres.running(data, fast=True):
        pass
    (data / "postgres/postmaster.pid").write_text(content)
    with embedded_postgres.running(data, fast=True) as server:
        assert ask(server.url) == 1


def test_a_pid_file_that_names_a_living_foreign_process(data: Path) -> None:
    """A pid is used again after a reboot; the foreign process lives on, also when it is the same user's."""
    with embedded_postgres.running(data, fast=True) as server:
        runner = server.runner
    identity = {"user": runner.uid, "group": runner.gid} if runner.switches else {}
    with subprocess.Popen(["/bin/sleep", "60"], **identity) as foreign:  # type: ignore[call-overload]
        lines = f"{foreign.pid}\n{data}/postgres\n1700000000\n5432\n\n127.0.0.1\n  1234  5678\nready   \n"
        (data / "postgres/postmaster.pid").write_text(lines)
        with embedded_postgres.running(data, fast=True) as server:
            assert ask(server.url) == 1
        assert foreign.poll() is None
        foreign.kill()


def test_a_foreign_process_that_merely_stands_in_the_cluster_is_left_alone(data: Path) -> None:
    """An administrator's shell in that folder."""
    with embedded_postgres.running(data, fast=True):
        pass
    with subprocess.Popen(["/bin/sleep", "60"], cwd=data / "postgres") as shell:
        with embedded_postgres.running(data, fast=True) as server:
            assert ask(server.url) == 1
        assert shell.poll() is None
        shell.kill()


def test_an_orphan_whose_pid_file_was_truncated_is_replaced(data: Path) -> None:
    """It cannot be adopted: nobody knows its port."""
    orphan = leave_orphan(data)
    (data / "postgres/postmaster.pid").write_text("12")
    with embedded_postgres.running(data, fast=True) as server:
        assert ask(server.url) == 1
        assert postmaster(data) != orphan


def test_a_taken_port_is_not_insisted_on(data: Path) -> None:
    """Somebody else listens where the server was."""
    import socket

    with embedded_postgres.running(data, fast=True) as server:
        before = server.port
    with socket.create_server(("127.0.0.1", before)), embedded_postgres.running(data, fast=True) as server:
        assert server.port != before
        assert ask(server.url) == 1


def test_a_cluster_half_made_is_made_anew(fresh: Path) -> None:
    """Kill -9 in the middle of initdb."""
    half = fresh / "postgres.new"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    with embedded_postgres.running(fresh, fast=True) as server:
        assert ask(server.url) == 1
    assert not half.exists()


def test_a_long_path(tmp_path: Path) -> None:
    """Longer than the 107 bytes that a socket's path may have."""
    data = tmp_path.joinpath(*["a-rather-long-folder-name-with-数据"] * 6)
    assert len(os.fsencode(data)) > 200
    with embedded_postgres.running(data, fast=True) as server:
        assert ask(server.url) == 1


def test_an_unwritable_home(fresh: Path) -> None:
    """Nothing is written outside the data folder."""
    with holder(fresh, HOME="/proc/nowhere", XDG_RUNTIME_DIR="/proc/nowhere", TMPDIR="/proc/nowhere"):
        assert postmaster(fresh) is not None


def test_no_permission_outside_the_data_folder_changes(tmp_path: Path) -> None:
    """Not of parents, not of neighbours."""
    parent = tmp_path / "closed"
    parent.mkdir(mode=0o700)
    (parent / "neighbour").mkdir(mode=0o750)

    def look() -> dict[Path, tuple[int, int, int]]:
        around = [parent, parent / "neighbour", *parent.parents]
        return {path: (path.stat().st_mode, path.stat().st_uid, path.stat().st_gid) for path in around}

    before = look()
    with embedded_postgres.running(parent / "data", fast=True) as server:
        assert ask(server.url) == 1
        assert look() == before
    assert look() == before
    assert {path.name for path in parent.iterdir()} == {"neighbour", "data"}


def test_a_folder_that_cannot_be_written_is_refused_in_a_sentence() -> None:
    """The sentence names the folder and the option."""
    with pytest.raises(FolderUnwritable) as refusal:
        embedded_postgres.start(Path("/proc/servewell"))
    assert "/proc/servewell" in refusal.value.sentence("en")
    assert "--data" in refusal.value.sentence("zh-Hans")


@root_only
def test_root_runs_it_as_somebody_else(data: Path) -> None:
    """PostgreSQL refuses root; the cluster belongs to the user that runs it."""
    with embedded_postgres.running(data, fast=True) as server:
        uid = Path(f"/proc/{postmaster(data)}").stat().st_uid
        assert uid == server.runner.uid != 0
        assert (data / "postgres").stat().st_uid == uid


@root_only
def test_root_may_choose_another_user_later(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The cluster changes hands."""
    with embedded_postgres.running(data, fast=True):
        pass
    monkeypatch.setenv("SERVEWELL_PG_USER", "daemon")
    with embedded_postgres.running(data, fast=True) as server:
        assert server.runner.name == "daemon"
        assert ask(server.url) == 1


@root_only
def test_a_user_that_does_not_exist_is_refused(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sentence names the variable."""
    monkeypatch.setenv("SERVEWELL_PG_USER", "nobody-of-this-name")
    with pytest.raises(NoSuchUser, match="SERVEWELL_PG_USER"):
        embedded_postgres.start(data)


@root_only
def test_a_project_in_a_closed_folder(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Root's clone under /root: the programs are copied to where PostgreSQL's user may read them."""
    from servewell.site.embedded_postgres import binaries

    source = binaries.shipped(18, binaries.Runner.chosen()).home
    with tempfile.TemporaryDirectory(dir="/tmp") as closed, tempfile.TemporaryDirectory(dir="/tmp") as copies:
        Path(copies).chmod(0o755)
        package = Path(closed, binaries.PACKAGE)
        shutil.copytree(source, package / source.name, symlinks=True)
        shutil.copytree(f"{source.parent}.libs", f"{package}.libs")
        (package / "__init__.py").touch()
        monkeypatch.syspath_prepend(closed)
        monkeypatch.setattr(binaries, "COPIES", Path(copies, "pg"))
        for _ in range(2):  # the second start finds the copy
            with embedded_postgres.running(data, fast=True) as server:
                assert server.binaries.home.is_relative_to(copies)
                assert ask(server.url) == 1
        assert stat.S_IMODE(Path(closed).stat().st_mode) == 0o700
        assert len(list(Path(copies, "pg").iterdir())) == 1


@root_only
def test_an_ordinary_user(tmp_path: Path) -> None:
    """The same, not as root: no user is switched, no file is handed over."""
    python = shutil.which("python3", path="/usr/bin:/usr/local/bin")
    same = f"import sys; sys.exit(sys.version_info[:2] != {sys.version_info[:2]})"
    if python is None or subprocess.run([python, "-c", same], check=False).returncode:
        pytest.skip(f"no Python {sys.version_info[0]}.{sys.version_info[1]} that every user may run")
    site_packages = Path(psycopg.__file__).parents[1]
    source = Path(embedded_postgres.__file__).parents[3]
    with tempfile.TemporaryDirectory(dir="/tmp") as home:
        shutil.chown(home, "nobody")
        environment = {"PYTHONPATH": f"{source}:{site_packages}", "HOME": "/nonexistent", "PATH": "/usr/bin:/bin"}
        script = HOLD.replace("time.sleep(120)", "")
        result = subprocess.run(
            [python, "-c", script, f"{home}/data"],
            check=False,
            env=environment,
            user="nobody",
            cwd="/",
            capture_output=True,
            text=True,
        )
        assert result.returncode == 0, result.stderr
        assert Path(home, "data/postgres").stat().st_uid == Path(home).stat().st_uid
        assert not processes.members(Path(home, "data/postgres"))


@root_only
def test_a_server_in_another_container_is_not_trampled_on(data: Path) -> None:
    """Its processes cannot be seen, but its lock can: we refuse instead of starting a second server."""
    unshare = ["unshare", "--pid", "--fork", "--mount-proc", "--kill-child"]
    if subprocess.run([*unshare, "true"], check=False, capture_output=True).returncode:
        pytest.skip("this machine does not let us make a pid namespace")
    script = HOLD.replace("time.sleep(120)", "pass")
    with embedded_postgres.running(data, fast=True) as server:
        result = subprocess.run(
            [*unshare, sys.executable, "-c", script, str(data)], check=False, capture_output=True, text=True
        )
        assert result.returncode == 1
        assert ClusterForeign.__name__ in result.stderr
        assert ask(server.url) == 1


def test_a_throwaway_server_leaves_nothing() -> None:
    """For test runs."""
    with embedded_postgres.throwaway() as server:
        assert ask(server.url) == 1
        place = server.data
    assert not place.exists()


def test_stopping_takes_little_time(data: Path) -> None:
    """Also with a client in the middle of something."""
    server = embedded_postgres.start(data, fast=True)
    with psycopg.connect(server.url, autocommit=True) as busy:
        busy.execute("create table t as select generate_series(1, 100000)")
        began = time.monotonic()
        server.stop()
        assert time.monotonic() - began < 5
    assert folder.users_are_visible(data)
