"""How do open screens learn what happens? `GET /stream`: Server-Sent Events, fed by one LISTEN per process.

A stream holds no thread and no pooled connection. Its order is that of commits, which is not the order of ids: whoever
comes back with `Last-Event-ID` is given again what was recorded since 30 s before it, and drops the ids it knows.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from concurrent.futures import Executor
from contextlib import suppress
from typing import Any

from servewell.apps.base import ids
from servewell.site.bridge import Receive, Scope, Send, left
from servewell.site.live_feed import Feed, Message, encode
from servewell.site.stream_access import Viewer, admit, missed, still_admitted

PING = 15.0  # s; proxies close what is silent for longer
RECHECK = 45.0  # s after which, at the next message or ping, it is asked again whether the person may still watch
WAITING = 256  # messages that a slow screen may be behind before it is dropped, to come back and catch up
RETRY = 2000  # ms after which a browser comes back
_HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
    (b"x-content-type-options", b"nosniff"),
]
log = logging.getLogger("servewell.stream")


class Stream:
    """One open screen: whose it is, and what it has not been sent yet."""

    def __init__(self, viewer: Viewer) -> None:
        self.viewer = viewer
        self.waiting: asyncio.Queue[bytes | None] = asyncio.Queue(WAITING)  # None: the end; empty: only to wake it
        self.sure_until = time.monotonic() + RECHECK  # when it is to be asked again whether the person may watch

    def offer(self, message: Message) -> None:
        """Queue what this viewer may see; end the stream when it is too far behind."""
        if message.doubts:
            self.sure_until = 0.0
        if self.waiting.full():
            self.end()
        elif message.is_visible_to(self.viewer.principal):
            self.waiting.put_nowait(message.text)
        elif message.doubts:
            self.waiting.put_nowait(b"")

    def end(self) -> None:
        """Let the stream end after what it has been promised; a full queue is dropped: the next stream catches up."""
        if self.waiting.full():
            while not self.waiting.empty():
                self.waiting.get_nowait()
        self.waiting.put_nowait(None)


class Streams:
    """All open screens of this process."""

    def __init__(self, pool: Executor) -> None:
        self.pool = pool  # where the ORM is asked: before a stream starts and at each recheck
        self.instance = str(ids.new())  # tells a screen that it talks to another process than before
        self.open: set[Stream] = set()
        self.feed = Feed(self._publish, self._interrupted)
        self.closing = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one screen until it leaves, falls behind, loses its right, or the process ends.

        SignInNeeded, NotAllowed.
        """
        viewer = await self._ask(admit, scope)
        if self.closing:
            return
        await self.feed.start()
        stream = Stream(viewer)
        self.open.add(stream)
        try:
            await self._serve(stream, receive, send)
        finally:
            self.open.discard(stream)

    def end(self) -> None:
        """End every stream; browsers come back to whoever serves then."""
        self.closing = True
        self._interrupted()

    async def close(self) -> None:
        """End every stream and the LISTEN."""
        self.end()
        await self.feed.stop()

    async def _serve(self, stream: Stream, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
        await _write(send, self._hello(stream.viewer))
        await _write(send, await self._ask(missed, stream.viewer))
        leaving = asyncio.ensure_future(left(receive))
        sending = asyncio.ensure_future(self._feed_screen(stream, send))
        _, pending = await asyncio.wait({leaving, sending}, return_when=asyncio.FIRST_COMPLETED)
        for task in pending:
            task.cancel()
        if sending.done():
            with suppress(OSError, RuntimeError):  # the screen left while it was written to
                sending.result()
                await send({"type": "http.response.body", "body": b"", "more_body": False})

    def _hello(self, viewer: Viewer) -> bytes:
        """Say which process this is; a first stream also gets an id to come back with, before anything happened."""
        first = None if viewer.last_seen else str(ids.new())
        return f"retry: {RETRY}\n".encode() + encode("hello", {"instance": self.instance}, first)

    async def _feed_screen(self, stream: Stream, send: Send) -> None:
        while True:
            try:
                async with asyncio.timeout(PING):
                    text = await stream.waiting.get()
            except TimeoutError:
                text = b": ping\n\n"
            if text is None or not await self._may_still_watch(stream):
                return
            await _write(send, text)

    async def _may_still_watch(self, stream: Stream) -> bool:
        """Ask when the last answer is old or in doubt, however busy the stream is."""
        if time.monotonic() < stream.sure_until:
            return True
        stream.sure_until = time.monotonic() + RECHECK
        return bool(await self._ask(still_admitted, stream.viewer))

    async def _ask(self, question: Callable[[Any], Any], about: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self.pool, question, about)

    def _publish(self, message: Message) -> None:
        for stream in list(self.open):
            stream.offer(message)

    def _interrupted(self) -> None:
        """Something may have been missed, or it is over: every screen is to come back."""
        for stream in list(self.open):
            stream.end()


async def _write(send: Send, text: bytes) -> None:
    if text:
        await send({"type": "http.response.body", "body": text, "more_body": True})
