"""How is a cluster made, started, adopted, stopped? With initdb, pg_ctl and pg_isready, on loopback, always scram."""

import os
import shutil
import subprocess
import time
from pathlib import Path

import psycopg

from servewell.site.embedded_postgres import processes
from servewell.site.embedded_postgres.binaries import Binaries, Runner
from servewell.site.embedded_postgres.folder import DATABASE, ROLE
from servewell.site.errors import PostgresFailed

START_SECONDS = 120  # a crash recovery may take a while
STOP_SECONDS = 8  # fast first, then immediate, inside the ten seconds of `servewell up`

SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",  # a socket's path may hold 107 bytes; a data folder's may be longer
    "password_encryption": "scram-sha-256",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "random_page_cost": "1.1",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "logging_collector": "on",
    "log_directory": "log",
    "log_filename": "postgresql-%a.log",  # seven files, overwritten weekly
    "log_truncate_on_rotation": "on",
    "log_rotation_size": "0",
}
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "logging_collector": "off"}


def create(binaries: Binaries, runner: Runner, home: Path, password: str) -> None:
    """Make the cluster beside its place and move it there whole: one half made never gets the name."""
    fresh, secret = home.with_name("postgres.new"), home.with_name(".postgres.pwfile")
    shutil.rmtree(fresh, ignore_errors=True)
    secret.unlink(missing_ok=True)
    fresh.mkdir(mode=0o700)
    os.chown(fresh, runner.uid, runner.gid)
    with os.fdopen(os.open(secret, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        os.fchown(file.fileno(), runner.uid, runner.gid)
        file.write(password)
    try:
        result = runner.run(
            [binaries.program("initdb"), "-D", runner.path_of(fresh), *_initdb_options(binaries)],
            inside=fresh,
            reading=secret,
        )
    finally:
        secret.unlink()
    if result.returncode:
        shutil.rmtree(fresh, ignore_errors=True)
        raise PostgresFailed(detail=_tail(result.stderr or result.stdout))
    fresh.rename(home)  # replaces an empty folder only


def start(binaries: Binaries, runner: Runner, home: Path, port: int, *, fast: bool) -> int:
    """Start the server on 127.0.0.1:`port`, wait until it takes connections."""
    settings = SETTINGS | (FAST if fast else {})
    options = " ".join([f"-p {port}", *(f"-c {name}='{value}'" for name, value in settings.items())])
    log = home / "start.log"
    log.unlink(missing_ok=True)
    result = _control(binaries, runner, home, START_SECONDS, "-l", log.name, "-o", options, "start")
    if result.returncode:
        raise PostgresFailed(detail=_tail(_read(log) or result.stderr))
    return port


def adopt(binaries: Binaries, runner: Runner, home: Path) -> int | None:
    """Return the port of a server that runs in `home` already and takes connections, else None."""
    pid = processes.postmaster(home)
    end = time.monotonic() + START_SECONDS
    while pid is not None and time.monotonic() < end:
        port = processes.port(home, pid)
        if port is None:
            return None
        if is_ready(binaries, runner, port):
            return port
        time.sleep(0.2)
        pid = processes.postmaster(home)
    return None


def see_to_database(url: str) -> None:
    """Make our database in a cluster that has none yet."""
    with psycopg.connect(url, dbname="postgres", autocommit=True) as connection:
        if not connection.execute("select 1 from pg_database where datname = %s", [DATABASE]).fetchone():
            connection.execute(f"create database {DATABASE} template template0")


def stop(binaries: Binaries, runner: Runner, home: Path) -> None:
    """Stop the server: fast, at once if that takes long, and by force if even that does not end it."""
    for mode in ("fast", "immediate"):
        if processes.postmaster(home) is None:
            break
        _control(binaries, runner, home, STOP_SECONDS, "-m", mode, "stop")
    if processes.members(home):
        processes.clear(home)


def is_ready(binaries: Binaries, runner: Runner, port: int) -> bool:
    """Ask pg_isready."""
    command: list[str | Path] = [binaries.program("pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(port), "-t", "3"]
    return runner.run(command).returncode == 0


def _control(
    binaries: Binaries, runner: Runner, home: Path, seconds: int, *words: str
) -> subprocess.CompletedProcess[str]:
    command: list[str | Path] = [
        binaries.program("pg_ctl"),
        "-D",
        runner.path_of(home),
        "-w",
        "-t",
        str(seconds),
        *words,
    ]
    return runner.run(command, inside=home, timeout=seconds + 30)


def _initdb_options(binaries: Binaries) -> list[str]:
    locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"] if binaries.major >= 17 else []
    return [
        *("-U", ROLE, "--pwfile=/dev/stdin", "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C"),
        *(*locale, "--no-instructions", "--data-checksums"),
    ]


def _read(path: Path) -> str:
    try:
        return path.read_text(errors="replace")
    except OSError:
        return ""


def _tail(text: str) -> str:
    return " | ".join(text.strip().splitlines()[-5:])
