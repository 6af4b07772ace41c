"""A throw-away Dovecot for tests: it takes what comes by LMTP into the mailbox of its receiver, and gives it by IMAP.

A machine without Dovecot fails here: `bin/system-packages` installs it.
"""

import ipaddress
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
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

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
