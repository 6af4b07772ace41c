"""Servers that keep a mail to themselves, or want to know who asks."""

import re
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from tests import mailservers
from tests.service.apps.channels.email.looking import look, mail, raws

from servewell.apps.channels.email import imap, options
from servewell.apps.channels.email.errors import Fault
from servewell.apps.channels.frame import arrivals
from servewell.apps.channels.frame.models import Account, Arrival

NO = "NO cannot read it"
Answer = Callable[[str], str]


def account_at(address: str, port: int) -> Account:
    made: Account = mailservers.account(address, None, options={"imap_port": port, "take_old": True})
    return made


def giving(fetch: Answer, capability: str = "IMAP4rev1") -> Answer:
    """Answer as a server with three mails; `fetch` tells what it says to a FETCH."""

    def answer(line: str) -> str:
        if "CAPABILITY" in line:
            return f"* CAPABILITY {capability}\r\nOK"
        if line.startswith("SELECT"):
            return "* 3 EXISTS\r\n* OK [UIDVALIDITY 1]\r\n* OK [UIDNEXT 4]\r\nOK"
        if line.startswith("UID SEARCH"):
            return "* SEARCH 1 2 3\r\nOK"
        return fetch(line) if line.startswith("UID FETCH") else "OK"

    return answer


def broken(second: str) -> Answer:
    """Give all but the second mail; of that, `second`."""

    def fetch(line: str) -> str:
        found = re.match(r"UID FETCH (\S+) ", line)
        assert found is not None
        uids = [uid for part in found[1].split(",") for uid in _range(part)]
        if "BODY" in line and 2 in uids and second == NO:
            return NO
        lines = [_one(uid, line, second) for uid in uids]
        return "".join(lines) + "OK"

    return fetch


def _range(part: str) -> range:
    first, _, last = part.partition(":")
    return range(int(first), int(last or first) + 1)


def _one(uid: int, line: str, second: str) -> str:
    body = mail(f"mail{uid}").decode()
    if "BODY" not in line:
        return f'* {uid} FETCH (UID {uid} RFC822.SIZE {len(body)} INTERNALDATE "01-Nov-2026 10:00:00 +0000")\r\n'
    if uid == 2:
        return f"* 2 FETCH (UID 2{second})\r\n"
    return f"* {uid} FETCH (UID {uid} BODY[] {{{len(body)}}}\r\n{body})\r\n"


@pytest.mark.parametrize("second", [NO, "", " BODY[] NIL"], ids=["refused", "without it", "nothing"])
def test_a_mail_that_the_server_cannot_give_keeps_no_other_back(address: str, db: None, second: str) -> None:
    """It is set aside by its place; the others are taken in, and it is not asked for again."""
    with speaking(giving(broken(second))) as port:
        account = account_at(address, port)
        assert look(account) == 3
        assert [name in b"".join(raws(account)) for name in (b"mail1@", b"mail3@")] == [True, True]
        while arrivals.read_due():
            pass
        aside = Arrival.objects.get(account=account, external_id__contains="cut=")
        assert (aside.state, aside.outcome) == ("aside", "unreadable")
        account.refresh_from_db()
        assert account.cursor["INBOX"]["uid"] == 3


def test_a_refusal_that_may_pass_sets_nothing_aside(address: str, db: None) -> None:
    """Its code says so: it is the account's fault, and tried again."""
    with speaking(giving(lambda line: "NO [UNAVAILABLE] later")) as port:
        account = account_at(address, port)
        with pytest.raises(Fault) as refused:
            look(account)
    assert refused.value.code == "busy"
    assert not Arrival.objects.exists()


@pytest.mark.parametrize("offered", [True, False])
def test_it_says_who_it_is_where_that_is_known(address: str, db: None, offered: bool) -> None:
    """163, 126 and yeah.net open no folder otherwise: "Unsafe Login"."""
    said: list[str] = []

    def answer(line: str) -> str:
        said.append(line)
        if line.startswith("SELECT") and offered and not any(one.startswith("ID (") for one in said):
            return "NO SELECT Unsafe Login. Please contact kefu@188.com for help"
        return usual(line)

    usual = giving(broken(""), "IMAP4rev1 ID" if offered else "IMAP4rev1")
    with speaking(answer) as port, imap.opened(options.of(account_at(address, port))) as mailbox:
        assert mailbox.select("INBOX").mails == 3
    assert any(one.startswith('ID ("name" "Servewell"') for one in said) == offered


@contextmanager
def speaking(answer: Answer) -> Iterator[int]:
    """Run a server that answers each command as told; a last line of OK, NO or BAD gets the tag."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=_serve, args=[listening, answer], daemon=True).start()
        yield int(listening.getsockname()[1])


def _serve(listening: socket.socket, answer: Answer) -> None:
    try:
        while True:
            peer, _ = listening.accept()
            threading.Thread(target=_speak, args=[peer, answer], daemon=True).start()
    except OSError:
        return


def _speak(peer: socket.socket, answer: Answer) -> None:
    with peer, peer.makefile("rb") as lines:
        peer.sendall(b"* OK ready\r\n")
        for line in lines:
            tag, _, command = line.decode().strip().partition(" ")
            before, _, last = answer(command).rpartition("\r\n")
            peer.sendall(f"{before}\r\n{tag} {last} done\r\n".encode() if before else f"{tag} {last} done\r\n".encode())
