"""What lies in the data folder for PostgreSQL? Locks, the password, the last port, the cluster."""

import fcntl
import os
import secrets
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from servewell.site.embedded_postgres.binaries import Runner
from servewell.site.errors import ClusterUnreadable, FolderUnwritable

ROLE = DATABASE = "servewell"


def cluster(data: Path) -> Path:
    """Return the folder that PostgreSQL owns."""
    return data / "postgres"


def prepare(data: Path, runner: Runner) -> None:
    """Make the data folder and an empty cluster folder; change no mode of anything above."""
    try:
        data.mkdir(parents=True, exist_ok=True, mode=0o700)
        home = cluster(data)
        home.mkdir(exist_ok=True, mode=0o700)
        if runner.switches and home.stat().st_uid != runner.uid:
            _hand_over(home, runner)
    except OSError as error:
        raise FolderUnwritable(data=str(data), reason=error.strerror or str(error)) from error


@contextmanager
def starting(data: Path) -> Iterator[None]:
    """Hold the lock under which the server is started and stopped."""
    with _open(data / "postgres.lock") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def share(data: Path) -> IO[Any]:
    """Count ourselves among the server's users until the file is closed."""
    file = _open(data / "postgres.users")
    fcntl.flock(file, fcntl.LOCK_SH)
    return file


def is_last(held: IO[Any]) -> bool:
    """Is nobody but the holder of this share using the server? Under `starting` only."""
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def users_are_visible(data: Path) -> bool:
    """Do the processes that use the server live where we can see them? Under `starting` only.

    A container that shares the data folder does not show its processes; its lock shows that it is there.
    """
    with _open(data / "postgres.users") as file:
        return is_last(file) or _is_listed(os.fstat(file.fileno()).st_ino)


def url(data: Path, port: int) -> str:
    """Return the connection string, password and all."""
    try:
        password = (data / "postgres.password").read_text().strip()
    except FileNotFoundError as error:
        raise ClusterUnreadable(data=str(data), version="?") from error
    return f"postgresql://{ROLE}:{password}@127.0.0.1:{port}/{DATABASE}"


def has_password(data: Path) -> bool:
    """Was the cluster ever made?"""
    return (data / "postgres.password").exists()


def fresh_password(data: Path) -> str:
    """Return a new password, kept 0600."""
    password = secrets.token_urlsafe(32)
    _write(data / "postgres.password", password)
    return password


def last_port(data: Path) -> int | None:
    """Return the port of the last start."""
    try:
        return int((data / "postgres.port").read_text())
    except (FileNotFoundError, ValueError):
        return None


def remember_port(data: Path, port: int) -> None:
    """Let other processes find the server."""
    if last_port(data) != port:
        _write(data / "postgres.port", str(port))


def free_port(data: Path) -> int:
    """Return the last port if it is free still (clients come back to it), else any free one."""
    last = last_port(data)
    for port in [last, 0] if last else [0]:
        with socket.socket() as probe:
            # as PostgreSQL binds: connections that a killed server left in TIME_WAIT do not take the port
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise OSError("no free port on 127.0.0.1")


def _write(path: Path, text: str) -> None:
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    fresh.rename(path)


def _open(path: Path) -> IO[Any]:
    return os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+")


def _hand_over(home: Path, runner: Runner) -> None:
    """Give the cluster to the user that runs PostgreSQL (another SERVEWELL_PG_USER, a restored folder)."""
    for path in [home, *home.rglob("*")]:
        os.chown(path, runner.uid, runner.gid, follow_symlinks=False)


def _is_listed(inode: int) -> bool:
    """Does the kernel list somebody's lock on this file? It leaves out those of other pid namespaces."""
    try:
        locks = Path("/proc/locks").read_text().splitlines()
    except OSError:
        return True
    return any(f":{inode} " in line and "FLOCK" in line for line in locks)
