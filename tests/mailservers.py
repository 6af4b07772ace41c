"""Real mail servers for tests: Dovecot (`dovecots`), and an SMTP server that hands on to it, with faults on demand.

Dovecot takes what comes by LMTP into the mailbox of its receiver and gives it out by IMAP. Who wants none of its
faults asks for `mail_house()` only.
"""

import asyncio
import base64
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from tests.dovecots import PASSWORD, PATIENCE, Certificate, Dovecot, certificate, dovecot, free_port

__all__ = [
    "PASSWORD",
    "Certificate",
    "Dovecot",
    "Faults",
    "Smtp",
    "account",
    "certificate",
    "dovecot",
    "free_port",
    "mail_house",
    "smtp",
]


@dataclass
class Taken:
    """A mail that the SMTP server took."""

    sender: str
    receivers: list[str]
    raw: bytes
    options: list[str]  # of MAIL FROM
    user: str  # who signed in


@dataclass
class Faults:
    """What the SMTP server does wrong from now on."""

    mail: str = ""  # its reply to MAIL FROM
    receivers: dict[str, str] = field(default_factory=dict)  # address to its reply to RCPT TO
    data: str = ""  # its reply to what was sent
    cut: int = 0  # so many times: take the mail and drop the connection before the reply
    silent_s: float = 0.0  # so long it says nothing after DATA


class _Handler:
    """Takes mails, hands those of known domains on, and fails as it is told."""

    def __init__(self, server: "Smtp") -> None:
        self.server = server

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's names
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.server.wants_password and not session.authenticated:
            return "530 5.7.0 Authentication required"
        if self.server.faults.mail:
            return self.server.faults.mail
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if reply := self.server.faults.receivers.get(address):
            return reply
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        faults = self.server.faults
        if faults.silent_s:
            await asyncio.sleep(faults.silent_s)
        if faults.data:
            return faults.data
        raw = envelope.content or b""
        user = session.auth_data.login.decode() if isinstance(session.auth_data, LoginPassword) else ""
        taken = Taken(str(envelope.mail_from or ""), list(envelope.rcpt_tos), bytes(raw), envelope.mail_options, user)
        await asyncio.get_running_loop().run_in_executor(None, self.server.take, taken)
        if faults.cut:
            faults.cut -= 1
            assert server.transport is not None
            server.transport.abort()
        return "250 Taken"

    async def auth_XOAUTH2(self, server: SMTP, args: list[str]) -> AuthResult:  # noqa: N802
        said = base64.b64decode(args[1]).decode() if len(args) > 1 else ""
        parts = dict(part.split("=", 1) for part in said.split("\x01") if "=" in part)
        token = parts.get("auth", "").removeprefix("Bearer ")
        if token in self.server.tokens:
            return AuthResult(success=True, auth_data=LoginPassword(parts["user"].encode(), b""))
        await server.challenge_auth('{"status":"401","schemes":"bearer"}', encode_to_b64=True)
        return AuthResult(success=False, handled=False)


@dataclass
class Smtp:
    """A running SMTP server."""

    port: int
    behind: Dovecot | None = None  # where mails to `domains` go
    domains: tuple[str, ...] = ("example.com",)
    faults: Faults = field(default_factory=Faults)
    taken: list[Taken] = field(default_factory=list)
    tokens: set[str] = field(default_factory=set)  # OAuth2 tokens that are good
    wants_password: bool = True
    controller: Any = None
    options: dict[str, Any] = field(default_factory=dict)  # for aiosmtpd

    def start(self) -> "Smtp":
        """Start it, again if it was stopped."""
        self.controller = Controller(_Handler(self), hostname="127.0.0.1", port=self.port, **self.options)
        self.controller.start()
        return self

    def stop(self) -> None:
        """Stop it."""
        if self.controller is not None:
            self.controller.stop(no_assert=True)
            self.controller = None

    def take(self, mail: Taken) -> None:
        """Keep a mail, and hand it on to the mailboxes it is for."""
        self.taken.append(mail)
        for receiver in mail.receivers:
            if self.behind is not None and receiver.rpartition("@")[2] in self.domains:
                self.behind.deliver(receiver, mail.raw, sender=mail.sender)


@contextmanager
def smtp(
    behind: Dovecot | None = None, *, utf8: bool = True, secure: Certificate | None = None, **more: Any
) -> Iterator[Smtp]:
    """Run an SMTP server that wants a password, and hands on what it takes to a Dovecot.

    `secure` makes it want STARTTLS first; `auth=False` that it wants no password.
    """
    options: dict[str, Any] = {"enable_SMTPUTF8": utf8, "ready_timeout": PATIENCE, **more}
    wants_password = options.pop("auth", True)
    if wants_password:
        options |= {"authenticator": _authenticate, "auth_require_tls": secure is not None}
    if secure is not None:
        options |= {"tls_context": secure.context(), "require_starttls": True}
    server = Smtp(free_port(), behind, wants_password=wants_password, options=options)
    try:
        yield server.start()
    finally:
        server.stop()


@contextmanager
def mail_house() -> Iterator[tuple[Dovecot, Smtp]]:
    """Run both: what is sent by SMTP to example.com stands in Dovecot's mailboxes."""
    with ExitStack() as stack:
        behind = stack.enter_context(dovecot())
        yield behind, stack.enter_context(smtp(behind))


def _authenticate(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
    right = isinstance(data, LoginPassword) and data.password.decode() == PASSWORD
    return AuthResult(success=right, handled=False, auth_data=data if right else None)


def account(address: str, behind: Dovecot | None, out: Smtp | None = None, **changes: Any) -> Any:
    """Store a mailbox that is read from this Dovecot and answered by this SMTP server; `options` over the usual ones.

    Servers on this machine may be reached afterwards.
    """
    from servewell.apps.base import settings
    from servewell.apps.base.principal import SYSTEM
    from servewell.apps.channels.frame import options
    from servewell.apps.channels.frame.models import Account

    settings.put(SYSTEM, "base.outbound_allowed", ["127.0.0.0/8", "::1/128"])
    usual = {
        "imap_host": "127.0.0.1",
        "imap_port": behind.imap_port if behind else free_port(),
        "imap_security": "none",
        "smtp_host": "127.0.0.1",
        "smtp_port": out.port if out else free_port(),
        "smtp_security": "none",
        **changes.pop("options", {}),
    }
    sealed = options.sealed({"password": PASSWORD, **changes.pop("secrets", {})})
    columns = {"name": address, "address": address, "channel": "email", "language": "en", **changes}
    return Account.objects.create(options=usual, sealed=sealed, **columns)
