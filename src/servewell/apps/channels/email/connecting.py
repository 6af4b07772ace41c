"""How do we reach a mail server? At a checked address, by TLS with a checked certificate, and never for ever."""

import ipaddress
import smtplib
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from imaplib import IMAP4

from servewell.apps.base import ssrf
from servewell.apps.base.errors import AddressRefused
from servewell.apps.channels.email.errors import Fault
from servewell.apps.channels.email.options import Server

CONNECT_S = 15.0  # until the other side takes the connection
SILENT_S = 60.0  # until it says the next thing
_hurry: ContextVar[float | None] = ContextVar("hurry", default=None)


def target(server: Server) -> ssrf.Target:
    """Return the checked address of a server; Fault where we may not, or cannot, call it.

    Without TLS only an address inside is called, and only one that an administrator allowed (base.outbound_allowed).
    """
    host = f"[{server.host}]" if ":" in server.host else server.host
    try:
        found = ssrf.check(f"https://{host}:{server.port}/")
    except AddressRefused as refusal:
        codes = {"unknown": "unknown_host", "inside": "forbidden"}
        raise Fault(codes.get(refusal.values["reason"], "bad_host")) from refusal
    if server.security == "none" and ssrf.is_outside(ipaddress.ip_address(found.address)):
        raise Fault("plain")
    return found


def silent_s() -> float:
    """Return how many seconds the other side may say nothing."""
    return _hurry.get() or SILENT_S


@contextmanager
def hurried(seconds: float) -> Iterator[None]:
    """Wait no longer than this for anything in the block: a person waits for us."""
    token = _hurry.set(seconds)
    try:
        yield
    finally:
        _hurry.reset(token)


def connect(found: ssrf.Target) -> socket.socket:
    """Return a connection to a checked address, which notices a vanished host within minutes."""
    made = socket.create_connection((found.address, found.port), timeout=min(CONNECT_S, silent_s()))
    made.settimeout(silent_s())
    with suppress(OSError, AttributeError):
        made.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 60)
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, 20)
    return made


def secured(plain: socket.socket, host: str) -> ssl.SSLSocket:
    """Return the connection with TLS, the certificate checked for this host."""
    try:
        return ssl.create_default_context().wrap_socket(plain, server_hostname=host)
    except BaseException:
        plain.close()
        raise


@contextmanager
def explained(host: str) -> Iterator[None]:
    """Turn what libraries raise about a connection into a Fault."""
    try:
        yield
    except ssl.SSLCertVerificationError as fault:
        raise Fault("certificate", f"{host}: {fault.verify_message}") from fault
    except ssl.SSLEOFError as fault:
        raise Fault("dropped", host) from fault
    except ssl.SSLError as fault:
        raise Fault("tls", f"{host}: {fault.reason or fault}") from fault
    except TimeoutError as fault:
        raise Fault("slow", host) from fault
    except (ConnectionResetError, BrokenPipeError, ConnectionAbortedError, EOFError) as fault:
        raise Fault("dropped", host) from fault
    except IMAP4.abort as fault:
        raise Fault(_lost(str(fault)), f"{host}: {fault}") from fault
    except IMAP4.error as fault:
        raise Fault("protocol", f"{host}: {fault}") from fault
    except smtplib.SMTPServerDisconnected as fault:
        raise Fault("slow" if "timed out" in str(fault) else "dropped", f"{host}: {fault}") from fault
    except OSError as fault:
        raise Fault("unreachable", f"{host}: {fault.strerror or fault}") from fault


@contextmanager
def within(seconds: float, connected: socket.socket) -> Iterator[None]:
    """Cut the connection after so long, however slowly the other side drips."""
    cut = threading.Timer(min(seconds, _hurry.get() or seconds), _cut, [connected])
    cut.daemon = True
    cut.start()
    try:
        yield
    finally:
        cut.cancel()


def _lost(words: str) -> str:
    return "dropped" if "EOF" in words or "BYE" in words or "socket" in words else "protocol"


def _cut(connected: socket.socket) -> None:
    with suppress(OSError):
        connected.shutdown(socket.SHUT_RDWR)
