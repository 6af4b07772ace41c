"""How does Servewell call another system over HTTP? Checked addresses only, with limits on time, size and redirects.

It takes no proxy from the environment and keeps no connection: whom it talks to is decided by `ssrf.check` alone.
"""

import http.client
import json
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import urljoin, urlsplit

from servewell.apps.base import cleaning, clock, ssrf
from servewell.apps.base.errors import AddressRefused, OutsideFailure

Check = Callable[[str], ssrf.Target]
_REDIRECTS = {301, 302, 303, 307, 308}
_PRIVATE = {"authorization", "cookie", "proxy-authorization"}  # not for another origin that we are sent on to
_CHUNK = 2**16
_LONGEST_WAIT = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back, whatever its status."""

    status: int
    headers: Mapping[str, str]  # names in lower case
    body: bytes
    url: str  # after redirects


@dataclass(frozen=True, slots=True)
class Limits:
    """How far a call may go."""

    seconds: float = 20.0  # for the whole call, redirects included
    largest: int = 2**23  # bytes of the answer
    redirects: int = 3
    cut: bool = False  # a larger answer is cut instead of refused: for callers who only look at its status


@dataclass(frozen=True, slots=True)
class _Request:
    """One request, before its address is checked."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes | None


def fetch(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    body: bytes | None = None,
    limits: Limits | None = None,
    check: Check = ssrf.check,
) -> Reply:
    """Call `url` and return what it answers, following redirects to where calling is allowed.

    AddressRefused when the address, or one it redirects to, must not be called; OutsideFailure when the other side
    cannot be reached, breaks off or is too slow (passing), or answers more than allowed (permanent).
    """
    limits = limits or Limits()
    deadline = time.monotonic() + limits.seconds
    request = _Request(method.upper(), url, headers or {}, body)
    for _ in range(limits.redirects + 1):
        reply = _ask(request, check(request.url), limits, deadline)
        if reply.status not in _REDIRECTS or "location" not in reply.headers:
            return reply
        request = _sent_on(request, reply)
    raise AddressRefused(host=urlsplit(url).hostname or "", reason="redirects")


def words_of(reply: Reply, most: int = 300) -> str:
    """Return how an answer begins, in one line of at most `most` characters, with its status.

    Of JSON the letters are shown, not their escapes.
    """
    text = reply.body.decode("utf-8", "replace")
    with suppress(ValueError, RecursionError):
        text = json.dumps(json.loads(text), ensure_ascii=False)
    return f"{reply.status} {cleaning.short_line(text[: most * 4], most=most).text}".strip()


def asked_wait(reply: Reply) -> timedelta:
    """Return the wait that `Retry-After` asks for (RFC 9110, 10.2.3: seconds or a date), at most a day; else none."""
    asked = reply.headers.get("retry-after", "").strip()
    if asked.isdigit():
        return min(_LONGEST_WAIT, timedelta(seconds=int(asked[:9])))
    try:
        moment: datetime = parsedate_to_datetime(asked)
        wait = moment - clock.now()
    except (ValueError, TypeError):  # no date, or one without a zone
        return timedelta()
    return min(_LONGEST_WAIT, max(timedelta(), wait))


def _sent_on(request: _Request, reply: Reply) -> _Request:
    """Return the next request: a 307 or 308 keeps method and body, the others become GET (RFC 9110, 15.4)."""
    url = urljoin(request.url, reply.headers["location"])
    headers = dict(request.headers)
    if urlsplit(url)[:2] != urlsplit(request.url)[:2]:
        headers = {name: value for name, value in headers.items() if name.lower() not in _PRIVATE}
    if reply.status in {307, 308} or request.method in {"GET", "HEAD"}:
        return replace(request, url=url, headers=headers)
    headers = {name: value for name, value in headers.items() if not name.lower().startswith("content-")}
    return _Request("GET", url, headers, None)


def _ask(request: _Request, target: ssrf.Target, limits: Limits, deadline: float) -> Reply:
    try:
        with _connected(target, deadline) as connection:
            connection.request(request.method, target.path, request.body, dict(request.headers))
            response = connection.getresponse()
            headers = {name.lower(): value for name, value in response.getheaders()}
            return Reply(response.status, headers, _read(response, limits), request.url)
    except (OSError, http.client.HTTPException) as fault:
        reason = "too slow" if time.monotonic() >= deadline else f"{type(fault).__name__}: {fault}"
        raise OutsideFailure(f"{target.host}: {reason}", permanent=False) from fault


@contextmanager
def _connected(target: ssrf.Target, deadline: float) -> Iterator[http.client.HTTPConnection]:
    """Yield a connection to the checked address. At the deadline it is cut, however slowly the other side drips."""
    connection = _connection(target, deadline)
    cut = threading.Timer(max(0.0, deadline - time.monotonic()), _cut, [connection.sock])
    cut.daemon = True
    cut.start()
    try:
        yield connection
        if time.monotonic() >= deadline:
            raise TimeoutError("the answer may be incomplete")
    finally:
        cut.cancel()
        connection.close()


def _connection(target: ssrf.Target, deadline: float) -> http.client.HTTPConnection:
    remaining = max(0.01, deadline - time.monotonic())
    plain = socket.create_connection((target.address, target.port), timeout=remaining)
    if target.scheme == "http":
        connection = http.client.HTTPConnection(target.host, target.port)
        connection.sock = plain
        return connection
    context = ssl.create_default_context()
    secure = http.client.HTTPSConnection(target.host, target.port, context=context)
    try:
        secure.sock = context.wrap_socket(plain, server_hostname=target.host)
    except BaseException:
        plain.close()
        raise
    return secure


def _cut(connected: socket.socket) -> None:
    try:
        connected.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # it has ended by itself


def _read(response: http.client.HTTPResponse, limits: Limits) -> bytes:
    body = bytearray()
    while piece := response.read(_CHUNK):
        body += piece
        if len(body) > limits.largest and limits.cut:
            return bytes(body[: limits.largest])
        if len(body) > limits.largest:
            raise OutsideFailure(f"the answer is larger than {limits.largest} bytes", permanent=True)
    return bytes(body)
