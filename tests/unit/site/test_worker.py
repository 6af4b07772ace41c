"""The worker's loops: work while there is work, wait when there is none, go on after failures."""

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


def test_a_wake_ends_the_pause() -> None:
    """A journal event."""
    calls: list[int] = []
    loop = Loop("some", lambda: calls.append(1) or 0, pause=60, wakes=True)
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
    """Timers and the outbox; the journal's upkeep is a periodic job."""
    assert {loop.name for loop in worker.loops()} == {"timers", "outbox"}
