"""A connection that is kept takes what comes at once, is made again when it breaks off, and tells what lasts."""

import socket
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

import pytest
from tests import mailservers
from tests.mailservers import Dovecot
from tests.service.apps.channels.email.looking import look, mail

from servewell.apps.channels.email import imap, keeping
from servewell.apps.channels.frame.kinds import KeepFailed
from servewell.apps.channels.frame.models import Account, Arrival


@pytest.fixture
def kept(dovecot: Dovecot, address: str, transactional_db: None) -> Account:
    made: Account = mailservers.account(address, dovecot)
    look(made)
    return made


def test_a_kept_connection_takes_what_comes_at_once(dovecot: Dovecot, kept: Account) -> None:
    """By IDLE; it ends within seconds of being told."""
    with keeper(kept) as (thread, _):
        for number in range(3):
            dovecot.deliver(kept.address, mail(str(number)))
            assert until(lambda number=number: Arrival.objects.filter(account=kept).count() == number + 1)
        assert thread.is_alive()


def test_a_connection_that_breaks_off_is_made_again(
    dovecot: Dovecot, kept: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a word: servers end what is old."""
    made: list[imap.Mailbox] = []
    wait = imap.Mailbox.wait

    def noted(mailbox: imap.Mailbox, *args: Any) -> None:
        made.append(mailbox)
        wait(mailbox, *args)

    monkeypatch.setattr(imap.Mailbox, "wait", noted)
    with keeper(kept) as (thread, faults):
        dovecot.deliver(kept.address, mail("one"))
        assert until(lambda: Arrival.objects.filter(account=kept).count() == 1)
        assert until(lambda: made != [])
        first = made[-1]
        first._client.socket().shutdown(socket.SHUT_RDWR)
        dovecot.deliver(kept.address, mail("two"))
        assert until(lambda: Arrival.objects.filter(account=kept).count() == 2)
        assert until(lambda: made[-1] is not first)
        assert faults == []
        assert thread.is_alive()


def test_a_server_that_stays_away_is_a_fault(address: str, transactional_db: None) -> None:
    """With a code; the frame tries again."""
    with mailservers.dovecot() as own:
        account = mailservers.account(address, own)
        look(account)
        with keeper(account) as (thread, faults):
            assert until(lambda: "looked" in str(Account.objects.get(pk=account.pk).cursor))
            own.stop()
            assert until(lambda: not thread.is_alive())
    assert [fault.code in {"unreachable", "dropped"} for fault in faults] == [True]  # it may die while it lets us in


def test_a_server_that_breaks_off_again_and_again_is_a_fault(
    dovecot: Dovecot, kept: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a few quick tries; one that never let us in is one at once."""

    def lost(mailbox: imap.Mailbox, seconds: float, stopping: threading.Event) -> None:
        raise keeping.Fault("dropped")

    monkeypatch.setattr(imap.Mailbox, "wait", lost)
    monkeypatch.setattr(keeping, "_MOST_LOSSES", 2)
    with keeper(kept) as (thread, faults):
        assert until(lambda: not thread.is_alive())
    assert [fault.code for fault in faults] == ["dropped"]
    losses = keeping._Losses()
    with pytest.raises(keeping.Fault):
        losses.one_more(keeping.Fault("slow"))


def test_a_wrong_password_is_not_tried_again_soon(dovecot: Dovecot, address: str, transactional_db: None) -> None:
    """The account says it at once; the next try waits for minutes, or for somebody who changes the account."""
    account = mailservers.account(address, dovecot, secrets={"password": "wrong"})
    with keeper(account) as (thread, faults):
        assert until(lambda: Account.objects.get(pk=account.pk).fault == "login")
        thread.join(1.0)
        assert thread.is_alive()
    assert [fault.code for fault in faults] == ["login"]


def test_several_mailboxes_at_once(dovecot: Dovecot, transactional_db: None) -> None:
    """Each by its own connection."""
    accounts = [mailservers.account(f"many{number}@example.com", dovecot) for number in range(4)]
    for account in accounts:
        look(account)
    with ExitStack() as stack:
        for account in accounts:
            stack.enter_context(keeper(account))
        for account in accounts:
            dovecot.deliver(account.address, mail(account.address))
        for account in accounts:
            assert until(lambda account=account: Arrival.objects.filter(account=account).count() == 1)


class keeper:  # noqa: N801 - reads as a verb
    """Keep a mailbox in a thread for the block."""

    def __init__(self, account: Account) -> None:
        self.account = Account.objects.get(pk=account.pk)
        self.stopping = threading.Event()
        self.faults: list[KeepFailed] = []

    def __enter__(self) -> tuple[threading.Thread, list[KeepFailed]]:
        self.thread = threading.Thread(target=self._run)
        self.thread.start()
        return self.thread, self.faults

    def __exit__(self, *_: object) -> None:
        self.stopping.set()
        self.thread.join(60)
        assert not self.thread.is_alive()

    def _run(self) -> None:
        from django.db import connections

        try:
            keeping.keep(self.account, self.stopping)
        except KeepFailed as fault:
            self.faults.append(fault)
        finally:
            connections.close_all()


def until(condition: Callable[[], bool], seconds: float = 60.0) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.05)
    return False
