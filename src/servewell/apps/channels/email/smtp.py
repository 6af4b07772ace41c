"""How does a mail leave us? By SMTP (RFC 5321), to all its receivers in one go, with what the server said in words."""

import base64
import smtplib
import socket
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from servewell.apps.base import ssrf
from servewell.apps.channels.email import oauth
from servewell.apps.channels.email.connecting import connect, explained, secured, target, within
from servewell.apps.channels.email.errors import Fault
from servewell.apps.channels.email.imap import refused_login
from servewell.apps.channels.email.options import Box
from servewell.apps.channels.frame.kinds import SendFailed

MOST_S = 75.0  # for a whole mail, however slowly the other side takes it: well within the call's lease
_SIGN_IN = {530, 534, 535, 538}  # what is refused is the account, not this mail
_BYE = 421


@dataclass(frozen=True, slots=True)
class Parcel:
    """A mail on its way."""

    sender: str  # of the envelope
    to: Sequence[str]  # if one of these is refused, it is not sent at all
    also: Sequence[str]  # copies: the mail goes out without those that are refused
    raw: bytes
    needs_utf8: bool  # an address in it needs SMTPUTF8 (RFC 6531)


@dataclass(frozen=True, slots=True)
class Handed:
    """What the server said when it took a mail."""

    words: str
    refused: dict[str, str]  # address of a copy to what was said of it


class _Wire(smtplib.SMTP):
    """A connection to a checked address."""

    def __init__(self, found: ssrf.Target, *, tls: bool, name: str) -> None:
        self._found, self._tls = found, tls
        super().__init__(found.host, found.port, local_hostname=name)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        plain = connect(self._found)
        return secured(plain, self._found.host) if self._tls else plain


@contextmanager
def opened(box: Box) -> Iterator[smtplib.SMTP]:
    """Connect, greet and sign in; Fault."""
    server = box.smtp
    with explained(server.host):
        try:
            wire = _Wire(target(server), tls=server.security == "tls", name=box.domain or "localhost")
        except smtplib.SMTPConnectError as fault:
            raise Fault("unwelcome", _words(fault.smtp_code, fault.smtp_error)) from fault
    try:
        with explained(server.host), within(MOST_S, _socket(wire)):
            _greet(wire, box)
            yield wire
    finally:
        with suppress(Exception), within(5.0, _socket(wire)):
            wire.quit()
        wire.close()


def hand_over(box: Box, parcel: Parcel) -> Handed:
    """Give a mail to the server; Fault when it takes none from us now, SendFailed when it does not take this one.

    When the connection breaks off after the last byte, we cannot know: Fault, and the next try carries the same
    Message-ID.
    """
    with opened(box) as wire:
        _demand_fits(wire, parcel)
        options = [f"size={len(parcel.raw)}"] if wire.has_extn("size") else []
        options += ["SMTPUTF8", "BODY=8BITMIME"] if parcel.needs_utf8 else []
        _demand(wire.mail(parcel.sender, options))
        for address in parcel.to:
            _demand(wire.rcpt(address))
        refused = {address: said for address in parcel.also if (said := _refusal(wire.rcpt(address)))}
        return Handed(_demand(wire.data(parcel.raw)), refused)


def _greet(wire: smtplib.SMTP, box: Box) -> None:
    code, words = wire.ehlo()
    if code != 250:
        wire.helo()
    if box.smtp.security == "starttls":
        if not wire.has_extn("starttls"):
            raise Fault("tls", f"{box.smtp.host}: STARTTLS is not offered")
        code, words = wire.starttls(context=ssl.create_default_context())
        if code != 220:
            raise Fault("tls", _words(code, words))
        wire.ehlo()
    if box.smtp.user:
        _sign_in(wire, box)


def _sign_in(wire: smtplib.SMTP, box: Box) -> None:
    server = box.smtp
    if box.oauth is not None:
        oauth.used(box, lambda token: _by_token(wire, server.user, token))
        return
    offered = wire.esmtp_features.get("auth", "").upper().split()
    if not offered:
        raise Fault("no_sign_in", server.host)
    try:
        if "PLAIN" in offered:
            said = _coded(f"\0{server.user}\0{server.password}")
            _demand_signed_in(*wire.docmd("AUTH", f"PLAIN {said}"))
        else:
            wire.login(server.user, server.password)
    except smtplib.SMTPAuthenticationError as fault:
        raise _refused(fault.smtp_code, fault.smtp_error, "login") from fault
    except (smtplib.SMTPNotSupportedError, UnicodeEncodeError, smtplib.SMTPException) as fault:
        if isinstance(fault, smtplib.SMTPServerDisconnected):
            raise
        raise Fault("no_sign_in", str(fault)) from fault


def _by_token(wire: smtplib.SMTP, user: str, token: str) -> None:
    code, words = wire.docmd("AUTH", f"XOAUTH2 {_coded(oauth.said(user, token))}")
    if code == 334:  # why it refuses; it wants an empty line
        code, words = wire.docmd("")
    if code != 235:
        if 400 <= code < 500:
            raise _refused(code, words, "oauth")
        raise oauth.Refused(_words(code, words))


def _demand_signed_in(code: int, words: bytes) -> None:
    if code not in {235, 503}:
        raise smtplib.SMTPAuthenticationError(code, words)


def _refused(code: int, words: bytes | str, which: str) -> Fault:
    said = _words(code, words)
    return Fault("busy", said) if 400 <= code < 500 else refused_login(said, which)


def _demand_fits(wire: smtplib.SMTP, parcel: Parcel) -> None:
    most = wire.esmtp_features.get("size", "")
    if most.isdigit() and 0 < int(most) < len(parcel.raw):
        raise SendFailed("too_large", f"{len(parcel.raw) / 2**20:.1f} > {int(most) / 2**20:.1f} MB", permanent=True)
    if parcel.needs_utf8 and not wire.has_extn("smtputf8"):
        raise SendFailed("utf8", permanent=True)


def _demand(reply: tuple[int, bytes]) -> str:
    """Return what a server said that agreed; else SendFailed, or Fault where it is about us and not about the mail."""
    code, words = reply
    said = _words(code, words)
    if 200 <= code < 300:
        return said
    if code in _SIGN_IN:
        raise refused_login(said)
    if code == _BYE:
        raise Fault("busy", said)
    if 400 <= code < 500:
        raise SendFailed("later", said, permanent=False)
    raise SendFailed("refused", said, permanent=True)


def _refusal(reply: tuple[int, bytes]) -> str:
    return "" if 200 <= reply[0] < 300 else _words(*reply)


def _words(code: int, words: bytes | str) -> str:
    said = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    return f"{code} {' '.join(said.split())}"


def _coded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def _socket(wire: smtplib.SMTP) -> socket.socket:
    if wire.sock is None:
        raise smtplib.SMTPServerDisconnected("gone")
    return wire.sock
