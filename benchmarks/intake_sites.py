"""What do both sites of `intake.py` run on, and how is what they cost taken?

CPU is user and system of the web process and of the whole PostgreSQL server, from /proc by difference over the requests
of a round, after others that warmed the pages.
"""

import json
import os
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
TICK = os.sysconf("SC_CLK_TCK")
SERVE = (
    "import sys; from granian import Granian; target, interface, port = sys.argv[1:];"
    "Granian(target, port=int(port), interface=interface, blocking_threads=4 if interface == 'wsgi' else 1,"
    "websockets=False, log_enabled=False).serve()"
)


@dataclass(frozen=True)
class Server:
    """The PostgreSQL of a run."""

    url: str
    pid: int  # of its postmaster


@dataclass
class Site:
    """A site that is asked over HTTP."""

    port: int
    pid: int  # of the web process
    headers: dict[str, str]
    server: Server

    def __post_init__(self) -> None:
        self._connection = HTTPConnection("127.0.0.1", self.port, timeout=900)

    def ask(self, path: str, body: Any = None) -> Any:
        """Send one request; anything but a success ends the run."""
        kind = {"Content-Type": "application/json"} if body is not None else {}
        sent = None if body is None else json.dumps(body)
        self._connection.request("GET" if body is None else "POST", path, sent, {**self.headers, **kind})
        answer = self._connection.getresponse()
        content = answer.read()
        if answer.status not in (200, 201):
            raise SystemExit(f"{path}: {answer.status} {content[:500]!r}")
        return json.loads(content)

    def cost_ms(self, work: Callable[[], object], times: int, patience: float = 600.0) -> float:
        """Return the CPU milliseconds of one `work`, the web's and PostgreSQL's; the first tenth only warms."""
        for _ in range(max(1, times // 10)):
            work()
        before, began, done = self._spent(), time.monotonic(), 0
        while done < times and (done < 1 or time.monotonic() - began < patience):
            work()
            done += 1
        return (self._spent() - before) / done * 1000

    def _spent(self) -> float:
        return cpu_s(self.pid) + cpu_s(self.server.pid)


@contextmanager
def serving(
    server: Server, command: list[str], headers: dict[str, str], environment: dict[str, str] | None = None
) -> Iterator[Site]:
    """Run a site for the block."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    own = environment or {"SERVEWELL_PROCESS": "web", "SERVEWELL_THREADS": "4"}
    process = subprocess.Popen([*command, str(port)], cwd=HERE, env={**os.environ, **own})
    try:
        site = Site(port, process.pid, headers, server)
        _wait(port)
        yield site
    finally:
        process.terminate()
        process.wait(30)


@contextmanager
def database() -> Iterator[Server]:
    """Run an embedded PostgreSQL with our tables for the block."""
    from servewell.site import embedded_postgres
    from servewell.site.embedded_postgres import folder, processes

    with tempfile.TemporaryDirectory() as home:
        Path(home).chmod(0o755)  # the user that runs PostgreSQL passes through
        os.environ["SERVEWELL_DATA"] = str(Path(home) / "data")
        running = embedded_postgres.start(Path(home) / "server")
        try:
            os.environ["SERVEWELL_DATABASE_URL"] = running.url
            _prepare(running.url)
            pid = processes.postmaster(folder.cluster(Path(home) / "server"))
            assert pid is not None
            yield Server(running.url, pid)
        finally:
            running.stop()


def _prepare(url: str) -> None:
    import django
    import psycopg

    os.environ["DJANGO_SETTINGS_MODULE"] = "servewell.site.settings"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("create extension if not exists vector")
    django.setup()
    from servewell.site import migrations

    migrations.apply()


def cpu_s(pid: int) -> float:
    """Return user and system seconds of a process, its descendants, and the children that it has waited for."""
    try:
        ticks = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:15]
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return 0.0
    return sum(map(int, ticks)) / TICK + sum(cpu_s(int(child)) for child in children)


def _wait(port: int) -> None:
    for _ in range(300):
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
