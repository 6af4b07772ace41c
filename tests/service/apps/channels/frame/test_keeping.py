"""Connections that channels keep open: one an account, in one process of however many, made anew when they break."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from tests.service.apps.channels import stub
from tests.service.apps.channels.frame.conftest import made
from tests.service.apps.channels.stub import OtherSide

from servewell.apps.base import direct, leases, secrets
from servewell.apps.base.principal import Principal
from servewell.apps.channels.frame import actions, keeping, kinds
from servewell.apps.channels.frame.kinds import KeepFailed
from servewell.apps.channels.frame.models import Account
from servewell.apps.journal.models import Event

pytestmark = pytest.mark.django_db(transaction=True)
SOON = 60  # seconds that something may take on a busy machine


class Line:
    """The other side of connections: who holds one now, who held one, and what breaks the next ones off."""

    def __init__(self) -> None:
        self.open: list[tuple[str, int]] = []  # names and versions of accounts
        self.made: list[tuple[str, int]] = []
        self.breaks: list[Exception] = []
        self.most = 0  # at once of one account

    def keep(self, account: Account, stopping: threading.Event) -> None:
        """Hold a connection until told to stop, or break it off."""
        mine = (account.name, account.version)
        self.made.append(mine)
        if self.breaks:
            raise self.breaks.pop(0)
        actions.works(account.id)
        self.open.append(mine)
        self.most = max(self.most, self.open.count(mine))
        stopping.wait(SOON * 5)
        self.open.remove(mine)


@pytest.fixture
def line(side: OtherSide) -> Iterator[Line]:
    line = Line()
    with stub.registered(stub.channel(side, "kept", keep=line.keep)):
        yield line


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, seconds in {"LOOK_S": 0.05, "_ELSEWHERE_S": 0.1, "_FIRST_WAIT_S": 0.1, "_ALIVE_S": 0.3}.items():
        monkeypatch.setattr(keeping, name, seconds)


@pytest.fixture
def mailbox(line: Line, admin: Principal) -> Account:
    return kept(admin)


def kept(admin: Principal, name: str = "Box") -> Account:
    return actions.create(admin, "kept", {"name": name, "options": {"host": "h"}})


@contextmanager
def process() -> Iterator[keeping.Keepers]:
    """Let a process keep connections for the block."""
    keepers, stopping = keeping.Keepers(), threading.Event()
    thread = threading.Thread(target=keepers.run, args=[stopping])
    thread.start()
    try:
        yield keepers
    finally:
        stopping.set()
        thread.join(SOON)
        assert not thread.is_alive()
        for keeper in keepers.leaving:
            keeper.join(SOON)
            assert not keeper.is_alive()


def until(fact: Callable[[], Any]) -> None:
    end = time.monotonic() + SOON
    while not fact():
        assert time.monotonic() < end, "it did not come to pass"
        time.sleep(0.05)


def fresh(account: Account) -> Account:
    return Account.objects.get(pk=account.pk)


def test_it_works(mailbox: Account, line: Line) -> None:
    """It is kept while the process runs, and ends with it."""
    with process():
        until(lambda: line.open == [("Box", 1)])
        with leases.held(f"channel:{mailbox.id}") as ours:
            assert not ours
    assert line.open == []
    assert fresh(mailbox).checked_at is not None
    with leases.held(f"channel:{mailbox.id}") as ours:
        assert ours


def test_of_several_processes_one_keeps_it(mailbox: Account, line: Line) -> None:
    """When that one ends another takes it over."""
    with process() as second:
        with process() as first:
            until(lambda: line.open == [("Box", 1)])
            until(lambda: first.running and second.running)
            time.sleep(0.5)
            assert line.made == [("Box", 1)]
            first.end(list(second.running))  # whichever has it: both have been told of it
            until(lambda: line.open)
        until(lambda: line.open == [("Box", 1)])
        assert line.most == 1


def test_accounts_come_change_and_go_while_it_runs(mailbox: Account, line: Line, admin: Principal) -> None:
    """Without a restart: a changed one is kept as it is now, a paused or removed one is not."""
    with process():
        until(lambda: line.open == [("Box", 1)])
        other = kept(admin, "Other")
        until(lambda: ("Other", 1) in line.open)
        actions.change(admin, mailbox.id, 1, {"name": "Box 2"})
        until(lambda: sorted(line.open) == [("Box 2", 2), ("Other", 1)])
        actions.pause(admin, mailbox.id)
        until(lambda: line.open == [("Other", 1)])
        actions.resume(admin, mailbox.id)
        until(lambda: sorted(line.open) == [("Box 2", 4), ("Other", 1)])
        actions.remove(admin, other.id)
        until(lambda: line.open == [("Box 2", 4)])


def test_accounts_of_other_channels_are_left_alone(account: Account, line: Line, admin: Principal) -> None:
    made(admin, "Second")
    with process() as keepers:
        time.sleep(0.3)
        assert keepers.running == {}


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (KeepFailed("login", "NO authentication failed"), ("login", "NO authentication failed")),
        (ConnectionRefusedError(111, "Connection refused"), ("unreachable", "Connection refused")),
        (ValueError("hunter2 is wrong"), ("broke", "ValueError")),  # ours: its words may hold anything
    ],
)
def test_what_breaks_it_off_is_the_accounts_fault(
    mailbox: Account, line: Line, capsys: pytest.CaptureFixture[str], fault: Exception, told: tuple[str, str]
) -> None:
    """Told once, with its code and words; it is tried again, and told once that it works."""
    gate = threading.Event()
    line.breaks = [fault, fault]

    def keep(account: Account, stopping: threading.Event) -> None:
        if not line.breaks:
            gate.wait(SOON)
        line.keep(account, stopping)

    object.__setattr__(kinds.of("kept"), "keep", keep)
    with process():
        until(lambda: len(line.made) == 2)
        until(lambda: fresh(mailbox).failing_since is not None)
        row = fresh(mailbox)
        assert (row.fault, row.fault_words) == told
        gate.set()
        until(lambda: line.open == [("Box", 1)])
        until(lambda: fresh(mailbox).failing_since is None)
    assert Event.objects.filter(activity="channel.failed").count() == 1
    assert Event.objects.filter(activity="channel.recovered").count() == 1
    assert "hunter2" not in capsys.readouterr().out


def test_secrets_that_cannot_be_opened_are_said_so(mailbox: Account, line: Line) -> None:
    line.breaks = [secrets.Unopenable("no key")]
    with process():
        until(lambda: fresh(mailbox).fault == "secret" or line.open)
    assert Event.objects.filter(activity="channel.failed").count() == 1


def test_it_ends_when_its_lease_is_lost(mailbox: Account, line: Line) -> None:
    """The database was away: another process may have the account by now. It is kept anew under a new lease."""
    with process():
        until(lambda: line.open == [("Box", 1)])
        with direct.connect() as own:
            own.execute(
                "select pg_terminate_backend(pid, 5000) from pg_stat_activity where application_name like %s",
                ["servewell-lease-channel:%"],
            )
        until(lambda: len(line.made) == 2 and line.open == [("Box", 1)])
        assert line.most == 1


def test_one_that_returns_is_made_anew(mailbox: Account, line: Line, side: OtherSide) -> None:
    """Without that anything failed: a server may close what was idle for long."""
    count = []

    def keep(account: Account, stopping: threading.Event) -> None:
        count.append(account.name)

    with stub.registered(stub.channel(side, "brief", keep=keep)):
        Account.objects.filter(pk=mailbox.pk).update(channel="brief")
        with process():
            until(lambda: len(count) >= 2)
    assert fresh(mailbox).failing_since is None
