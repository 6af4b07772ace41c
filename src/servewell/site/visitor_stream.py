"""How does a visitor's page learn that there is something new? `GET /stream/chat/{site}`, one more hearer of the feed.

A stream holds no thread and no connection, and tells only what changed: the page then asks. As a stream of ours it is
asked again and again whether it may go on, ends when something may have been missed, and is dropped when it is slow.
"""

import asyncio
import logging
import re
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from concurrent.futures import Executor
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import close_old_connections

from servewell.apps.base import ids
from servewell.apps.channels.frame.models import Account
from servewell.apps.channels.webchat import cors, sites, tokens, watching
from servewell.apps.channels.webchat.errors import NoSuchSite, WrongOrigin
from servewell.apps.channels.webchat.watching import Watcher
from servewell.apps.people import limits
from servewell.site.bridge import Receive, Scope, Send, left
from servewell.site.live_feed import Feed, Message, encode

PATH = re.compile(r"/stream/chat/([0-9a-fA-F-]{36})/?")
PING = 15.0  # s
RECHECK = 45.0  # s
WAITING = 64  # events that a slow page may be behind
OPENED_PER_MINUTE = 60  # streams of one visitor
MOST = 6  # streams of one visitor in one process
QUEUE_EVERY = 15.0  # s between two words about the queue
KNOWN_NAMES_S = 300.0
_TYPE = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
    (b"x-content-type-options", b"nosniff"),
    (b"vary", b"origin"),
]
_SAID = {"conversation.replied", "conversation.acknowledged", "conversation.message_received"}
_STANDS = {  # what changes how things stand for the customer
    f"conversation.{what}"
    for what in (
        *("assigned", "transferred", "waiting", "solved", "reopened", "closed", "abandoned", "continued"),
        *("merged", "absorbed", "unmerged", "released", "split"),
    )
}
_QUEUES = {f"conversation.{what}" for what in ("assigned", "transferred", "closed", "abandoned", "solved", "snoozed")}
log = logging.getLogger("servewell.stream")


class Page:
    """One open page: whose it is, and what it has not been told yet."""

    def __init__(self, site: UUID, token: str, watcher: Watcher) -> None:
        self.site, self.token, self.watcher = site, token, watcher
        self.waiting: asyncio.Queue[tuple[str, Any] | None] = asyncio.Queue(WAITING)  # None: the end
        self.sure_until = time.monotonic() + RECHECK
        self.queue_told = 0.0  # when the queue was spoken of last
        self.queue_moved = False
        self.typing: set[str] = set()  # who of us was said to type

    @property
    def conversation(self) -> str:
        """Return the id by which it knows the conversation it shows, or ""."""
        return str(self.watcher.shown or "")

    def tell(self, name: str, data: Any = None) -> None:
        """Queue an event. A page too far behind is ended."""
        if self.waiting.full():
            self.end()
        else:
            self.waiting.put_nowait((name, data))

    def doubt(self) -> None:
        """Let it be asked anew whose page it is, and where the conversation stands."""
        self.sure_until = 0.0
        self.tell("")

    def end(self) -> None:
        """Let the stream end; a full queue is dropped: the page catches up when it is back."""
        while self.waiting.full():
            self.waiting.get_nowait()
        self.waiting.put_nowait(None)


@dataclass(frozen=True, slots=True)
class _Asked:
    """A request for a stream."""

    site: UUID
    token: str
    origin: str
    host: str


class VisitorStreams:
    """All pages of visitors that are open in this process."""

    def __init__(self, pool: Executor, feed: Feed) -> None:
        self.pool, self.feed = pool, feed
        self.instance = str(ids.new())
        self.pages: set[Page] = set()
        self.by_conversation: dict[str, set[Page]] = defaultdict(set)
        self.by_thread: dict[tuple[str, str], set[Page]] = defaultdict(set)
        self.by_visitor: dict[str, set[Page]] = defaultdict(set)
        # Of a user, and the team for who has no name: until when it is good, how customers read them.
        self.names: dict[tuple[str, UUID | None], tuple[float, str]] = {}
        self.closing = False
        feed.join(self._publish, self.end_all)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one page; NoSuchSite, WrongOrigin.

        Whoever may not watch is told why in the stream: a page of another origin could not read a refusal from here.
        """
        asked = _asked(scope)
        if scope["method"] == "OPTIONS":
            await self._permit(asked, send)
            return
        origin, watcher = await self._ask(_admit, asked)
        if isinstance(watcher, str):
            await _only(send, origin, watcher)
            return
        if self.closing:
            return
        await self.feed.start()
        page = Page(asked.site, asked.token, watcher)
        await self._ask_again(page)  # what happened while the feed began
        self._enter(page)
        try:
            await self._serve(page, origin, receive, send)
        finally:
            self._leave(page)

    def end_all(self) -> None:
        """End every stream: something may have been missed, or it is over."""
        for page in list(self.pages):
            page.end()

    def end(self) -> None:
        """End every stream, and begin no more."""
        self.closing = True
        self.end_all()

    async def _permit(self, asked: _Asked, send: Send) -> None:
        headers = await self._ask(_permitted, asked)
        sent = [*_encoded(headers), (b"vary", b"origin")]
        await send({"type": "http.response.start", "status": 204 if headers else 403, "headers": sent})
        await send({"type": "http.response.body", "body": b""})

    async def _serve(self, page: Page, origin: dict[str, str], receive: Receive, send: Send) -> None:
        if len(self.by_visitor[str(page.watcher.visitor)]) > MOST:
            await _only(send, origin, "too-many")
            return
        await _start(send, origin)
        await _write(send, encode("hello", {"instance": self.instance, "conversation": page.conversation or None}))
        leaving = asyncio.ensure_future(left(receive))
        sending = asyncio.ensure_future(self._feed_page(page, send))
        _, pending = await asyncio.wait({leaving, sending}, return_when=asyncio.FIRST_COMPLETED)
        for task in pending:
            task.cancel()
        if sending.done():
            with suppress(OSError, RuntimeError):  # the page left while it was written to
                sending.result()
                await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _feed_page(self, page: Page, send: Send) -> None:
        while True:
            try:
                async with asyncio.timeout(PING):
                    event = await page.waiting.get()
            except TimeoutError:
                event = ("queue", None) if page.queue_moved else ("ping", None)
            if event is None:
                return
            reason = await self._reason_to_end(page)
            if reason:
                await _write(send, encode("end", {"reason": reason}))
                return
            await _write(send, await self._text(page, *event))

    async def _text(self, page: Page, name: str, data: Any) -> bytes:
        if name == "ping":
            return b": ping\n\n"
        if name == "typing":
            who = await self._name(data["user"], page.watcher.team)
            return encode("typing", {"name": who, "state": data["state"]}) if who else b""
        if name == "queue":
            page.queue_moved, page.queue_told = False, time.monotonic()
        return encode(name, data or {"conversation": page.conversation or None}) if name else b""

    async def _name(self, user: str, team: UUID | None) -> str:
        until, name = self.names.get((user, team), (0.0, ""))
        if until < time.monotonic():
            name = await self._ask(watching.name_of, UUID(user), team)
            self.names[user, team] = (time.monotonic() + KNOWN_NAMES_S, name)
        return name

    async def _reason_to_end(self, page: Page) -> str:
        if time.monotonic() < page.sure_until:
            return ""
        page.sure_until = time.monotonic() + RECHECK
        return await self._ask_again(page)

    async def _ask_again(self, page: Page) -> str:
        """See whose page it is now and which conversation it shows; return why it must end, or ""."""
        found = await self._ask(watching.again, page.site, page.token)
        if isinstance(found, str):
            return found
        if found != page.watcher:
            is_open = page in self.pages
            if is_open:
                self._leave(page)
            page.watcher = found
            if is_open:
                self._enter(page)
        return ""

    async def _ask(self, question: Callable[..., Any], *about: Any) -> Any:
        def ask() -> Any:
            try:
                return question(*about)
            finally:
                close_old_connections()

        return await asyncio.get_running_loop().run_in_executor(self.pool, ask)

    def _places(self, page: Page) -> Iterable[tuple[dict[Any, set[Page]], Any]]:
        watcher = page.watcher
        yield self.by_visitor, str(watcher.visitor)
        yield self.by_thread, (watcher.source, watcher.thread)
        for conversation in {watcher.conversation, watcher.own} - {None}:
            yield self.by_conversation, str(conversation)

    def _enter(self, page: Page) -> None:
        self.pages.add(page)
        for table, key in self._places(page):
            table[key].add(page)

    def _leave(self, page: Page) -> None:
        self.pages.discard(page)
        for table, key in self._places(page):
            table[key].discard(page)
            if not table[key]:
                del table[key]

    def _publish(self, message: Message) -> None:
        tell = self._tellers.get(message.name)
        if tell is not None and self.pages:
            tell(self, message.data)

    def _journal(self, data: Any) -> None:
        activity, conversation = data["activity"], data.get("conversation") or ""
        for page in list(self.by_conversation.get(conversation, ())):
            if activity in _SAID:
                page.tell("message")
            if activity in _STANDS:
                page.doubt()
                page.tell("state")
        if activity in _QUEUES:
            self._queue(data.get("team"))

    def _queue(self, team: str | None) -> None:
        """Whoever waits for this team may have come forward; told to each at most every 15 s."""
        now = time.monotonic()
        for page in self.pages:
            if page.watcher.waits and str(page.watcher.team or "") == (team or ""):
                page.queue_moved = True
                if now - page.queue_told > QUEUE_EVERY:
                    page.queue_told = now
                    page.tell("queue")

    def _refresh(self, data: Any) -> None:
        """So much at once that nobody was named: each page looks, some at a time."""
        for page in self.pages:
            page.queue_moved = True
            page.sure_until = 0.0

    def _looking(self, data: Any) -> None:
        """Who types is told; who only looks is not."""
        user, types = data["user"], data.get("state") == "typing"
        for page in list(self.by_conversation.get(data["conversation"], ())):
            if types:
                page.typing.add(user)
                page.tell("typing", {"user": user, "state": "typing"})
            elif user in page.typing:
                page.typing.discard(user)
                page.tell("typing", {"user": user, "state": "stopped"})

    def _seen(self, data: Any) -> None:
        for page in list(self.by_conversation.get(data["conversation"], ())):
            if page.watcher.is_pieced:
                page.tell("state")  # which of its own positions that is, it asks
            else:
                page.tell("read", {"conversation": data["conversation"], "position": data["position"]})

    def _visitor(self, data: Any) -> None:
        """A visitor began a conversation, was forgotten, or became somebody."""
        pages = self.by_thread.get((data.get("source"), data.get("thread")), set())
        for page in list(pages | self.by_visitor.get(data.get("visitor"), set())):
            page.doubt()
            page.tell("message")
            page.tell("state")

    _tellers = {
        "journal": _journal,
        "refresh": _refresh,
        "looking": _looking,
        "seen": _seen,
        "visitor": _visitor,
    }


def is_for_visitors(path: str) -> bool:
    """Is this the address of a visitor's stream?"""
    return path.startswith("/stream/chat/")


def _asked(scope: Scope) -> _Asked:
    found = PATH.fullmatch(scope["path"])
    try:
        site = UUID(found[1]) if found else None
    except ValueError:
        site = None
    if site is None:
        raise NoSuchSite
    headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
    token = tokens.given(headers.get(b"authorization", ""))
    return _Asked(site, token, headers.get(b"origin", ""), headers.get(b"host", ""))


def _admit(asked: _Asked) -> tuple[dict[str, str], Watcher | str]:
    """Return the headers for the page, and who watches or why not."""
    shared = _shared(sites.site(asked.site), asked)
    watcher = watching.again(asked.site, asked.token)
    if isinstance(watcher, Watcher) and limits.take(f"chat:stream:{watcher.visitor}", per_minute=OPENED_PER_MINUTE):
        return shared, "too-many"
    return shared, watcher


def _shared(account: Account, asked: _Asked) -> dict[str, str]:
    if not cors.allows(account, asked.origin, asked.host):
        raise WrongOrigin(origin=asked.origin[:200])
    return cors.shared(asked.origin) if asked.origin else {}


def _permitted(asked: _Asked) -> dict[str, str]:
    try:
        return {**cors.PREFLIGHT, **_shared(sites.site(asked.site), asked)}
    except WrongOrigin:
        return {}


def _encoded(headers: dict[str, str]) -> list[tuple[bytes, bytes]]:
    return [(name.lower().encode(), value.encode("latin-1", "replace")) for name, value in headers.items()]


async def _start(send: Send, origin: dict[str, str]) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": [*_TYPE, *_encoded(origin)]})


async def _only(send: Send, origin: dict[str, str], reason: str) -> None:
    """Answer with a stream that says why it ends."""
    await _start(send, origin)
    await send({"type": "http.response.body", "body": encode("end", {"reason": reason}), "more_body": False})


async def _write(send: Send, text: bytes) -> None:
    if text:
        await send({"type": "http.response.body", "body": text, "more_body": True})
