"""How does Servewell bring its own PostgreSQL? As a server inside the data folder that every command shares.

    with embedded_postgres.running(data) as server:
        psycopg.connect(server.url)

`start` uses the server that runs already, or starts one; whoever leaves last stops it. Three files in the data
folder keep that true over any crash, since the kernel drops a dead process's locks:

- `postgres.lock`   held while somebody starts or stops the server
- `postgres.users`  held shared by each process that uses the server
- `postgres/`       the cluster, owned by the user that runs PostgreSQL
"""

import shutil
import signal
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from servewell.site.embedded_postgres import cluster, folder, processes
from servewell.site.embedded_postgres.binaries import Binaries, Runner, choose
from servewell.site.errors import ClusterForeign

__all__ = ["Server", "address", "running", "start", "throwaway"]


@dataclass
class Server:
    """One process's share in the running server."""

    data: Path  # the data folder
    port: int  # on 127.0.0.1
    url: str  # postgresql://servewell:...@127.0.0.1:port/servewell
    fast: bool  # started without fsync (tests only)
    binaries: Binaries  # the programs of this cluster's version
    runner: Runner  # the user that runs them
    _share: IO[Any] | None  # holds the shared lock on postgres.users
    _pid: int | None = None  # the postmaster seen last

    def is_alive(self) -> bool:
        """Is there a postmaster of this cluster? Cheap while the one seen last lives."""
        home = folder.cluster(self.data)
        if self._pid is None or not processes.is_member(home, self._pid):
            self._pid = processes.postmaster(home)
        return self._pid is not None

    def is_ready(self) -> bool:
        """Does it take connections (pg_isready)?"""
        return cluster.is_ready(self.binaries, self.runner, self.port)

    def revive(self) -> None:
        """Start the server again, on the same port when that is still free; one that lives and hangs is ended first."""
        with folder.starting(self.data):
            if self.is_alive() and not self.is_ready():
                processes.clear(folder.cluster(self.data), patience=3.0)
            self.port = _ensure_running(self.data, self.binaries, self.runner, self.fast)
            self.url = folder.url(self.data, self.port)

    def stop(self) -> None:
        """Give the share back; the last one stops the server. Calling it twice does nothing more."""
        if self._share is None:
            return
        with folder.starting(self.data):
            if folder.is_last(self._share):
                cluster.stop(self.binaries, self.runner, folder.cluster(self.data))
            self._share.close()
            self._share = None


def start(data: Path, *, fast: bool = False) -> Server:
    """Return a share in the server of `data`, made and started where needed (`fast`: no fsync, for tests).

    Raises SiteError with a sentence: no binaries, a folder that cannot be entered, a start that failed.
    """
    data = data.absolute()
    runner = Runner.chosen()
    folder.prepare(data, runner)
    binaries = choose(folder.cluster(data), runner)
    with folder.starting(data):
        if not folder.users_are_visible(data):
            raise ClusterForeign(data=str(data))
        share = folder.share(data)
        try:
            port = _ensure_running(data, binaries, runner, fast)
        except BaseException:
            share.close()
            raise
    return Server(data, port, folder.url(data, port), fast, binaries, runner, share)


@contextmanager
def running(data: Path, *, fast: bool = False) -> Iterator[Server]:
    """Hold a share for the length of a block, also when SIGTERM ends it."""
    with _terminating_cleanly():
        server = start(data, fast=fast)
        try:
            yield server
        finally:
            server.stop()


@contextmanager
def throwaway() -> Iterator[Server]:
    """Run a server without fsync in a fresh folder that is deleted afterwards: one for a whole test run."""
    data = Path(tempfile.mkdtemp(prefix="servewell-pg-"))
    try:
        with running(data, fast=True) as server:
            yield server
    finally:
        shutil.rmtree(data, ignore_errors=True)


def address(data: Path) -> str | None:
    """Return the URL of the server that `data` used last, or None where there was none; starts nothing."""
    port = folder.last_port(data)
    return folder.url(data, port) if port and folder.has_password(data) else None


def _ensure_running(data: Path, binaries: Binaries, runner: Runner, fast: bool) -> int:
    home = folder.cluster(data)
    if not (home / "PG_VERSION").exists():
        cluster.create(binaries, runner, home, folder.fresh_password(data))
    port = cluster.adopt(binaries, runner, home)
    if port is None:
        processes.clear(home)
        port = cluster.start(binaries, runner, home, folder.free_port(data), fast=fast)
    folder.remember_port(data, port)
    cluster.see_to_database(folder.url(data, port))
    return port


@contextmanager
def _terminating_cleanly() -> Iterator[None]:
    """Turn SIGTERM into SystemExit, so that the server is stopped; leave a handler of the caller's alone."""
    mine = threading.current_thread() is threading.main_thread() and signal.getsignal(signal.SIGTERM) == signal.SIG_DFL

    def leave(number: int, _frame: object) -> None:
        raise SystemExit(128 + number)

    if mine:
        signal.signal(signal.SIGTERM, leave)
    try:
        yield
    finally:
        if mine:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
