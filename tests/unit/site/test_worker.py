"""The worker's loops: work while there is work, wait when there is none, go on after failures."""

import asyncio
import threading
import time

import psycopg
import pytest

from servewell.site import worker
from servewell.site.worker import Loop


def run(loop: Loop, seconds: float = 0.3) -> None:
    """Run a loop in its thread for a while."""
    stopping = threading.Event()
    thread = threading.Thread(target=loop.run, args=[stopping])
    thread.start()
    time.sleep(seconds)
    stopping.set()
    loop.wake.set()
    thread.join(5)
    assert not thread.is_alive()


def test_it_works() -> None:
    """While something is found there is no pause."""
    found = iter([3, 3, 1])
    calls = []

    def work() -> int:
        calls.append(1)
        return next(found, 0)

    run(Loop("some", work, pause=60))
    assert len(calls) == 4


def test_it_looks_again_after_the_pause() -> None:
    """Whatever woke it not."""
    calls: list[int] = []
    run(Loop("some", lambda: calls.append(1) or 0, pause=0.05), 0.5)
    assert len(calls) > 3


def test_what_finds_little_rests_before_the_next_look() -> None:
    """So that a few things at a time do not cost a look each; after a full look the next follows at once."""
    found, moments = [2, 100, 1, 0], []

    def work() -> int:
        moments.append(time.monotonic())
        return found.pop(0) if found else 0

    run(Loop("some", work, pause=60, full=100, rest=0.6), 2.5)
    first, second, third, fourth = moments
    assert second - first >= 0.6
    assert third - second < 0.6
    assert fourth - third >= 0.6


def test_a_wake_ends_the_pause() -> None:
    """A word of the database."""
    calls: list[int] = []
    loop = Loop("some", lambda: calls.append(1) or 0, pause=60, wakes="some_channel")
    threading.Timer(0.1, loop.wake.set).start()
    run(loop, 0.5)
    assert len(calls) >= 2


@pytest.mark.parametrize("failure", [ValueError("ours"), psycopg.OperationalError("the database is away")])
def test_a_failure_is_reported_and_the_loop_goes_on(failure: Exception, capsys: pytest.CaptureFixture[str]) -> None:
    """After a pause that grows."""
    calls: list[int] = []

    def work() -> int:
        calls.append(1)
        if len(calls) < 3:
            raise failure
        return 0

    run(Loop("some", work, pause=0.02), 0.6)
    assert len(calls) >= 3
    said = capsys.readouterr()
    assert said.out == ""
    assert str(failure) in said.err


def test_a_loop_survives_a_million_failures(monkeypatch: pytest.MonkeyPatch) -> None:
    """The database may be away for a day: the wait stays at its limit."""
    waits: list[float] = []
    stopping = threading.Event()
    monkeypatch.setattr(Loop, "_report", lambda self, error: None)

    def sleep(self: Loop, stopping: threading.Event, seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 1100:
            stopping.set()

    def work() -> int:
        raise psycopg.OperationalError("the database is away")

    monkeypatch.setattr(Loop, "_sleep", sleep)
    Loop("some", work, pause=1.0).run(stopping)
    assert (len(waits), waits[-1]) == (1100, worker.LONGEST_WAIT)


def test_a_thread_that_dies_ends_the_process(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """So that the supervisor starts a whole one; half a worker would do nothing, and nobody would know."""
    serving, stopped = threading.Event(), threading.Event()

    async def serve() -> None:
        serving.set()
        await asyncio.sleep(30)

    def listen(repeated: list[Loop], stopping: threading.Event) -> None:
        stopping.wait()
        stopped.set()

    broken = Loop("broken", lambda: 0, pause=1.0)
    monkeypatch.setattr(broken, "run", lambda stopping: serving.wait() and 1 / 0)
    monkeypatch.setattr(worker, "_serve_jobs", serve)
    monkeypatch.setattr(worker, "_listen", listen)
    monkeypatch.setattr(worker, "loops", lambda: [broken])
    with pytest.raises(SystemExit) as end:
        worker.run()
    assert (end.value.code, stopped.is_set()) == (1, True)
    assert "division by zero" in capsys.readouterr().err


def test_the_log_never_shows_what_variables_held(capsys: pytest.CaptureFixture[str]) -> None:
    """A password, a customer's words."""

    def work() -> int:
        password = "-".join(["correct", "horse"])
        raise ValueError(len(password))

    run(Loop("some", work, pause=60))
    said = capsys.readouterr().err
    assert "ValueError" in said
    assert "correct-horse" not in said


def test_what_is_repeated() -> None:
    """Timers, the outbox (slow calls apart, several at once) and search; the journal's upkeep is a periodic job."""
    several = {"slow-outbox": 4, "sending": 2, "arrivals": 2}
    wanted = {f"{name}-{number}" for name, many in several.items() for number in range(many)}
    assert {loop.name for loop in worker.loops()} == {"timers", "outbox", "search"} | wanted


@pytest.mark.parametrize(
    ("channel", "word", "woken"),
    [
        (worker.TIMERS, "", ["timers"]),
        (worker.OUTBOX, "some.call", ["outbox"]),
        (worker.OUTBOX, "webhooks.call", ["slow-outbox-0"]),
        (worker.OUTBOX, "channels.send", ["sending-0"]),
        (worker.ARRIVALS, "arrival", ["arrivals-0"]),
        ("servewell_journal", "{}", []),
    ],
)
def test_a_word_wakes_whom_it_concerns(channel: str, word: str, woken: list[str]) -> None:
    """Of those who do the same, only the first while it sleeps."""
    repeated = worker.loops()
    for loop in repeated:
        loop.idle = True
    worker._wake(repeated, channel, word)
    assert [loop.name for loop in repeated if loop.wake.is_set()] == woken


def test_a_word_wakes_the_next_while_the_first_is_busy() -> None:
    """A slow receiver holds nobody up."""
    repeated = {loop.name: loop for loop in worker.loops()}
    for loop in repeated.values():
        loop.idle = loop.name != "slow-outbox-0"
    worker._wake(list(repeated.values()), worker.OUTBOX, "webhooks.call")
    woken = {name for name, loop in repeated.items() if loop.wake.is_set()}
    assert woken == {"slow-outbox-0", "slow-outbox-1"}


def test_who_does_the_same_does_not_look_while_the_first_sleeps() -> None:
    """One look finds that there is nothing."""
    calls: list[str] = []
    first = Loop("first", lambda: 0, pause=0.02)
    second = Loop("second", lambda: calls.append("second") or 0, pause=0.02, before=first)  # type: ignore[func-returns-value]
    first.idle = True
    run(second, 0.2)
    assert not calls
    first.idle = False
    run(second, 0.2)
    assert calls
