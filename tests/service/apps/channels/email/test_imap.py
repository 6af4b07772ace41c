"""A mailbox is read in pieces, with limits on what a server may say."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import pytest
from tests import mailservers
from tests.mailservers import Dovecot

from servewell.apps.base import settings
from servewell.apps.base.principal import SYSTEM
from servewell.apps.channels.email import connecting, imap, options
from servewell.apps.channels.email.errors import Fault

MAIL = b"From: wang@example.com\r\nSubject: Hello\r\nMessage-ID: <one@example.com>\r\n\r\nWhere is it?\r\n"


def box(address: str, behind: Dovecot | None, **changes: object) -> options.Box:
    return options.of(mailservers.account(address, behind, options=changes))


def bodies(mailbox: imap.Mailbox, uids: list[int], limit: int = 2**30) -> dict[int, bytes | None]:
    found = mailbox.bodies(mailbox.heads(uids), limit)
    return {head.uid: read(body) for head, body in found}


def read(body: BinaryIO | None) -> bytes | None:
    if body is None:
        return None
    with body:
        return body.read()


def test_it_works(dovecot: Dovecot, address: str) -> None:
    """A mail is found, fetched as it is, and read only when we say so."""
    dovecot.deliver(address, MAIL)
    with imap.opened(box(address, dovecot)) as mailbox:
        selected = mailbox.select("INBOX")
        assert (selected.mails, selected.uidnext) == (1, 2)
        assert list(mailbox.uids(1, 1)) == [1]
        assert bodies(mailbox, [1])[1].endswith(MAIL)
        assert dovecot.flags(address) == {1: set()}
        mailbox.mark_seen([1])
    assert dovecot.flags(address) == {1: {b"\\Seen"}}


def test_small_mails_come_together_and_large_ones_in_pieces(
    dovecot: Dovecot, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each is what was delivered, byte for byte; the order is that of their UIDs."""
    sizes = [10, 2000, 700_000, 20, 300_000, 40]
    for size in sizes:
        dovecot.deliver(address, MAIL + b"x" * 76 + b"\r\n" + (b"y" * 74 + b"\r\n") * (size // 76))
    with imap.opened(box(address, dovecot)) as mailbox:
        mailbox.select("INBOX")
        together = bodies(mailbox, [1, 2, 3, 4, 5, 6])
    assert list(together) == [1, 2, 3, 4, 5, 6]
    assert list(together.values()) == dovecot.mails(address)


def test_forty_megabytes_are_fetched_without_being_held(dovecot: Dovecot, address: str) -> None:
    """No answer is larger than a piece; the mail stands in a file."""
    dovecot.deliver(address, MAIL + (b"z" * 74 + b"\r\n") * (40 * 2**20 // 76))
    with imap.opened(box(address, dovecot)) as mailbox:
        mailbox.select("INBOX")
        ((head, body),) = mailbox.bodies(mailbox.heads([1]), 50 * 2**20)
        assert body is not None
        assert body._rolled  # type: ignore[attr-defined]
        assert len(read(body) or b"") == head.size > 40 * 2**20


def test_one_above_the_limit_is_not_fetched(dovecot: Dovecot, address: str) -> None:
    """None stands for it; its header can be had."""
    dovecot.deliver(address, MAIL + (b"z" * 74 + b"\r\n") * 5000)
    with imap.opened(box(address, dovecot)) as mailbox:
        mailbox.select("INBOX")
        assert bodies(mailbox, [1], limit=100_000) == {1: None}
        assert b"Subject: Hello" in mailbox.header(1)
        assert b"zzz" not in mailbox.header(1)


def test_mails_are_moved_to_a_folder_that_is_made(dovecot: Dovecot, address: str) -> None:
    """Its name may be Chinese."""
    dovecot.deliver(address, MAIL)
    dovecot.deliver(address, MAIL)
    with imap.opened(box(address, dovecot)) as mailbox:
        mailbox.select("INBOX")
        mailbox.move([1], "已处理")
    assert len(dovecot.mails(address)) == 1
    assert dovecot.flags(address, "已处理") == {1: {b"\\Seen"}}


def test_a_wait_ends_when_a_mail_comes(dovecot: Dovecot, address: str) -> None:
    """By IDLE, at once."""
    with imap.opened(box(address, dovecot)) as mailbox:
        mailbox.select("INBOX")
        assert mailbox.idles
        threading.Timer(0.5, dovecot.deliver, [address, MAIL]).start()
        began = time.monotonic()
        mailbox.wait(60, threading.Event())
        assert time.monotonic() - began < 30
        assert mailbox.select("INBOX").uidnext == 2


def test_a_mail_that_came_before_the_wait_ends_it(dovecot: Dovecot, address: str) -> None:
    """The server told of it with the answer to something else, and does not tell twice."""
    with imap.opened(box(address, dovecot)) as mailbox:
        mailbox.select("INBOX")
        dovecot.deliver(address, MAIL)
        list(mailbox.uids(1, 100))
        began = time.monotonic()
        mailbox.wait(60, threading.Event())
        assert time.monotonic() - began < 30


def test_a_wait_ends_when_we_shall_stop(dovecot: Dovecot, address: str) -> None:
    """Within a second or two."""
    stopping = threading.Event()
    with imap.opened(box(address, dovecot)) as mailbox:
        mailbox.select("INBOX")
        threading.Timer(0.3, stopping.set).start()
        began = time.monotonic()
        mailbox.wait(60, stopping)
        assert time.monotonic() - began < 20


def test_idle_is_asked_anew(dovecot: Dovecot, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Well before the half hour after which servers may go; what comes after that is told too."""
    assert imap.IDLE_S < 29 * 60
    monkeypatch.setattr(imap, "IDLE_S", 0.3)
    with imap.opened(box(address, dovecot)) as mailbox:
        mailbox.select("INBOX")
        began = time.monotonic()
        for _ in range(3):
            mailbox.wait(600, threading.Event())
        assert time.monotonic() - began < 60
        monkeypatch.setattr(imap, "IDLE_S", 60)
        threading.Timer(0.3, dovecot.deliver, [address, MAIL]).start()
        mailbox.wait(600, threading.Event())
        assert mailbox.select("INBOX").uidnext == 2
        assert time.monotonic() - began < 60


def test_without_idle_it_is_looked_again_and_again(address: str) -> None:
    """A server that offers none is asked after the poll's seconds."""
    with mailservers.dovecot(idle=False) as plain, imap.opened(box(address, plain)) as mailbox:
        assert not mailbox.idles
        mailbox.select("INBOX")
        plain.deliver(address, MAIL)
        mailbox.wait(0.2, threading.Event())
        assert mailbox.select("INBOX").uidnext == 2


def test_an_idle_that_is_offered_and_not_known_is_not_asked_for_again(address: str) -> None:
    """Some servers announce what a box before them swallows."""
    with scripted({"IDLE": "{tag} BAD what?"}) as port, imap.opened(box(address, None, imap_port=port)) as mailbox:
        mailbox.select("INBOX")
        assert mailbox.idles
        mailbox.wait(5, threading.Event())
        assert not mailbox.idles


def test_the_password_is_wrong(dovecot: Dovecot, address: str) -> None:
    """The account has the fault `login`, with the server's words, and asks to be left alone for minutes."""
    account = mailservers.account(address, dovecot, secrets={"password": "wrong"})
    with pytest.raises(Fault) as refused, imap.opened(options.of(account)):
        pass
    assert refused.value.code == "login"
    assert "AUTHENTICATIONFAILED" in refused.value.words
    assert refused.value.wait.total_seconds() >= 60


def test_a_password_may_have_any_letters(dovecot: Dovecot, address: str) -> None:
    """One that ASCII cannot say is refused by the server, not by a fault of ours."""
    account = mailservers.account(address, dovecot, secrets={"password": '密码 " \\ ü'})
    with pytest.raises(Fault) as refused, imap.opened(options.of(account)):
        pass
    assert refused.value.code == "login"


def test_a_refusal_that_may_pass_is_no_wrong_password(address: str) -> None:
    """Response codes tell (RFC 5530)."""
    with scripted({"LOGIN": "{tag} NO [UNAVAILABLE] later"}) as port:
        wanted = box(address, None, imap_port=port)
        with pytest.raises(Fault) as refused, imap.opened(wanted):
            pass
    assert refused.value.code == "busy"


def test_tls_works_with_a_certificate_that_is_believed(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """From the first byte, and by STARTTLS."""
    with mailservers.dovecot(secure=True) as server:
        assert server.secure is not None
        monkeypatch.setenv("SSL_CERT_FILE", str(server.secure.certificate))
        tls = box(address, server, imap_host="localhost", imap_port=server.imaps_port, imap_security="tls")
        starttls = box("2" + address, server, imap_host="localhost", imap_security="starttls")
        for one in (tls, starttls):
            with imap.opened(one) as mailbox:
                assert mailbox.select("INBOX").mails == 0


def test_a_certificate_that_is_not_believed_ends_it(address: str) -> None:
    """Before a password is sent."""
    with mailservers.dovecot(secure=True) as server:
        for port, security in ((server.imaps_port, "tls"), (server.imap_port, "starttls")):
            wanted = box(f"{security}-{address}", server, imap_port=port, imap_security=security)
            with pytest.raises(Fault) as refused, imap.opened(wanted):
                pass
            assert refused.value.code == "certificate"
        assert "auth" not in (server.folder / "dovecot.log").read_text().replace("no auth attempts", "")


def test_the_wrong_kind_of_encryption(dovecot: Dovecot, address: str) -> None:
    """TLS where the server speaks none; STARTTLS that it does not offer."""
    for security in ("tls", "starttls"):
        with pytest.raises(Fault) as refused, imap.opened(box(f"{security}{address}", dovecot, imap_security=security)):
            pass
        assert refused.value.code == "tls"


def test_hosts_that_are_not_to_be_called(address: str) -> None:
    """Names that do not exist, addresses inside, names that are none, no encryption to the outside."""
    for host, code in (
        ("no-such-host.invalid", "unknown_host"),
        ("10.0.0.1", "forbidden"),
        ("a b", "bad_host"),
        ("8.8.8.8", "plain"),
    ):
        with pytest.raises(Fault) as refused, imap.opened(box(f"{code}-{address}", None, imap_host=host)):
            pass
        assert (refused.value.code, refused.value.words) == (code, "")  # what we say ourselves is not theirs


def test_nobody_inside_is_called_unless_allowed(dovecot: Dovecot, address: str) -> None:
    """Not even this machine."""
    wanted = box(address, dovecot)
    settings.put(SYSTEM, "base.outbound_allowed", [])
    with pytest.raises(Fault) as refused, imap.opened(wanted):
        pass
    assert refused.value.code == "forbidden"


def test_nobody_listens(address: str) -> None:
    """The fault is `unreachable`."""
    with pytest.raises(Fault) as refused, imap.opened(box(address, None)):
        pass
    assert refused.value.code == "unreachable"


def test_a_server_that_says_nothing_is_left(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a limit; here it is short."""
    monkeypatch.setattr(connecting, "SILENT_S", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        wanted = box(address, None, imap_port=silent.getsockname()[1])
        with pytest.raises(Fault) as refused, imap.opened(wanted):
            pass
    assert refused.value.code == "slow"


def test_a_server_that_drips_is_cut(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each byte comes in time, the whole answer does not."""
    with scripted({"SELECT": "drip"}) as port, imap.opened(box(address, None, imap_port=port)) as mailbox:
        monkeypatch.setattr(imap, "_COMMAND_S", 1.0)
        with pytest.raises(Fault) as cut:
            mailbox.select("INBOX")
    assert cut.value.code == "dropped"


def test_a_server_that_lies_about_sizes_is_left(address: str) -> None:
    """What claims to be four gigabytes is not waited for."""
    lie = {"FETCH": "* 1 FETCH (UID 1 BODY[]<0> {{4294967296}}\r\nabc"}
    with scripted(lie) as port, imap.opened(box(address, None, imap_port=port)) as mailbox:
        mailbox.select("INBOX")
        with pytest.raises(Fault) as refused:
            list(mailbox.bodies([imap.Head(1, 2**20, None)], 2**31))
    assert refused.value.code == "protocol"


def test_a_size_that_was_told_wrong_does_not_cut_a_mail(dovecot: Dovecot, address: str) -> None:
    """Pieces are asked for until one is short; above the limit it ends, whatever was told."""
    dovecot.deliver(address, MAIL + (b"y" * 74 + b"\r\n") * 9000)
    with imap.opened(box(address, dovecot)) as mailbox:
        mailbox.select("INBOX")
        told = imap.Head(1, imap.SMALL + 1, None)
        ((_, body),) = mailbox.bodies([told], 2**30)
        assert read(body) == dovecot.mails(address)[0]
        assert [body for _, body in mailbox.bodies([told], 400_000)] == [None]


def test_a_mail_that_is_gone_is_left_out(dovecot: Dovecot, address: str) -> None:
    """Somebody deleted it between the look and the fetch."""
    dovecot.deliver(address, MAIL)
    with imap.opened(box(address, dovecot)) as mailbox:
        mailbox.select("INBOX")
        gone = [imap.Head(7, 10, None), imap.Head(8, 10**6, None), imap.Head(9, 10, None), imap.Head(10, 10, None)]
        assert list(mailbox.bodies(gone, 2**30)) == []


def test_a_folder_that_is_not_there(dovecot: Dovecot, address: str) -> None:
    """Its name is in the words."""
    with imap.opened(box(address, dovecot)) as mailbox, pytest.raises(Fault) as refused:
        mailbox.select("Posteingang")
    assert refused.value.code == "folder"
    assert "Posteingang" in refused.value.words


def test_the_server_goes_away(address: str) -> None:
    """While we wait: the fault is a loss, so that a new connection may do."""
    with mailservers.dovecot() as server, imap.opened(box(address, server)) as mailbox:
        mailbox.select("INBOX")
        threading.Timer(0.3, server.stop).start()
        with pytest.raises(Fault) as lost:
            mailbox.wait(60, threading.Event())
    assert lost.value.is_loss


@contextmanager
def scripted(replies: dict[str, str]) -> Iterator[int]:
    """Run a server that answers as no real one would; `drip` stands for one that never ends."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=_speak, args=[listening, replies], daemon=True)
        thread.start()
        yield int(listening.getsockname()[1])


def _speak(listening: socket.socket, replies: dict[str, str]) -> None:
    usual = {
        "CAPABILITY": "* CAPABILITY IMAP4rev1 IDLE\r\n{tag} OK done",
        "LOGIN": "{tag} OK done",
        "SELECT": "* 1 EXISTS\r\n* OK [UIDVALIDITY 1]\r\n* OK [UIDNEXT 2]\r\n{tag} OK done",
        "LOGOUT": "* BYE\r\n{tag} OK done",
    }
    try:
        peer, _ = listening.accept()
        with peer, peer.makefile("rb") as lines:
            peer.sendall(b"* OK ready\r\n")
            for line in lines:
                tag, command, *rest = line.decode().split()
                command = rest[0].upper() if command.upper() == "UID" else command.upper()
                answer = {**usual, **replies}.get(command, "{tag} BAD what").format(tag=tag)
                while answer == "drip":
                    peer.sendall(b"*")
                    time.sleep(0.05)
                peer.sendall(answer.encode() + b"\r\n")
    except OSError:
        return


def test_the_log_tells_no_password(dovecot: Dovecot, address: str, caplog: pytest.LogCaptureFixture) -> None:
    """Neither ours nor that of the library."""
    caplog.set_level(1)
    with imap.opened(box(address, dovecot)) as mailbox:
        mailbox.select("INBOX")
    assert mailservers.PASSWORD not in caplog.text


def test_certificates_are_made_for_the_name(tmp_path: Path) -> None:
    """Else the tests above would prove nothing."""
    assert mailservers.certificate(tmp_path).context().get_ciphers()
