"""What do the sites of `intake.py` run on? One PostgreSQL, a database for each desk and size, web processes, a worker.

A database of a size is a copy of the next smaller one (`create database ... template`) that was filled up, so that all
sizes are there at once and can be asked in turn. It gets its name when it is full: what was broken off begins anew.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
SIZES = {"1k": 1_000, "10k": 10_000, "100k": 100_000, "1m": 1_000_000}
SERVE = (
    "import sys; from granian import Granian; target, interface, port = sys.argv[1:];"
    "Granian(target, port=int(port), interface=interface, blocking_threads=4 if interface == 'wsgi' else 1,"
    "websockets=False, log_enabled=False).serve()"
)
OURS = [sys.executable, "-c", SERVE, "servewell.site.asgi:application", "asgi"]
BUSY = (
    "select exists (select from conversations_searchdue) or exists (select from procrastinate_jobs"
    " where status in ('todo', 'doing') and coalesce(scheduled_at, now()) <= now())"
)


@dataclass(frozen=True)
class Server:
    """The PostgreSQL of a run."""

    url: str  # of the database that is only a pattern
    pid: int  # of its postmaster

    def of(self, database: str) -> str:
        """Return the address of another database."""
        from psycopg.conninfo import make_conninfo

        return make_conninfo(self.url, dbname=database)


@dataclass
class Site:
    """A site that is asked over HTTP."""

    port: int
    pid: int  # of the web process
    headers: dict[str, str]
    server: Server
    database: str
    worker: int | None = None  # the worker's process, when one runs

    def __post_init__(self) -> None:
        self._connection = HTTPConnection("127.0.0.1", self.port, timeout=900)

    def ask(self, path: str, body: Any = None, headers: dict[str, str] | None = None) -> Any:
        """Send one request; anything but a success ends the run."""
        kind = {"Content-Type": "application/json"} if body is not None else {}
        sent = None if body is None else json.dumps(body)
        self._connection.request("GET" if body is None else "POST", path, sent, {**(headers or self.headers), **kind})
        answer = self._connection.getresponse()
        content = answer.read()
        if answer.status not in (200, 201):
            raise SystemExit(f"{path}: {answer.status} {content[:500]!r}")
        return json.loads(content)

    def refresh(self) -> None:
        """Connect anew at the next request: a site closes what was idle during another's round."""
        self._connection.close()

    def drain(self) -> None:
        """Wait until the worker has done what the messages left to it."""
        import psycopg

        with psycopg.connect(self.server.of(self.database), autocommit=True) as connection:
            while (connection.execute(BUSY).fetchone() or (False,))[0]:
                time.sleep(0.1)


@contextmanager
def serving(
    server: Server, database: str, command: list[str], headers: dict[str, str], environment: dict[str, str]
) -> Iterator[Site]:
    """Run a site for the block."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen([*command, str(port)], cwd=HERE, env={**os.environ, **environment})
    try:
        site = Site(port, process.pid, headers, server, database)
        _wait(process, port)
        yield site
    finally:
        process.terminate()
        process.wait(30)


@contextmanager
def our_site(server: Server, name: str, headers: dict[str, str]) -> Iterator[Site]:
    """Run ours on the desk of this size."""
    own = {"SERVEWELL_PROCESS": "web", "SERVEWELL_THREADS": "4", "SERVEWELL_DATABASE_URL": server.of(f"desk_{name}")}
    with serving(server, f"desk_{name}", OURS, headers, own) as site:
        yield site


@contextmanager
def working(site: Site) -> Iterator[None]:
    """Run a worker beside our site for the block."""
    process = subprocess.Popen(
        [sys.executable, "-m", "servewell.site.cli", "worker"],
        cwd=HERE.parent,
        env={**os.environ, "SERVEWELL_DATABASE_URL": site.server.of(site.database)},
        start_new_session=True,
    )
    site.worker = process.pid
    try:
        time.sleep(8)  # until its modules are loaded: that is no message's cost
        yield
    finally:
        site.worker = None
        os.killpg(process.pid, signal.SIGCONT)
        process.terminate()
        process.wait(30)


@contextmanager
def database(folder: str | None) -> Iterator[Server]:
    """Run an embedded PostgreSQL with our tables for the block; a named folder is kept for the next part."""
    from servewell.site import embedded_postgres
    from servewell.site.embedded_postgres import folder as place
    from servewell.site.embedded_postgres import processes

    with tempfile.TemporaryDirectory() as own:
        home = Path(folder or own)
        home.mkdir(parents=True, exist_ok=True)
        home.chmod(0o755)  # the user that runs PostgreSQL passes through
        os.environ["SERVEWELL_DATA"] = str(home / "data")
        running = embedded_postgres.start(home / "server")
        try:
            os.environ["SERVEWELL_DATABASE_URL"] = running.url
            _prepare(running.url)
            pid = processes.postmaster(place.cluster(home / "server"))
            assert pid is not None
            yield Server(running.url, pid)
        finally:
            running.stop()


def grown(server: Server, kind: str, name: str, fill: Callable[[str, int], None]) -> None:
    """See to the database `kind_name`: made of the next smaller one, or of the pattern, by `fill(database, have)`."""
    import psycopg

    known = databases(server)
    if f"{kind}_{name}" in known:
        _migrate(kind, name)
        return
    smaller = [size for size in SIZES if SIZES[size] < SIZES[name] and f"{kind}_{size}" in known]
    pattern = f"{kind}_{smaller[-1]}" if smaller else {"desk": "servewell"}.get(kind, kind)
    with psycopg.connect(server.of("postgres"), autocommit=True) as connection:
        connection.execute(f"drop database if exists {kind}_new")
        connection.execute(f"create database {kind}_new template {pattern}")
        began = time.monotonic()
        fill(f"{kind}_new", SIZES[smaller[-1]] if smaller else 0)
        connection.execute(f"alter database {kind}_new rename to {kind}_{name}")
    print(f"{kind}_{name}: filled in {time.monotonic() - began:.0f} s", flush=True)


def _migrate(kind: str, name: str) -> None:
    """Bring a desk that was kept from an earlier part to this version."""
    from servewell.site import migrations

    if kind == "desk":
        with at(f"desk_{name}"):
            migrations.apply()


def databases(server: Server) -> set[str]:
    """Return the names of the databases."""
    import psycopg

    with psycopg.connect(server.of("postgres")) as connection:
        return {name for (name,) in connection.execute("select datname from pg_database")}


@contextmanager
def at(database: str) -> Iterator[None]:
    """Let this process's Django work on another database for the block."""
    from django.db import connection

    connection.close()
    before, connection.settings_dict["NAME"] = connection.settings_dict["NAME"], database
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = before


def _prepare(url: str) -> None:
    import django
    import psycopg
    from django.db import connection

    os.environ["DJANGO_SETTINGS_MODULE"] = "servewell.site.settings"
    with psycopg.connect(url, autocommit=True) as own:
        own.execute("create extension if not exists vector")
    django.setup()
    from servewell.site import migrations

    migrations.apply()
    connection.close()  # the pattern of a database must not be in use


def _wait(process: "subprocess.Popen[bytes]", port: int) -> None:
    for _ in range(300):
        if process.poll() is not None:
            break
        if _answers(port):
            return
        time.sleep(0.1)
    raise TimeoutError("the site does not answer")


def _answers(port: int) -> bool:
    try:
        connection = HTTPConnection("127.0.0.1", port, timeout=10)
        connection.request("GET", "/")
        connection.getresponse().read()
    except (OSError, HTTPException):
        return False
    return True
