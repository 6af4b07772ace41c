"""What stands in a mailbox comes to us once, whatever dies in between."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from tests import mailservers
from tests.mailservers import Dovecot
from tests.service.apps.channels.email.looking import look, mail, raw, raws

from servewell.apps.base import clock, settings
from servewell.apps.base.principal import SYSTEM
from servewell.apps.channels.email import actions, imap, keeping, taking
from servewell.apps.channels.frame import actions as frame
from servewell.apps.channels.frame import arrivals
from servewell.apps.channels.frame.kinds import Unfit
from servewell.apps.channels.frame.models import Account, Arrival
from servewell.apps.conversations.models import Message


@pytest.fixture
def account(dovecot: Dovecot, address: str, db: None) -> Account:
    """A mailbox that was looked at once, while it was empty."""
    made: Account = mailservers.account(address, dovecot)
    look(made)
    return made


def test_it_works(dovecot: Dovecot, account: Account) -> None:
    """What came is kept as it is, marked as read, and not fetched again; the account works."""
    dovecot.deliver(account.address, mail())
    assert look(account) == 1
    assert raws(account) == dovecot.mails(account.address)
    assert dovecot.flags(account.address) == {1: {b"\\Seen"}}
    assert look(account) == 0
    account.refresh_from_db()
    assert account.last_in_at is not None
    assert account.checked_at is not None
    assert account.version == 1  # noting how far it was read does not end the connection


def test_it_becomes_a_message(dovecot: Dovecot, account: Account) -> None:
    """By the reading that all channels share."""
    dovecot.deliver(account.address, mail(text="Where is my parcel?"))
    look(account)
    assert arrivals.read_due() == 1
    assert Message.objects.get().text.strip() == "Where is my parcel?"


def test_what_was_there_at_first_is_left(dovecot: Dovecot, address: str, db: None) -> None:
    """Also when it was never read."""
    with dovecot.mailbox(address) as client:
        client.append("INBOX", mail("old"), msg_time=clock.now() - timedelta(hours=1))
    account = mailservers.account(address, dovecot)
    assert look(account) == 0
    dovecot.deliver(address, mail("new"))
    assert look(account) == 1
    assert b"<new@wang>" in raws(account)[0]
    assert dovecot.flags(address)[1] == set()


def test_what_came_before_the_first_look_is_taken(dovecot: Dovecot, address: str, db: None) -> None:
    """The password was wrong at first: what came since the account was made is for us."""
    account = mailservers.account(address, dovecot, secrets={"password": "wrong"})
    with pytest.raises(keeping.Fault):
        look(account)
    dovecot.deliver(address, mail("waited"))
    account.sealed = mailservers.account(f"right-{address}", dovecot).sealed
    account.save()
    assert look(account) == 1
    assert look(account) == 0


def test_what_was_there_unread_is_taken_when_asked_for(dovecot: Dovecot, address: str, db: None) -> None:
    """What somebody has read already is not."""
    for name in ("read", "unread"):
        dovecot.deliver(address, mail(name))
    with dovecot.mailbox(address) as client:
        client.select_folder("INBOX")
        client.add_flags([1], [b"\\Seen"])
    account = mailservers.account(address, dovecot, options={"take_old": True})
    dovecot.deliver(address, mail("later"))
    assert look(account) == 2
    assert [name in body for name, body in zip((b"<unread@", b"<later@"), raws(account), strict=True)] == [True, True]
    assert look(account) == 0


def test_what_somebody_read_before_us_is_taken_too(dovecot: Dovecot, account: Account) -> None:
    """A person may look into the mailbox with a telephone."""
    dovecot.deliver(account.address, mail())
    with dovecot.mailbox(account.address) as client:
        client.select_folder("INBOX")
        client.add_flags([1], [b"\\Seen"])
    assert look(account) == 1


def test_many_come_in_their_order(dovecot: Dovecot, account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    """In several batches."""
    monkeypatch.setattr(keeping, "_BATCH", 3)
    for number in range(8):
        dovecot.deliver(account.address, mail(str(number)))
    assert look(account) == 8
    assert raws(account) == dovecot.mails(account.address)


def test_they_are_moved_when_asked_for(dovecot: Dovecot, address: str, db: None) -> None:
    """To a folder of our own; what comes later is found nevertheless."""
    account = mailservers.account(address, dovecot, options={"after_read": "move", "move_to": "Done"})
    look(account)
    for name in ("one", "two"):
        dovecot.deliver(address, mail(name))
        assert look(account) == 1
    assert dovecot.mails(address) == []
    assert len(dovecot.mails(address, "Done")) == 2


def test_several_folders(dovecot: Dovecot, address: str, db: None) -> None:
    """Each has its own place; junk is not read unless it is named."""
    with dovecot.mailbox(address) as client:
        for folder in ("Shop", "Junk"):
            client.create_folder(folder)
    account = mailservers.account(address, dovecot, options={"imap_folders": ["INBOX", "Shop"]})
    look(account)
    with dovecot.mailbox(address) as client:
        for folder in ("INBOX", "Shop", "Junk"):
            client.append(folder, mail(folder))
    assert look(account) == 2
    assert look(account) == 0
    names = set(Arrival.objects.filter(account=account).values_list("external_id", flat=True))
    assert {name.partition(";")[0] for name in names} == {"INBOX", "Shop"}


def test_a_folder_that_is_missing_keeps_no_other_back(dovecot: Dovecot, address: str, db: None) -> None:
    """The account says which; when none is there, it cannot be kept."""
    account = mailservers.account(address, dovecot, options={"imap_folders": ["INBOX", "Shop"]})
    look(account)
    dovecot.deliver(address, mail())
    assert look(account) == 1
    account.refresh_from_db()
    assert account.fault == "folder"
    assert "Shop" in account.fault_words
    alone = mailservers.account(f"alone-{address}", dovecot, options={"imap_folders": ["Shop"]})
    with pytest.raises(keeping.Fault):
        look(alone)


STEPS: dict[str, tuple[Any, str]] = {
    "before it is kept": (frame, "arrived_all"),
    "before it is marked": (imap.Mailbox, "mark_seen"),
    "before it is counted as read": (actions, "read_so_far"),
}


class _Dies(BaseException):
    """As kill -9: nothing of ours runs any more."""


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("step", STEPS)
def test_a_death_at_any_step_loses_and_doubles_nothing(
    dovecot: Dovecot, account: Account, monkeypatch: pytest.MonkeyPatch, step: str, after: bool
) -> None:
    """Just before the step, and just after it, at each of its calls."""
    monkeypatch.setattr(keeping, "_BATCH", 2)
    for number in range(5):
        dovecot.deliver(account.address, mail(str(number)))
    for call in range(1, 8):
        with monkeypatch.context() as patched:
            patched.setattr(*STEPS[step], _dying(getattr(*STEPS[step]), call, after))
            try:
                look(account)
            except _Dies:
                continue
            break
    look(account)
    assert raws(account) == dovecot.mails(account.address)
    assert set(map(frozenset, dovecot.flags(account.address).values())) == {frozenset({b"\\Seen"})}


def _dying(work: Callable[..., Any], at: int, after: bool) -> Callable[..., Any]:
    calls = 0

    def call(*args: Any, **more: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == at and not after:
            raise _Dies
        found = work(*args, **more)
        if calls == at:
            raise _Dies
        return found

    return call


def test_one_that_is_too_large_is_set_aside_by_its_header(dovecot: Dovecot, account: Account) -> None:
    """It stays on the server as it was; once more is allowed it is taken in at the second try."""
    settings.put(SYSTEM, "channels_email.largest_megabytes", 1)
    dovecot.deliver(account.address, mail("large", "x" * 70 + ("\r\n" + "y" * 70) * 20_000))
    dovecot.deliver(account.address, mail("small"))
    look(account)
    large = Arrival.objects.get(account=account, external_id__contains="cut=")
    assert b"large@wang" in raw(large)
    assert large.size < 10_000
    assert dovecot.flags(account.address) == {1: set(), 2: {b"\\Seen"}}
    assert arrivals.read_due() == 2
    large.refresh_from_db()
    assert (large.state, large.outcome) == ("aside", "too_large")
    assert "1 MB" in large.words
    settings.put(SYSTEM, "channels_email.largest_megabytes", 5)
    with_whole = taking.take(account, large, raw(large))
    assert with_whole.message is not None
    assert len(with_whole.message.text) > 500_000


def test_an_account_that_is_led_to_another_mailbox(dovecot: Dovecot, account: Account) -> None:
    """What comes there is taken, though its numbers are lower, and as places of the mailbox before."""
    other = f"new-{account.address}"
    with dovecot.mailbox(other) as client:
        numbering = client.select_folder("INBOX")[b"UIDVALIDITY"]
    dovecot.deliver(account.address, mail("before"))
    assert look(account) == 1
    account.refresh_from_db()
    read = {
        **account.cursor["INBOX"],
        "uidvalidity": numbering,
        "uid": 9,
        "old_until": 0,
    }  # as numbered there
    before = Arrival.objects.get(account=account)
    before.external_id = before.external_id.replace(f";{account.cursor['INBOX']['uidvalidity']};", f";{numbering};")
    before.save()
    Account.objects.update(cursor={"INBOX": read}, options={**account.options, "imap_user": other})
    dovecot.deliver(other, mail("after"))
    assert look(account) == 1
    assert b"<after@wang>" in raws(account)[1]
    assert look(account) == 0


def test_one_that_was_too_large_and_is_gone(dovecot: Dovecot, account: Account) -> None:
    """It stays set aside."""
    arrival = frame.arrived(account, "INBOX;1;99;cut=2000000", mail())
    assert arrival is not None
    with pytest.raises(Unfit):
        taking.take(account, arrival, mail())


def test_mails_that_cannot_be_marked_are_taken_in(
    dovecot: Dovecot, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The account says what is wrong; they are marked when it is mended."""

    def refuse(mailbox: imap.Mailbox, uids: list[int]) -> None:
        raise keeping.Fault("protocol", "NO [OVERQUOTA] no room")

    dovecot.deliver(account.address, mail())
    with monkeypatch.context() as patched:
        patched.setattr(imap.Mailbox, "mark_seen", refuse)
        assert look(account) == 1
        account.refresh_from_db()
        assert (account.fault, account.fault_words) == ("unmarked", "NO [OVERQUOTA] no room")
        dovecot.deliver(account.address, mail("two"))
        assert look(account) == 1
    look(account)
    account.refresh_from_db()
    assert account.fault == ""
    assert set(map(frozenset, dovecot.flags(account.address).values())) == {frozenset({b"\\Seen"})}
