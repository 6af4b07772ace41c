"""How does a synchronous Django answer on an asynchronous server? ASGI in, WSGI in a pool of threads, ASGI out.

Measured against the alternatives in `docs/decisions/0004-one-port.md`. A body is spooled before a thread is taken, so
a slow sender holds none; a file is read piece by piece as the receiver takes it, so a slow receiver holds none.
"""

import asyncio
import logging
import sys
from collections.abc import Awaitable, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import IO, Any

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Environ = dict[str, Any]
Headers = list[tuple[bytes, bytes]]

IN_MEMORY = 1024 * 1024  # bytes of a body that are kept off the disk
PIECE = 256 * 1024  # bytes of a file read, and sent, at once
STALLED = 60  # s without a byte from the sender, or to the receiver, after which the request is given up
log = logging.getLogger("servewell.http")


class TooLarge(Exception):
    """The body is larger than the limit."""


class Gone(Exception):
    """The other side has left, or stalled."""


class FilePieces:
    """What WSGI calls `wsgi.file_wrapper`: tells the bridge that an answer is a file."""

    def __init__(self, file: IO[bytes], size: int = PIECE) -> None:
        self.file = file

    def close(self) -> None:
        """Close the file, and with it the response."""
        self.file.close()


@dataclass(slots=True)
class Answer:
    """What the application said."""

    status: int
    headers: Headers
    body: bytes | None = None  # the whole of it,
    file: FilePieces | None = None  # or a file,
    parts: Any = None  # or what a generator makes (has `close`)


class Bridge:
    """Serves one WSGI application; `threads` requests at the same time."""

    def __init__(
        self,
        wsgi: Any,
        *,
        threads: int,
        limit: int,
        spool: Path,
        after_call: Callable[[], None],
        admit_much: Callable[[Scope], None],
    ) -> None:
        self.wsgi = wsgi
        self.limit = limit  # bytes of a body
        self.spool = spool
        self.after_call = after_call  # runs in the thread whose answer is sent from elsewhere
        self.admit_much = admit_much  # raises for whoever may not send more than IN_MEMORY
        self.pool = ThreadPoolExecutor(threads, "web")
        self.makers = ThreadPoolExecutor(2, "web-parts")  # generators run here to their end

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one HTTP request."""
        with suppress(Gone):
            body = await self._read(scope, receive)
            with body:
                environ = environ_of(scope, body)
                answer = await asyncio.get_running_loop().run_in_executor(self.pool, self._call, environ)
            await self._send(answer, receive, send, head_only=scope["method"] == "HEAD")

    def close(self) -> None:
        """Let the running requests end; take no more."""
        self.pool.shutdown(wait=False)
        self.makers.shutdown(wait=False, cancel_futures=True)

    async def _read(self, scope: Scope, receive: Receive) -> IO[bytes]:
        length = _content_length(scope)
        if length == 0:
            return BytesIO()
        if length is not None and length > self.limit:
            raise TooLarge
        first = await _in_time(receive())
        if length is not None and len(first.get("body", b"")) == length:
            return BytesIO(first["body"])  # the usual case: all of it came with the headers
        body: Any = SpooledTemporaryFile(IN_MEMORY, dir=str(self.spool))  # noqa: SIM115 - closed by the caller
        try:
            await self._fill(body, first, receive, scope)
        except BaseException:
            body.close()
            raise
        body.seek(0)
        return body  # type: ignore[no-any-return]

    async def _fill(self, body: IO[bytes], message: dict[str, Any], receive: Receive, scope: Scope) -> None:
        size, admitted = 0, False
        while True:
            if message["type"] == "http.disconnect":
                raise Gone
            part = message.get("body", b"")
            size += len(part)
            if size > self.limit:
                raise TooLarge
            if size <= IN_MEMORY:
                body.write(part)
            else:
                admitted = admitted or await self._admit(scope)
                await asyncio.to_thread(body.write, part)  # the disk may be slow; other requests are not to wait for it
            if not message.get("more_body", False):
                return
            message = await _in_time(receive())

    async def _admit(self, scope: Scope) -> bool:
        await asyncio.get_running_loop().run_in_executor(self.pool, self.admit_much, scope)
        scope["servewell.admitted"] = True
        return True

    def _call(self, environ: Environ) -> Answer:
        """In a thread of the pool: run the application; what is short is read to its end at once."""
        head: dict[str, Any] = {}

        def start_response(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> None:
            head["status"] = int(status.split(" ", 1)[0])
            head["headers"] = [(n.lower().encode("latin-1"), v.strip().encode("latin-1")) for n, v in headers]

        result = self.wsgi(environ, start_response)
        if isinstance(result, FilePieces):
            return self._file(result, head)
        if getattr(result, "streaming", False):
            self.after_call()
            return Answer(head["status"], head["headers"], parts=result)
        return Answer(head["status"], head["headers"], body=_whole(result))

    def _file(self, pieces: FilePieces, head: dict[str, Any]) -> Answer:
        first = pieces.file.read(PIECE)
        if len(first) < PIECE:
            pieces.close()
            return Answer(head["status"], head["headers"], body=first)
        self.after_call()
        return Answer(head["status"], head["headers"], body=first, file=pieces)

    async def _send(self, answer: Answer, receive: Receive, send: Send, *, head_only: bool) -> None:
        start = {"type": "http.response.start", "status": answer.status, "headers": answer.headers}
        if answer.file is None and answer.parts is None:
            await _send_whole(send, start, b"" if head_only else answer.body)
            return
        await _put(send, start)
        leaving = asyncio.ensure_future(left(receive))  # the server takes what is sent to nobody without a word
        try:
            if not head_only and answer.file is not None:
                await _send_file(answer, send, leaving)
            elif not head_only and answer.parts is not None:
                await self._send_parts(answer.parts, send, leaving)
        finally:
            leaving.cancel()
            for unfinished in (answer.file, answer.parts):
                if unfinished is not None:
                    await asyncio.to_thread(unfinished.close)
        await _put(send, {"type": "http.response.body", "body": b""})

    async def _send_parts(self, parts: Iterable[bytes], send: Send, leaving: "asyncio.Future[None]") -> None:
        """Run the generator in one thread, because of its database connection; it waits while the receiver is slow."""
        loop = asyncio.get_running_loop()

        def pump() -> None:
            for part in parts:
                if leaving.done():
                    raise Gone
                if part:
                    asyncio.run_coroutine_threadsafe(_put(send, _part(part)), loop).result()

        await loop.run_in_executor(self.makers, pump)


async def left(receive: Receive) -> None:
    """Return when the other side has left."""
    while (await receive())["type"] != "http.disconnect":
        pass


def environ_of(scope: Scope, body: IO[bytes]) -> Environ:
    """Return the request as WSGI (PEP 3333) has it."""
    server = scope.get("server") or ("localhost", 80)
    client = scope.get("client") or ("", 0)
    environ: Environ = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": scope["path"].encode("utf-8").decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": str(server[0]),
        "SERVER_PORT": str(server[1]),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "REMOTE_ADDR": str(client[0]),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.get("scheme", "http"),
        "wsgi.input": body,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
        "wsgi.file_wrapper": FilePieces,
        "servewell.admitted": scope.get("servewell.admitted", False),  # by `admit_much`, which counted it
    }
    _add_headers(environ, scope["headers"])
    if "CONTENT_LENGTH" not in environ and not isinstance(body, BytesIO):
        environ["CONTENT_LENGTH"] = str(_size(body))  # a chunked body has no length of its own
    return environ


def _add_headers(environ: Environ, headers: Headers) -> None:
    for raw_name, raw_value in headers:
        key, value = _key(raw_name), raw_value.decode("latin-1")
        if key is None:
            continue
        if key in environ:
            value = f"{environ[key]}{'; ' if key == 'HTTP_COOKIE' else ','}{value}"
        environ[key] = value


@lru_cache(1024)
def _key(raw: bytes) -> str | None:
    """Return a header's name in WSGI; None for one with `_`: it would pass for the one with `-` that proxies guard."""
    name = raw.decode("latin-1")
    if "_" in name:
        return None
    key = name.upper().replace("-", "_")
    return key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"


def _size(body: IO[bytes]) -> int:
    size = body.seek(0, 2)
    body.seek(0)
    return size


def _content_length(scope: Scope) -> int | None:
    """Return the announced length, 0 for a request without a body, None when it comes in chunks."""
    for name, value in scope["headers"]:
        if name == b"content-length":
            return int(value) if value.isdigit() else None
        if name == b"transfer-encoding":
            return None
    return 0 if scope["http_version"] != "2" or scope["method"] in ("GET", "HEAD") else None


def _whole(result: Any) -> bytes:
    try:
        return b"".join(result)
    finally:
        if hasattr(result, "close"):
            result.close()


async def _send_whole(send: Send, start: dict[str, Any], body: bytes | None) -> None:
    """No watch on time here: the server takes a whole answer at once, whoever reads it."""
    try:
        await send(start)
        await send({"type": "http.response.body", "body": body or b""})
    except (OSError, RuntimeError) as fault:
        raise Gone from fault


async def _send_file(answer: Answer, send: Send, leaving: "asyncio.Future[None]") -> None:
    pieces = answer.file
    piece = answer.body or b""
    while piece and pieces is not None:
        if leaving.done():
            raise Gone
        await _put(send, _part(piece))
        piece = await asyncio.to_thread(pieces.file.read, PIECE)


def _part(part: bytes) -> dict[str, Any]:
    return {"type": "http.response.body", "body": part, "more_body": True}


async def _put(send: Send, message: dict[str, Any]) -> None:
    try:
        await _in_time(send(message))
    except (OSError, RuntimeError) as fault:  # what servers raise when the receiver has left
        raise Gone from fault


async def _in_time(step: Awaitable[Any]) -> Any:
    try:
        async with asyncio.timeout(STALLED):
            return await step
    except TimeoutError as fault:
        raise Gone from fault
