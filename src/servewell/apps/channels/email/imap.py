"""How is a mailbox read? By IMAP (RFC 9051, 3501), in pieces, with limits on what the other side may say.

Everything here raises Fault with a code. Nothing is marked and nothing moved unless asked.

long because a connection, what it may say and what is made of it are one protocol, read together.
"""

import imaplib
import select
import socket
import ssl
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, BinaryIO, cast

from imapclient import IMAPClient
from imapclient.exceptions import LoginError

from servewell.apps.base import ssrf
from servewell.apps.channels.email import oauth
from servewell.apps.channels.email.connecting import connect, explained, secured, silent_s, target, within
from servewell.apps.channels.email.errors import Fault
from servewell.apps.channels.email.options import Box

PIECE = 2**18  # bytes asked for at once
SMALL = 2**17  # a mail up to this size is fetched together with others
_TOGETHER = 2**20  # bytes of mails fetched together
_LARGEST_LITERAL = 2**22  # bytes that one answer may hold, whatever it claims
_IN_MEMORY = 2**21  # bytes of a mail that are held before a file is
_COMMAND_S = 180.0  # for one command and its whole answer, however it drips
IDLE_S = 9 * 60.0  # until IDLE is asked anew: below the 29 minutes of RFC 2177, and below what routers forget
_LOOK_S = 0.5  # how often a wait looks whether it shall end
_WINDOW = 50_000  # UIDs asked for at once: an answer is one line, and lines have limits
_LOGIN_WAIT = timedelta(minutes=5)  # a refused password is not tried again sooner: mail houses lock mailboxes
_LATER = ("UNAVAILABLE", "INUSE", "LIMIT", "SERVERBUG", "CONTACTADMIN")  # response codes of a refusal that may pass


@dataclass(frozen=True, slots=True)
class Selected:
    """A folder, as it was opened."""

    uidvalidity: int
    uidnext: int  # the UID that the next mail will get
    mails: int


@dataclass(frozen=True, slots=True)
class Head:
    """What is known of a mail before it is fetched."""

    uid: int
    size: int  # bytes, as the server says
    came_at: datetime | None  # aware


class _Wire(imaplib.IMAP4):
    """A connection to a checked address, which holds no more of an answer than it asked for."""

    def __init__(self, found: ssrf.Target, *, tls: bool) -> None:
        self._found, self._tls = found, tls
        super().__init__(found.host, found.port)

    def _create_socket(self, timeout: float | None = None) -> socket.socket:
        plain = connect(self._found)
        return secured(plain, self._found.host) if self._tls else plain

    def read(self, size: int) -> bytes:
        if size > _LARGEST_LITERAL:
            raise self.abort(f"an answer of {size} bytes was not asked for")
        return super().read(size)


class _Client(IMAPClient):  # type: ignore[misc]
    """imapclient on a wire of ours."""

    def __init__(self, found: ssrf.Target, security: str) -> None:
        self._found = found
        super().__init__(found.host, found.port, ssl=security == "tls")
        self._imap.debug = 0  # it would format every line, passwords among them

    def _create_IMAP4(self) -> imaplib.IMAP4:  # noqa: N802 - imapclient's name
        return _Wire(self._found, tls=self.ssl)

    def _set_read_timeout(self) -> None:
        """Keep the one that the wire has."""


class Mailbox:
    """A mailbox that we are signed in to."""

    def __init__(self, client: _Client, host: str) -> None:
        self._client, self._host = client, host
        self.idles = client.has_capability("IDLE")  # whether the server says when mail comes

    def select(self, folder: str) -> Selected:
        """Open a folder; Fault `folder` when there is none of this name."""
        with self._asking():
            try:
                said = self._client.select_folder(folder)
            except IMAPClient.AbortError:
                raise
            except IMAPClient.Error as fault:
                raise Fault("folder", f"{folder}: {fault}") from fault
        self._news()  # what is told of the folder until now is in the answer
        uidnext = said.get(b"UIDNEXT") or self._highest() + 1
        return Selected(int(said.get(b"UIDVALIDITY", 0)), int(uidnext), int(said.get(b"EXISTS", 0)))

    def folders(self) -> list[str]:
        """Return the names of all folders that can be opened."""
        with self._asking():
            return [name for flags, _, name in self._client.list_folders() if b"\\Noselect" not in flags]

    def uids(self, first: int, last: int, *, unseen: bool = False, since: datetime | None = None) -> Iterator[int]:
        """Yield the UIDs between two, both included, in their order; those not yet read, or that came since a day."""
        for begin in range(first, last + 1, _WINDOW):
            end = min(last, begin + _WINDOW - 1)
            wanted: list[Any] = ["UID", f"{begin}:{end}", *(["UNSEEN"] if unseen else [])]
            if since is not None:
                wanted += ["SINCE", since.date()]
            with self._asking():
                found = self._client.search(wanted)
            yield from sorted(uid for uid in found if begin <= uid <= end)

    def heads(self, uids: Iterable[int]) -> list[Head]:
        """Return what is known of mails, in the order of their UIDs; those that are gone are left out."""
        found = self._given(list(uids), ["RFC822.SIZE", "INTERNALDATE"])
        return [
            Head(uid, int(about.get(b"RFC822.SIZE") or 0), _aware(about.get(b"INTERNALDATE")))
            for uid, about in sorted(found.items())
        ]

    def bodies(self, heads: Iterable[Head], limit: int) -> Iterator[tuple[Head, BinaryIO | None]]:
        """Yield the mails, small ones fetched together; one that is gone meanwhile is left out.

        None in place of one above `limit` bytes, or that the server has and does not give.
        """
        for together in _bundles(heads):
            if len(together) > 1:
                yield from self._fetched(together)
            elif together[0].size > limit:
                yield together[0], None
            elif (body := self._streamed(together[0].uid, limit)) is not _GONE:
                yield together[0], cast("BinaryIO | None", body)

    def header(self, uid: int) -> bytes:
        """Return the header of a mail, its first PIECE at most; empty where the server does not give it."""
        about = self._given([uid], [f"BODY.PEEK[HEADER]<0.{PIECE}>"]).get(uid, {})
        return next((bytes(value or b"") for key, value in about.items() if key.startswith(b"BODY[HEADER]")), b"")

    def mark_seen(self, uids: list[int]) -> None:
        """Mark mails as read."""
        with self._asking():
            self._client.add_flags(uids, [b"\\Seen"], silent=True)

    def move(self, uids: list[int], folder: str) -> None:
        """Move mails to a folder, which is made if it is missing; they are marked as read."""
        self.mark_seen(uids)
        with self._asking():
            if not self._client.folder_exists(folder):
                self._client.create_folder(folder)
            if self._client.has_capability("MOVE"):
                self._client.move(uids, folder)
                return
            self._client.copy(uids, folder)
            self._client.delete_messages(uids, silent=True)
            if self._client.has_capability("UIDPLUS"):
                self._client.uid_expunge(uids)

    def wait(self, seconds: float, stopping: threading.Event, *, idle: bool = True) -> None:
        """Wait until there may be something new in the open folder, `seconds` are over, or we shall stop."""
        if self._news():
            return
        if idle and self.idles:
            try:
                self._idle(min(seconds, IDLE_S), stopping)
            except Fault as fault:
                if fault.code != "protocol":
                    raise
                self.idles = False  # it offers IDLE and does not know it
            return
        stopping.wait(seconds)
        if not stopping.is_set():
            with self._asking():
                self._client.noop()

    def close(self) -> None:
        """Say goodbye, if the other side still listens."""
        with suppress(Exception), within(5.0, self._client.socket()):
            self._client.logout()
        with suppress(Exception):
            self._client.shutdown()

    def _highest(self) -> int:
        with self._asking():
            return max(self._client.search(["UID", "*"]), default=0)

    def _fetched(self, heads: list[Head]) -> Iterator[tuple[Head, BinaryIO | None]]:
        found = self._given([head.uid for head in heads], ["BODY.PEEK[]"])
        for head in heads:
            if head.uid in found:
                raw = found[head.uid].get(b"BODY[]")
                yield head, None if raw is None else _spooled([bytes(raw)])

    def _given(self, uids: list[int], wanted: list[str]) -> dict[int, dict[bytes, Any]]:
        """Return what the server gives of mails; where it refuses several at once, it is asked for each.

        One that it refuses, for its file is broken, is there with nothing known: it must not keep the others back.
        """
        try:
            return self._answered(uids, wanted)
        except _Withheld:
            if len(uids) == 1:
                return {uids[0]: {}}
        return {uid: about for one in uids for uid, about in self._given([one], wanted).items()}

    def _answered(self, uids: list[int], wanted: list[str]) -> dict[int, dict[bytes, Any]]:
        with self._asking():
            try:
                return dict(self._client.fetch(uids, wanted))
            except IMAPClient.AbortError:
                raise
            except IMAPClient.Error as fault:
                if _passes(str(fault)) or self._client._imap.state != "SELECTED":
                    raise Fault("busy", str(fault)) from fault
                raise _Withheld("protocol", f"{self._host}: {fault}") from fault

    def _streamed(self, uid: int, limit: int) -> "object | BinaryIO | None":
        """Return one mail, fetched in pieces until one is short, whatever size was told; None above the limit."""
        file = _spooled([])
        try:
            size = self._pour(uid, file, limit)
        except _Withheld:
            file.close()
            return None
        except BaseException:
            file.close()
            raise
        if 0 <= size <= limit:
            return _rewound(file)
        file.close()
        return None if size > limit else _GONE

    def _pour(self, uid: int, file: BinaryIO, limit: int) -> int:
        """Fetch a mail into a file; return its bytes so far when they are above the limit, -1 when it is gone."""
        at = 0
        while at <= limit:
            piece = self._piece(uid, at)
            if piece is None:
                return at or -1
            file.write(piece)
            at += len(piece)
            if len(piece) < PIECE:
                break
        return at

    def _piece(self, uid: int, at: int) -> bytes | None:
        """Return a piece of a mail; None when the mail is gone, _Withheld when it is there and not given."""
        about = self._answered([uid], [f"BODY.PEEK[]<{at}.{PIECE}>"]).get(uid)
        if about is None:
            return None
        for key in (b"BODY[]<%d>" % at, b"BODY[]"):
            if about.get(key) is not None:
                return bytes(about[key])
        if at:
            return b""  # the last piece was the end
        raise _Withheld("protocol", f"{self._host}: no BODY[] of UID {uid}")

    def _idle(self, seconds: float, stopping: threading.Event) -> None:
        end = time.monotonic() + seconds
        with self._asking():
            self._begin_idle()
        while not self._news() and not stopping.is_set() and time.monotonic() < end:
            if self._says(min(_LOOK_S, max(0.0, end - time.monotonic()))):
                break
        with self._asking():
            self._client.idle_done()

    def _begin_idle(self) -> None:
        """Ask for IDLE. What the server tells before it says yes is kept, where imapclient's own call gives up."""
        wire = self._client._imap
        tag = wire._command("IDLE")
        while wire._get_response() is not None:
            if wire.tagged_commands.get(tag):
                kind, said = wire.tagged_commands.pop(tag)
                raise Fault("protocol", f"{self._host}: IDLE {kind} {said}")
        self._client._idle_tag = tag

    def _news(self) -> bool:
        """Did the server say, while it answered something else, that mails have come? Asking takes it off."""
        return bool(self._client._imap.response("EXISTS")[1] != [None])

    def _says(self, seconds: float) -> bool:
        """Has the server said something, or gone? What it said together with an earlier line is in a buffer of ours."""
        sock = self._client.socket()
        with explained(self._host):
            sock.setblocking(False)
            try:
                if self._client._imap.file.peek(1):
                    return True
            except (ssl.SSLWantReadError, BlockingIOError):
                pass
            finally:
                sock.settimeout(silent_s())
            poller = select.poll()
            poller.register(sock.fileno(), select.POLLIN)
            return bool(poller.poll(seconds * 1000))

    @contextmanager
    def _asking(self) -> Iterator[None]:
        with explained(self._host), within(_COMMAND_S, self._client.socket()):
            yield


class _Withheld(Fault):
    """The server has a mail and does not give it."""


_GONE = object()


@contextmanager
def opened(box: Box) -> Iterator[Mailbox]:
    """Connect, sign in, and close at the end; Fault."""
    server = box.imap
    with explained(server.host):
        client = _Client(target(server), server.security)
    try:
        with explained(server.host), within(_COMMAND_S, client.socket()):
            if server.security == "starttls":
                _demand_starttls(client)
            _sign_in(client, box)
            _introduce(client)
            mailbox = Mailbox(client, server.host)
    except BaseException:
        with suppress(Exception):
            client.shutdown()
        raise
    try:
        yield mailbox
    finally:
        mailbox.close()


def _demand_starttls(client: _Client) -> None:
    if not client.has_capability("STARTTLS"):
        raise Fault("tls", f"{client.host}: STARTTLS is not offered")
    client.starttls(ssl.create_default_context())


def _sign_in(client: _Client, box: Box) -> None:
    if box.oauth is not None:
        oauth.used(box, lambda token: _by_token(client, box.imap.user, token))
        return
    try:
        _by_password(client, box.imap.user, box.imap.password)
    except IMAPClient.AbortError:
        raise
    except (LoginError, UnicodeEncodeError) as fault:
        raise refused_login(str(fault)) from fault


def _introduce(client: _Client) -> None:
    """Say who we are (RFC 2971) where that is known: 163, 126 and yeah.net open no folder for who does not."""
    if client.has_capability("ID"):
        with suppress(IMAPClient.Error):  # a server that refuses it may let us in nevertheless
            client.id_({"name": "Servewell", "vendor": "Servewell"})


def refused_login(words: str, code: str = "login") -> Fault:
    """Return the fault of a refused sign-in: one that may pass by itself is told from a wrong password."""
    return Fault("busy", words) if _passes(words) else Fault(code, words, wait=_LOGIN_WAIT)


def _passes(words: str) -> bool:
    """Does a refusal say by its code that it may pass?"""
    return any(f"[{later}]" in words.upper() for later in _LATER)


def _by_password(client: _Client, user: str, password: str) -> None:
    """Sign in; AUTHENTICATE takes what LOGIN, which knows ASCII only, does not."""
    if client.has_capability("AUTH=PLAIN"):
        client.sasl_login("PLAIN", lambda _: f"\0{user}\0{password}".encode())
    elif client.has_capability("LOGINDISABLED"):
        raise Fault("tls", f"{client.host}: LOGINDISABLED")
    else:
        client.login(user, password)


def _by_token(client: _Client, user: str, token: str) -> None:
    answer = oauth.said(user, token).encode()
    try:  # at the second call it tells why it refuses, and wants an empty line
        client.sasl_login("XOAUTH2", lambda challenge: answer if not challenge else b"")
    except LoginError as fault:
        raise oauth.Refused(str(fault)) from fault


def _bundles(heads: Iterable[Head]) -> Iterator[list[Head]]:
    """Put small mails together, in their order."""
    bundle: list[Head] = []
    for head in heads:
        small = 0 < head.size <= SMALL
        if bundle and (not small or sum(one.size for one in bundle) + head.size > _TOGETHER):
            yield bundle
            bundle = []
        if small:
            bundle.append(head)
        else:
            yield [head]
    if bundle:
        yield bundle


def _spooled(pieces: Iterable[bytes]) -> BinaryIO:
    file = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - whoever reads it closes it
    for piece in pieces:
        file.write(piece)
    return _rewound(cast(BinaryIO, file))


def _rewound(file: BinaryIO) -> BinaryIO:
    file.seek(0)
    return file


def _aware(moment: datetime | None) -> datetime | None:
    """Return a moment that imapclient gives in the system's zone, without saying so."""
    return moment.astimezone(UTC) if moment is not None else None
