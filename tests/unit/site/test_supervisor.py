"""What does the supervisor decide? When to start again, and what a hanging database is."""

from types import SimpleNamespace
from typing import Any

import pytest

from servewell.site import supervisor
from servewell.site.errors import PostgresFailed
from servewell.site.supervisor import Child


class Clock:
    """time.monotonic under the test's control."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now


class Server:
    """Stands for the embedded server: alive and ready as the test says."""

    def __init__(self) -> None:
        self.port, self.alive, self.ready, self.revived, self.next_port = 5000, True, True, 0, 5000
        self.fails = False

    def is_alive(self) -> bool:
        return self.alive

    def is_ready(self) -> bool:
        return self.ready

    def revive(self) -> None:
        self.revived += 1
        if self.fails:
            raise PostgresFailed(detail="no space left on device")
        self.alive = self.ready = True
        self.port = self.next_port


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(supervisor, "time", made)
    return made


def guarded(server: Server) -> Any:
    return supervisor._Guarded(server)  # type: ignore[arg-type]


def died(child: Child, after: float, clock: Clock) -> float:
    """Let the child start now and die `after` seconds; return the wait until its next start."""
    child.started = clock.now
    clock.now += after
    child.process = SimpleNamespace(poll=lambda: 1)  # type: ignore[assignment]
    assert child.has_died() == 1
    assert child.has_died() is None
    return child.due - clock.now


def test_it_works(clock: Clock) -> None:
    """Each death in a row doubles the wait, up to half a minute."""
    child = Child("web", [])
    assert [died(child, 1, clock) for _ in range(7)] == [1, 2, 4, 8, 16, 30, 30]


def test_a_long_life_makes_up_for_earlier_deaths(clock: Clock) -> None:
    """After a minute it starts again at once, or nearly."""
    child = Child("web", [])
    for _ in range(5):
        died(child, 1, clock)
    assert died(child, 61, clock) == 1


def test_what_keeps_dying_is_started_again_for_ever(clock: Clock) -> None:
    """Also after more deaths than a float can double."""
    child, guard = Child("web", [], deaths=10**6), guarded(Server())
    assert died(child, 1, clock) == 30
    guard.server.fails, guard.failures = True, 10**6
    guard._restart()
    assert guard.due - clock.now == 30


def test_a_dead_database_is_started_at_once(clock: Clock) -> None:
    """On the same port nobody else has to know."""
    server = Server()
    server.alive = False
    assert guarded(server).look() is None
    assert server.revived == 1


def test_a_database_on_another_port_is_told_to_the_others(clock: Clock) -> None:
    """They know only the old one."""
    server = Server()
    server.alive, server.next_port = False, 5001
    assert guarded(server).look() == supervisor._MOVED


def test_a_start_that_fails_is_tried_again_less_and_less_often(clock: Clock) -> None:
    """A full disk may be emptied."""
    server = Server()
    server.alive, server.fails = False, True
    guard = guarded(server)
    for _ in range(400):
        guard.look()
        clock.now += 0.25
    assert 5 <= server.revived <= 8
    server.fails = False
    clock.now += 30
    guard.look()
    assert server.alive


def test_a_moment_of_silence_is_forgiven(clock: Clock) -> None:
    """A busy machine is no reason to restart."""
    server, guard = Server(), None
    guard = guarded(server)
    for second in range(100):
        server.ready = second % 30 < 10
        guard.look()
        clock.now += 1
    assert server.revived == 0


def test_a_database_that_hangs_is_restarted(clock: Clock) -> None:
    """Alive, but without an answer for three quarters of a minute."""
    server = Server()
    server.ready = False
    guard = guarded(server)
    for _ in range(90):
        guard.look()
        clock.now += 1
    assert server.revived == 1
