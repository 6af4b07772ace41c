"""What did that cost? CPU of the web, the worker and PostgreSQL apart, of tasks that take turns.

User and system time of all threads and children, from /proc by difference: of a web process and its own, of the worker
and its own, and of the postmaster with all its backends, parallel workers and helpers, those that have ended too.
"""

import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from intake_sites import Site  # beside this file

TICK = os.sysconf("SC_CLK_TCK")
ROUNDS = 3
Spent = tuple[float, float, float]  # seconds of the web, the worker, PostgreSQL


@dataclass
class Task:
    """Something that is asked many times."""

    key: str  # in the figures: key_cpu_ms_size
    site: Site
    work: Callable[[], object]
    times: int
    warm: int | None = None  # requests before the measured ones; a tenth when nothing is said
    patience: float = 45.0  # seconds that it may take in all: what is slow is asked less often
    writes: bool = False  # the worker has a part in it
    done: int = 0
    spent: list[float] = field(default_factory=lambda: [0.0, 0.0, 0.0])

    def figures(self, name: str) -> dict[str, float | int]:
        """Return what one request cost at this size, in whole and apart, and how many were asked."""
        web, worker, postgres = (round(seconds / self.done * 1000, 3) for seconds in self.spent)
        found = {
            "cpu_ms": round(sum(self.spent) / self.done * 1000, 3),
            "web_ms": web,
            "postgres_ms": postgres,
            "requests": self.done,
        }
        found |= {"worker_ms": worker} if self.writes else {}
        return {f"{self.key}_{what}_{name}": value for what, value in found.items()}


def in_turn(tasks: list[Task]) -> None:
    """Ask the tasks in turn, a third of their requests each time, after others that warmed them."""
    for task in tasks:
        task.site.refresh()
        for _ in range(max(1, task.times // 10) if task.warm is None else task.warm):
            task.work()
        task.site.drain() if task.writes else None
    for turn in range(ROUNDS):
        for task in tasks:
            _round(task, task.times * (turn + 1) // ROUNDS)


def _round(task: Task, upto: int) -> None:
    """A worker that stands beside another site's round is stopped for it."""
    _signal(task.site.worker, signal.SIGCONT)
    task.site.refresh()
    before, began = spent(task.site), time.monotonic()
    while task.done < upto and (time.monotonic() - began < task.patience / ROUNDS or not task.done):
        task.work()
        task.done += 1
    if task.writes:
        task.site.drain()
    for place, (was, now) in enumerate(zip(before, spent(task.site), strict=True)):
        task.spent[place] += now - was
    _signal(task.site.worker, signal.SIGSTOP)


def spent(site: Site) -> Spent:
    """Return what the processes behind a site have used so far."""
    return cpu_s(site.pid), cpu_s(site.worker) if site.worker else 0.0, cpu_s(site.server.pid)


def cpu_s(pid: int) -> float:
    """Return user and system seconds of a process, its descendants, and the children that it has waited for."""
    try:
        ticks = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:15]
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return 0.0
    return sum(map(int, ticks)) / TICK + sum(cpu_s(int(child)) for child in children)


def _signal(group: int | None, what: signal.Signals) -> None:
    if group is not None:
        os.killpg(group, what)
