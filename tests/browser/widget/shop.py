"""What does a test of the widget need? A shop on another origin, a line to the site that can be cut, words for both."""

import select
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Locator, Page, expect

PAGE = """<!doctype html>
<html lang="{lang}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Shop</title><script src="/stub.js"></script>{head}</head>
<body><h1>Harbour</h1><p>Tea and cups.</p><button>Buy</button>
<script src="{site}/widget/v1.js" data-site="{account}" {attributes} async></script></body></html>"""
STUB = "window.Servewell = window.Servewell || function () { (Servewell.q = Servewell.q || []).push(arguments) };\n"


class Shop:
    """Somebody's site on an origin of its own, with as strict a content policy as the widget can live with."""

    def __init__(
        self, site: str, account: Any, *, lang: str = "zh-Hans", attributes: str = "", early: str = ""
    ) -> None:
        self.site, self.account, self.lang, self.attributes, self.early = site, account, lang, attributes, early
        self.head = ""
        shop = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                shop.answer(self)

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        """Give the page, or the script that keeps calls until the widget is there."""
        script = handler.path == "/stub.js"
        values = {"lang": self.lang, "site": self.site, "account": self.account, "attributes": self.attributes}
        body = STUB + self.early if script else PAGE.format(head=self.head, **values)
        handler.send_response(200)
        handler.send_header("Content-Type", "text/javascript" if script else "text/html; charset=utf-8")
        handler.send_header("Content-Security-Policy", self.policy)
        handler.end_headers()
        handler.wfile.write(body.encode())

    @property
    def policy(self) -> str:
        """Return what the guide asks shops to allow, and nothing else."""
        ours = f"script-src 'self' {self.site}; connect-src {self.site}"
        return f"default-src 'none'; {ours}; require-trusted-types-for 'script'"

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


class Line:
    """A line to the site that can be cut, and led to another site: what a broken network and a restart look like."""

    def __init__(self, target: str) -> None:
        self.lead_to(target)
        self.up = True
        self.mute = False  # bytes of the site are kept back, as some proxies do
        self.open: set[socket.socket] = set()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def lead_to(self, target: str) -> None:
        """Take new connections to another site."""
        parts = urlsplit(target)
        self.target = (parts.hostname, parts.port)

    def cut(self) -> None:
        """Break every connection off, in the middle of whatever it says; new ones are taken."""
        for one in list(self.open):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def down(self) -> None:
        """Cut, and refuse new connections."""
        self.up = False
        self.cut()

    def close(self) -> None:
        self.down()
        self.listener.close()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self.listener.accept()
            except OSError:
                return
            if self.up:
                threading.Thread(target=self._carry, args=(near,), daemon=True).start()
            else:
                near.close()

    def _carry(self, near: socket.socket) -> None:
        try:
            far = socket.create_connection(self.target, timeout=10)
        except OSError:
            near.close()
            return
        self.open |= {near, far}
        with suppress(OSError):
            self._pass(near, far)
        for one in (near, far):
            self.open.discard(one)
            one.close()

    def _pass(self, near: socket.socket, far: socket.socket) -> None:
        while True:
            for ready in select.select([near, far], [], [], 1)[0]:
                data = ready.recv(65536)
                if not data:
                    return
                if ready is far and self.mute and b"content-type: text/event-stream" in data.lower():
                    time.sleep(60)  # headers and all that follows
                    return
                (far if ready is near else near).sendall(data)


class Widget:
    """The widget of a page, in Chinese."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.panel = page.get_by_role("dialog", name="海港茶店")
        self.box = page.get_by_label("您的消息")

    def open(self) -> "Widget":
        """Press the button in the corner."""
        self.page.get_by_role("button", name="在线咨询").click()
        expect(self.panel).to_be_visible()
        return self

    def write(self, *texts: str) -> None:
        """Send messages, one after the other, without waiting for the server."""
        for text in texts:
            self.box.fill(text)
            self.box.press("Enter")

    @property
    def bubbles(self) -> Locator:
        """Return what is said, by anybody, sent or not."""
        return self.page.locator("servewell-chat .bubble")

    @property
    def waiting(self) -> Locator:
        """Return what is not with the server yet."""
        return self.page.locator("servewell-chat .waiting")

    def says(self, *texts: str, timeout: float = 30_000) -> None:
        """Wait until exactly this is said, in this order, and nothing waits."""
        expect(self.bubbles).to_have_text(list(texts), timeout=timeout)
        expect(self.waiting).to_have_count(0, timeout=timeout)


def stored(account: Any) -> list[str]:
    """Return the texts that customers of a chat have written, as the site has them, in their order."""
    from servewell.apps.conversations.models import Message

    rows = Message.objects.filter(conversation__account=account.id, author_kind="customer")
    return list(rows.order_by("conversation__number", "position").values_list("text", flat=True))


def until(condition: Callable[[], Any], patience: float = 30.0) -> Any:
    """Wait for something that is true."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        if found := condition():
            return found
        time.sleep(0.1)
    raise AssertionError("it did not come true")


def conversation(account: Any) -> Any:
    """Return the newest conversation of a chat, once there is one."""
    from servewell.apps.conversations.models import Conversation

    return until(lambda: Conversation.objects.filter(account=account.id).order_by("-number").first())


def answer(account: Any, agent: Any, text: str) -> None:
    """Answer as one of us."""
    from servewell.apps.conversations import actions

    actions.reply(agent, conversation(account).id, text=text)
