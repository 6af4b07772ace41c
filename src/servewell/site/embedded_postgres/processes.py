"""Which processes belong to a cluster? Those whose working folder it is: a pid file can lie, `/proc` cannot.

PostgreSQL's processes all stand in their cluster's folder. So a stale, truncated or foreign `postmaster.pid` misleads
nobody here, and no process that is not PostgreSQL in this very folder is ever signalled.
"""

import contextlib
import os
import signal
import time
from pathlib import Path

PATIENCE = 20.0  # seconds that processes get to go by themselves before SIGKILL


def postmaster(cluster: Path) -> int | None:
    """Return the pid of the cluster's living postmaster: the one that is no other one's child."""
    found = members(cluster)
    heads = [pid for pid in found if parent(pid) not in found and _is_postmaster(pid)]
    return heads[0] if heads else None


def members(cluster: Path) -> set[int]:
    """Return the pids of every PostgreSQL process that stands in `cluster`."""
    try:
        home = cluster.stat()
    except FileNotFoundError:
        return set()
    return {pid for pid in _pids() if _stands_in(pid, home) and _is_postgres(pid)}


def is_member(cluster: Path, pid: int) -> bool:
    """Is this process a PostgreSQL that stands in `cluster`?"""
    try:
        return _stands_in(pid, cluster.stat()) and _is_postgres(pid)
    except FileNotFoundError:
        return False


def parent(pid: int) -> int:
    """Return the pid of a process's parent; 0 when there is no such process."""
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except (OSError, IndexError):
        return 0


def port(cluster: Path, pid: int) -> int | None:
    """Return the port that `postmaster.pid` gives for this postmaster; None when the file is not about it."""
    try:
        lines = (cluster / "postmaster.pid").read_text().splitlines()
        return int(lines[3]) if int(lines[0]) == pid else None
    except (FileNotFoundError, IndexError, ValueError):
        return None


def clear(cluster: Path, *, patience: float = PATIENCE) -> None:
    """End what is left of a dead or broken server in `cluster`, then remove its pid file.

    1. a postmaster is told to stop fast, then at once; 2. its orphans get time to notice its death;
    3. what still stands is killed; 4. only then the pid file, which guards against exactly these, goes.
    """
    head = postmaster(cluster)
    for number, seconds in ((signal.SIGINT, patience), (signal.SIGQUIT, 5.0)):
        if head is not None:
            _signal(head, number)
        if _gone(cluster, seconds):
            break
    for pid in members(cluster):
        _signal(pid, signal.SIGKILL)
    _gone(cluster, 5.0)
    (cluster / "postmaster.pid").unlink(missing_ok=True)


def _gone(cluster: Path, seconds: float) -> bool:
    end = time.monotonic() + seconds
    while members(cluster):
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


def _signal(pid: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)


def _pids() -> list[int]:
    return [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()]


def _stands_in(pid: int, home: os.stat_result) -> bool:
    try:
        found = Path(f"/proc/{pid}/cwd").stat()
    except OSError:
        return False
    return (found.st_dev, found.st_ino) == (home.st_dev, home.st_ino)


def _is_postgres(pid: int) -> bool:
    try:
        name = Path(f"/proc/{pid}/exe").readlink().name
    except OSError:
        return False
    return name.removesuffix(" (deleted)") == "postgres"


def _is_postmaster(pid: int) -> bool:
    """Backends rename themselves `postgres: ...`; the postmaster keeps its command line."""
    try:
        return not Path(f"/proc/{pid}/cmdline").read_bytes().startswith(b"postgres:")
    except OSError:
        return False
