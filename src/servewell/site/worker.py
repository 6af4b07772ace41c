"""The worker process: what is done while nobody waits for a page?

Procrastinate's jobs run in the main thread's event loop. Each loop below has a thread: it works while there is work,
then sleeps until its pause is over or a word of the database wakes it: each word wakes only whom it concerns. SIGTERM
lets what is under way end. A loop whose work fails says so in the log and tries again later; so does everything after
the database was away. A thread that ends all the same ends the process: the supervisor starts a whole one.
"""

import asyncio
import os
import signal
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

import psycopg
import structlog
from django.db import close_old_connections, connections
from procrastinate import App
from procrastinate.contrib.django import app

from servewell.apps.base import direct, outbox, timers, waiting
from servewell.apps.channels.frame import arrivals, keeping, sending
from servewell.apps.conversations.search import jobs as search
from servewell.site import garbage

TIMERS = "servewell_timers"  # one was set that is due at once
OUTBOX = "servewell_outbox"  # a call was put; its kind is said
ARRIVALS = "servewell_channels"  # something came in raw
JOBS_AT_ONCE = 2
GRACE = 4.0  # seconds that running jobs get at SIGTERM; the supervisor waits five
SILENCE = 60.0  # seconds without a heartbeat (one each ten) after which a worker counts as dead
LONGEST_WAIT = 30.0  # seconds between tries of what keeps failing
SLOW = {"webhooks.call"}  # calls whose receivers may take their time: nothing else waits for them
SENDING = {sending.KIND}  # what goes to customers; its other sides may take their time too
KEPT = 600  # seconds that a thread keeps its connection; one that is dead is found before its next use
SETTLE = 0.05  # seconds from a word to the look: many words, one look

_log = structlog.get_logger(__name__)


@dataclass
class Loop:
    """One kind of repeated work."""

    name: str
    work: Callable[[], int]  # returns how much it found; 0 means nothing left
    pause: float  # seconds to the next look when nothing is left
    wakes: str = ""  # a word on this channel ends the pause
    concerns: Callable[[str], bool] = lambda word: True  # if it is one of these
    before: "Loop | None" = None  # does the same work; this one looks only while that one is busy
    full: int = 1  # what a look finds when more is left
    rest: float = 0.0  # seconds to the next look after one that found something, and not that much
    wake: threading.Event = field(default_factory=threading.Event)
    idle: bool = False  # does it sleep?

    def run(self, stopping: threading.Event) -> None:
        """Work until told to stop."""
        failures = 0
        while not stopping.is_set():
            try:
                found = self._look()
                failures = 0
            except Exception as error:
                failures += 1
                found = 0
                self._report(error)
            if not found:
                self._sleep(stopping, waiting.doubled(self.pause, failures, LONGEST_WAIT))
            elif found < self.full:
                stopping.wait(self.rest)
        connections.close_all()

    def _look(self) -> int:
        if self.before is not None and self.before.idle:
            return 0
        close_old_connections()
        return self.work()

    def _report(self, error: Exception) -> None:
        _log.error("loop failed", loop=self.name, reason=str(error).strip(), exc_info=not _is_absence(error))

    def _sleep(self, stopping: threading.Event, seconds: float) -> None:
        self.idle = True
        woken = self.wake.wait(seconds)
        self.wake.clear()
        if woken and self.wakes:
            stopping.wait(SETTLE)
        self.idle = False


class Watched(threading.Thread):
    """A thread that works until told to stop; when it ends before, it takes the process with it as SIGTERM does."""

    def __init__(self, name: str, work: Callable[[threading.Event], None], stopping: threading.Event) -> None:
        super().__init__(name=name, daemon=True)
        self.work, self.stopping = work, stopping
        self.died = False

    def run(self) -> None:
        """Work, and never end in silence."""
        try:
            self.work(self.stopping)
        except Exception as error:
            _log.error("thread died", thread=self.name, reason=str(error).strip(), exc_info=True)
        finally:
            if not self.stopping.is_set():
                self.died = True
                os.kill(os.getpid(), signal.SIGTERM)


def loops() -> list[Loop]:
    """Return what this worker repeats."""
    apart = SLOW | SENDING
    return [
        Loop("timers", lambda: timers.run_due(limit=100), 1.0, TIMERS),
        Loop("outbox", lambda: outbox.run_due(limit=20, without=apart), 1.0, OUTBOX, lambda kind: kind not in apart),
        *_in_a_row("slow-outbox", 4, lambda: outbox.run_due(limit=20, only=SLOW), OUTBOX, SLOW.__contains__),
        *_in_a_row("sending", 2, lambda: outbox.run_due(limit=20, only=SENDING), OUTBOX, SENDING.__contains__),
        *_in_a_row("arrivals", 2, lambda: arrivals.read_due(limit=20), ARRIVALS),
        Loop("search", lambda: search.index_due(limit=100), 1.0, full=100, rest=0.5),  # one look, many messages
    ]


def _in_a_row(
    name: str, many: int, work: Callable[[], int], wakes: str, concerns: Callable[[str], bool] = lambda word: True
) -> list[Loop]:
    """Return loops that do the same: each looks while the one before is busy, for work that may take its time."""
    made: list[Loop] = []
    for number in range(many):
        made.append(Loop(f"{name}-{number}", work, 1.0, wakes, concerns, before=made[-1] if made else None))
    return made


def run() -> None:
    """Work until SIGTERM or SIGINT; return when everything under way has ended. SystemExit(1) when a thread died."""
    connections.settings["default"]["CONN_MAX_AGE"] = KEPT  # else each look of each loop, idle or not, connects anew
    stopping = threading.Event()
    repeated = loops()
    garbage.settle()
    threads = [Watched(loop.name, loop.run, stopping) for loop in repeated]
    threads.append(Watched("keepers", keeping.run, stopping))
    threads.append(Watched("listen", lambda stopping: _listen(repeated, stopping), stopping))
    for thread in threads:
        thread.start()
    try:
        asyncio.run(_work_off_jobs(stopping))
    finally:
        stopping.set()
        for loop in repeated:
            loop.wake.set()
        for thread in threads:
            thread.join(GRACE)
    if any(thread.died for thread in threads):
        raise SystemExit(1)


async def _work_off_jobs(stopping: threading.Event) -> None:
    """Run procrastinate until a signal; begin again after the database was away."""
    ended = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    pause = 1.0
    while not ended.is_set():
        task = asyncio.create_task(_serve_jobs())
        leave = asyncio.create_task(ended.wait())
        await asyncio.wait({task, leave}, return_when=asyncio.FIRST_COMPLETED)
        if ended.is_set():
            stopping.set()
            task.cancel()
        leave.cancel()
        try:
            await task
        except asyncio.CancelledError:
            return
        except Exception as error:
            _log.error("jobs stopped", reason=str(error).strip(), exc_info=not _is_absence(error))
        pause = min(LONGEST_WAIT, pause * 2)
        await asyncio.wait({asyncio.create_task(ended.wait())}, timeout=pause)


async def _serve_jobs() -> None:
    with app.replace_connector(app.connector.get_worker_connector()) as worker_app:
        async with worker_app.open_async():
            giving_back = asyncio.create_task(_keep_giving_back(worker_app))
            try:
                await worker_app.run_worker_async(
                    concurrency=JOBS_AT_ONCE,
                    install_signal_handlers=False,
                    shutdown_graceful_timeout=GRACE,
                    delete_jobs="successful",
                )
            finally:
                giving_back.cancel()


async def _keep_giving_back(worker_app: App) -> None:
    while True:
        try:
            await give_back_orphans(worker_app)
        except Exception as error:
            _log.error("giving back failed", reason=str(error).strip(), exc_info=not _is_absence(error))
        await asyncio.sleep(SILENCE)


async def give_back_orphans(worker_app: App) -> int:
    """Let the jobs of workers that died run again; return how many there were."""
    orphans = list(await worker_app.job_manager.get_stalled_jobs(seconds_since_heartbeat=SILENCE))
    for job in orphans:
        _log.warning("job given back", job=job.id, task=job.task_name)
        await worker_app.job_manager.retry_job(job)
    return len(orphans)


def _listen(repeated: list[Loop], stopping: threading.Event) -> None:
    """Wake the loops that a word concerns; without a connection they look by themselves."""
    while not stopping.is_set():
        try:
            with direct.connect(name="servewell-worker-listen") as connection:
                for channel in {loop.wakes for loop in repeated if loop.wakes}:
                    connection.execute(f"listen {channel}")
                while not stopping.is_set():
                    for notice in connection.notifies(timeout=1.0, stop_after=1):
                        _wake(repeated, notice.channel, notice.payload)
        except psycopg.Error:
            stopping.wait(2.0)


def _wake(repeated: list[Loop], channel: str, word: str) -> None:
    """Wake whom a word concerns; of those who do the same, the first that sleeps and whoever it looks after."""
    for loop in repeated:
        after_one_that_sleeps = loop.before is not None and loop.before.idle
        if loop.wakes == channel and loop.concerns(word) and not after_one_that_sleeps:
            loop.wake.set()


def _is_absence(error: Exception) -> bool:
    """Is it only that the database is away? Then its sentence says all, and no traceback is needed."""
    cause = error.__cause__ or error
    return isinstance(cause, psycopg.OperationalError) or isinstance(error, psycopg.OperationalError)
