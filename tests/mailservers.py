"""Real mail servers for tests: a throw-away Dovecot, and an SMTP server that hands on to it, with faults on demand.

Dovecot takes what comes by LMTP into the mailbox of its receiver and gives it out by IMAP. Who wants none of its
faults asks for `dovecot()` and `smtp()` only. A machine without Dovecot fails here: `bin/system-packages` installs it.
"""

import os
import pwd
import shutil
import smtplib
import socket
import ssl
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from imapclient import IMAPClient

PASSWORD = "mailbox-password"
PATIENCE = 30.0  # seconds for a server to come up or go down on a busy machine


def free_port() -> int:
    """Return a port that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate for `localhost` and 127.0.0.1, signed by itself."""

    certificate: Path
    key: Path

    def context(self) -> ssl.SSLContext:
        """Return what a server needs to speak TLS by it."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate, self.key)
        return context


def certificate(folder: Path, *, name: str = "localhost") -> Certificate:
    """Make a certificate in a folder; SSL_CERT_FILE set to it makes clients believe it."""
    import ipaddress

    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    names: list[x509.GeneralName] = [x509.DNSName(name)]
    if name == "localhost":
        names.append(x509.IPAddress(ipaddress.ip_address("127.0.0.1")))
    begin = datetime.now(UTC) - timedelta(days=1)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(begin + timedelta(days=30))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    found = Certificate(folder / f"{name}.pem", folder / f"{name}.key")
    found.certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    found.key.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return found


@dataclass
class Dovecot:
    """A running Dovecot; every user exists, with the one PASSWORD, and their name is their address."""

    folder: Path
    imap_port: int
    lmtp_port: int
    imaps_port: int = 0  # 0: without TLS
    tokeninfo_url: str = ""  # asked whether an OAuth2 token is good, and whose; empty: no OAuth2
    secure: Certificate | None = None
    idle: bool = True  # whether it offers IDLE
    process: "subprocess.Popen[bytes] | None" = None

    def start(self) -> "Dovecot":
        """Start it, again if it was stopped, with the mails it has."""
        mails = self.folder / "mail"
        mails.mkdir(exist_ok=True)
        os.chown(mails, *_owner())
        configuration = self.folder / "dovecot.conf"
        configuration.write_text(_configuration(self), encoding="utf-8")
        with (self.folder / "out.log").open("ab") as out:
            self.process = subprocess.Popen(
                [_program(), "-F", "-c", str(configuration)], stdout=out, stderr=out, process_group=0
            )
        _wait_for(self.imap_port, self._log)
        _wait_for(self.lmtp_port, self._log)
        return self

    def stop(self) -> None:
        """Stop it, and with it every connection."""
        if self.process is not None:
            self.process.terminate()
            self.process.wait(PATIENCE)
            self.process = None

    def deliver(self, to: str, raw: bytes, *, sender: str = "someone@example.com") -> None:
        """Put a mail into a mailbox, as a mail house does: by LMTP."""
        with smtplib.LMTP("127.0.0.1", self.lmtp_port) as lmtp:
            lmtp.ehlo()
            utf8 = ["SMTPUTF8"] if lmtp.has_extn("smtputf8") and not to.isascii() else []
            lmtp.mail(sender, utf8)
            code, words = lmtp.rcpt(to)
            assert code == 250, words
            code, words = lmtp.data(raw)
            assert code == 250, words

    @contextmanager
    def mailbox(self, user: str) -> Iterator[IMAPClient]:
        """Open a mailbox as its owner."""
        with IMAPClient("127.0.0.1", self.imap_port, ssl=False, timeout=PATIENCE) as client:
            client.login(user, PASSWORD)
            yield client

    def mails(self, user: str, folder: str = "INBOX") -> list[bytes]:
        """Return what stands in a folder, oldest first, without marking it as read."""
        with self.mailbox(user) as client:
            client.select_folder(folder, readonly=True)
            found = client.fetch(client.search(), ["BODY.PEEK[]"])
            return [found[uid][b"BODY[]"] for uid in sorted(found)]

    def flags(self, user: str, folder: str = "INBOX") -> dict[int, set[bytes]]:
        """Return the flags of each mail of a folder, by UID."""
        with self.mailbox(user) as client:
            client.select_folder(folder, readonly=True)
            return {uid: set(flags) - {b"\\Recent"} for uid, flags in client.get_flags(client.search()).items()}

    def renumber(self, user: str) -> None:
        """Give the inbox another UIDVALIDITY, as a server does that was restored or moved."""
        home = self.folder / "mail" / user
        for name in ("dovecot-uidlist", "dovecot-uidvalidity"):
            (home / name).unlink(missing_ok=True)
        for index in home.glob("dovecot.index*"):
            index.unlink()
        for mark in home.glob("dovecot-uidvalidity.*"):
            mark.unlink()

    def _log(self) -> str:
        logs = [self.folder / "out.log", self.folder / "dovecot.log"]
        return "\n".join(log.read_text(errors="replace")[-2000:] for log in logs if log.exists())


@contextmanager
def dovecot(*, secure: bool = False, tokeninfo_url: str = "", idle: bool = True) -> Iterator[Dovecot]:
    """Run a Dovecot of one's own in a folder that is removed afterwards."""
    with tempfile.TemporaryDirectory(prefix="dovecot-", dir="/tmp") as name:
        folder = Path(name)
        folder.chmod(0o755)
        server = Dovecot(
            folder,
            free_port(),
            free_port(),
            free_port() if secure else 0,
            tokeninfo_url,
            certificate(folder) if secure else None,
            idle,
        )
        try:
            yield server.start()
        finally:
            server.stop()


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
        import asyncio

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
        import base64

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


def _program() -> str:
    found = shutil.which("dovecot", path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")
    assert found, "Dovecot is missing: run bin/system-packages"
    return found


def _wait_for(port: int, log: Any) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=5) as probe:
            probe.settimeout(PATIENCE)
            if probe.recv(1):
                return
        time.sleep(0.02)
    raise AssertionError(f"Dovecot does not answer: {log()}")


def _configuration(server: Dovecot) -> str:
    root = os.getuid() == 0
    own = "" if root else _own_user()
    listeners = f"""
service imap-login {{
  chroot =
  inet_listener imap {{
    address = 127.0.0.1
    port = {server.imap_port}
  }}
  inet_listener imaps {{
    address = 127.0.0.1
    port = {server.imaps_port}
    ssl = yes
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    address = 127.0.0.1
    port = {server.lmtp_port}
  }}
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
"""
    secure = server.secure
    tls = f"ssl = yes\nssl_cert = <{secure.certificate}\nssl_key = <{secure.key}" if secure else "ssl = no"
    capability = "" if server.idle else "imap_capability = IMAP4rev1 UIDPLUS MOVE LITERAL+\n"
    return f"""
base_dir = {server.folder}/run
state_dir = {server.folder}/state
log_path = {server.folder}/dovecot.log
listen = 127.0.0.1
protocols = imap lmtp
{tls}
disable_plaintext_auth = no
auth_mechanisms = plain login{" xoauth2" if server.tokeninfo_url else ""}
auth_failure_delay = 0
auth_verbose = yes
mail_fsync = never
{capability}first_valid_uid = 0
first_valid_gid = 0
{own}
{_passwords(server)}
userdb {{
  driver = static
  args = uid={_owner()[0]} gid={_owner()[1]} home={server.folder}/mail/%u allow_all_users=yes
}}
mail_location = maildir:{server.folder}/mail/%u
lda_mailbox_autocreate = yes
recipient_delimiter =
{listeners}
"""


def _passwords(server: Dovecot) -> str:
    static = f"passdb {{\n  driver = static\n  mechanisms = plain login\n  args = password={PASSWORD}\n}}"
    if not server.tokeninfo_url:
        return static
    oauth = server.folder / "oauth2.conf"
    oauth.write_text(
        f"tokeninfo_url = {server.tokeninfo_url}\nusername_attribute = email\nactive_attribute = active\n"
        "active_value = true\nrawlog_dir =\n",
        encoding="utf-8",
    )
    return f"passdb {{\n  driver = oauth2\n  mechanisms = xoauth2\n  args = {oauth}\n}}\n{static}"


def _owner() -> tuple[int, int]:
    """Return whose the mails are: Dovecot gives none to root."""
    if os.getuid():
        return os.getuid(), os.getgid()
    nobody = pwd.getpwnam("nobody")
    return nobody.pw_uid, nobody.pw_gid


def _own_user() -> str:
    import getpass
    import grp

    user = getpass.getuser()
    group = grp.getgrgid(os.getgid()).gr_name
    return f"default_internal_user = {user}\ndefault_login_user = {user}\ndefault_internal_group = {group}"


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
