"""`servewell up`: who starts everything, keeps it alive, and leaves nothing behind?

1. Take the data folder's lock, see that the port is free. 2. Start or adopt the database. 3. Migrate, and for the demo
seed, in a process of its own. 4. Start web and worker; say so when the pages answer. 5. Restart what dies, the sooner
the longer it had lived. 6. At SIGTERM, SIGINT or SIGHUP stop web and worker, then the database.
"""

import fcntl
import json
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from servewell.apps.base import waiting
from servewell.site import database, embedded_postgres, offspring, places, web
from servewell.site.cli import talk
from servewell.site.errors import AlreadyUp, SiteError

TICK = 0.25  # seconds between two looks
STOP_SECONDS = 5.0  # what web and worker get before SIGKILL; PostgreSQL needs its part of the ten
LONGEST_WAIT = 30.0  # seconds before another try, at most
STEADY = 60.0  # seconds of life after which earlier deaths are forgotten
READY_EVERY = 10.0  # seconds between two questions to the database
SILENCE = 45.0  # seconds without an answer after which it counts as hanging
REFUSED = 2  # the exit code of a child that said in a sentence why it will not run


@dataclass(frozen=True)
class Plan:
    """What was asked for."""

    host: str
    port: int
    workers: int  # granian's processes
    demo: bool
    as_json: bool  # the start message as one JSON line


@dataclass
class Child:
    """One process we keep alive."""

    name: str  # a command of ours: web | worker
    words: list[str]
    process: "subprocess.Popen[bytes] | None" = None
    started: float = 0.0  # time.monotonic() of the last start
    deaths: int = 0  # in a row
    due: float = 0.0  # time.monotonic() from which it may be started again

    def start(self, environment: dict[str, str]) -> None:
        """Start it in a process group of its own: Ctrl-C reaches us, and we stop it in order."""
        command = [sys.executable, "-m", "servewell.site.cli", self.name, "--lang", talk.language(), *self.words]
        self.process = subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, process_group=0)
        self.started = time.monotonic()

    def has_died(self) -> int | None:
        """Return the exit code once, at the first look after its death, and plan the next start."""
        code = self.process.poll() if self.process else None
        if code is None:
            return None
        self.process = None
        self.deaths = 1 if time.monotonic() - self.started > STEADY else self.deaths + 1
        self.due = time.monotonic() + waiting.doubled(0.5, self.deaths, LONGEST_WAIT)
        return code


_MOVED = "moved"  # the database came back on another port: who knows only the old one has to start anew


@dataclass
class _Guarded:
    """The embedded database, kept alive; asked by pg_isready too, for one that hangs is no better than a dead one."""

    server: embedded_postgres.Server
    failures: int = 0  # restarts in a row that failed
    due: float = 0.0  # time.monotonic() of the next look worth its cost
    silent_since: float | None = None

    def look(self) -> str | None:
        """Restart it where that is needed; return _MOVED when its address changed."""
        if self.server.is_alive() and not self._hangs():
            return None
        return self._restart() if self.server.is_alive() or time.monotonic() >= self.due else None

    def _hangs(self) -> bool:
        now = time.monotonic()
        if now < self.due:
            return False
        self.due = now + READY_EVERY
        if self.server.is_ready():
            self.silent_since = None
        elif self.silent_since is None:
            self.silent_since = now
        return self.silent_since is not None and now - self.silent_since > SILENCE

    def _restart(self) -> str | None:
        talk.note(talk.text("site.up.database-died"))
        before = self.server.port
        try:
            self.server.revive()
        except SiteError as error:  # a full disk, say: what is wrong may pass
            self.failures += 1
            self.due = time.monotonic() + waiting.doubled(1.0, self.failures, LONGEST_WAIT)
            talk.complain(error.sentence(talk.language()))
            return None
        self.failures, self.silent_since, self.due = 0, None, 0.0
        return _MOVED if self.server.port != before else None


@dataclass
class _State:
    plan: Plan
    environment: dict[str, str]
    children: list[Child]
    database: "_Guarded | None"  # None: it is not ours to keep alive
    stopping: threading.Event = field(default_factory=threading.Event)
    ready: bool = False


def run(plan: Plan) -> int:
    """Do all of it; return the exit code. Raises SiteError for what can be known before the start."""
    data = places.prepare(places.data())
    with only_one(data), _signals() as stopping:
        web.refuse_busy(plan.host, plan.port)
        with _database(data) as server:
            return _run(plan, data, server, stopping)


def _run(plan: Plan, data: Path, server: embedded_postgres.Server | None, stopping: threading.Event) -> int:
    environment = os.environ | offspring.announce_parent() | {"SERVEWELL_DATA": str(data)}
    environment |= {"SERVEWELL_DEMO": "1"} if plan.demo else {}
    if environment.get("SERVEWELL_DEMO") == "1" and not web.is_loopback(plan.host):
        talk.note(talk.text("site.up.demo-open", host=plan.host))
    code, found = _prepare(environment, stopping)
    if code or stopping.is_set():
        return 0 if stopping.is_set() else code
    listen = ["--host", plan.host, "--port", str(plan.port), "--workers", str(plan.workers)]
    children = [Child("web", listen), Child("worker", [])]
    state = _State(plan, environment, children, _Guarded(server) if server else None, stopping)
    try:
        return _watch(state, found)
    finally:
        _stop(children)


def _prepare(environment: dict[str, str], stopping: threading.Event) -> tuple[int, dict[str, Any]]:
    """Migrate and seed in a process of its own (it needs Django, we do not); return its exit code and findings."""
    command = [sys.executable, "-m", "servewell.site.preparation", "--lang", talk.language()]
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, process_group=0
    ) as child:
        while child.poll() is None:
            if stopping.wait(0.1):
                child.terminate()
        said = child.stdout.read() if child.stdout else b""
    return child.returncode or 0, json.loads(said) if said.strip() and not child.returncode else {}


def _watch(state: _State, found: dict[str, Any]) -> int:
    while not state.stopping.wait(TICK):
        if state.database and state.database.look() == _MOVED:
            _stop(state.children)
        for child in state.children:
            code = child.has_died()
            if code == REFUSED and not state.ready:
                return code
            if code is not None:
                talk.note(
                    talk.text("site.up.died", name=child.name, code=code, seconds=round(child.due - time.monotonic()))
                )
            if child.process is None and time.monotonic() >= child.due:
                child.start(state.environment)
        if not state.ready and _answers(state.plan):
            state.ready = True
            _announce(state, found)
    talk.note(talk.text("site.up.stopping"))
    return 0


def _announce(state: _State, found: dict[str, Any]) -> None:
    url = web.url(state.plan.host, state.plan.port)
    if state.plan.as_json:
        talk.out(json.dumps({"url": url, "data": str(places.data()), **found}, ensure_ascii=False))
        return
    lines = [talk.text("site.up.ready", url=url)]
    if found.get("demo_hint"):
        lines.append(talk.text("site.up.demo", **found["demo_hint"]))
    elif not found.get("people"):
        lines.append(talk.text("site.up.first-administrator"))
    lines += [talk.text("site.up.data", data=places.data()), talk.text("site.up.stop")]
    talk.out("\n".join(lines))


def _answers(plan: Plan) -> bool:
    try:
        with urllib.request.urlopen(web.url(plan.host, plan.port) + "healthz", timeout=2) as answer:  # noqa: S310 - http
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _stop(children: list[Child]) -> None:
    """Ask all to end, wait, and end who did not; they share the time."""
    running = [child.process for child in children if child.process]
    for process in running:
        process.terminate()
    end = time.monotonic() + STOP_SECONDS
    for process in running:
        try:
            process.wait(max(0.0, end - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    for child in children:
        child.process = None


@contextmanager
def _database(data: Path) -> Iterator[embedded_postgres.Server | None]:
    """Yield our own server, running, or None for one that the administrator named and that fits."""
    named = database.configured()
    if named:
        database.check(named)
        yield None
        return
    with embedded_postgres.running(data) as server:
        database.check(server.url)
        yield server


@contextmanager
def only_one(data: Path) -> Iterator[None]:
    """Hold the folder's lock for the block; the kernel drops it however we end."""
    with os.fdopen(os.open(data / "up.lock", os.O_RDWR | os.O_CREAT, 0o600), "r+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise AlreadyUp(data=str(data), pid=file.read().strip() or "?") from error
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


@contextmanager
def _signals() -> Iterator[threading.Event]:
    """Turn the signals that end us into an event; a second one changes nothing, we are on our way."""
    stopping = threading.Event()
    before = {n: signal.signal(n, lambda *_: stopping.set()) for n in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)}
    try:
        yield stopping
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def running(data: Path) -> bool:
    """Does a `servewell up` hold this data folder?"""
    try:
        with only_one(data):
            return False
    except AlreadyUp:
        return True
