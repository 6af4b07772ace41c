"""A browser with the widget, as tests drive it: over HTTP without a server, or over a socket where it streams."""

import asyncio
import json
import time
from uuid import uuid4

from django.test import Client
from tests import build
from tests.service.apps.people.helpers import HANDLER

from servewell.apps.channels.frame.models import Account


def chat(**columns):
    """Store a chat account."""
    return Account.objects.create(**{"channel": "webchat", "name": "Shop", "team": build.team()} | columns)


class Visitor:
    """A browser with the widget."""

    def __init__(self, site, token="", **headers):
        self.base, self.token = f"/api/v1/channels/webchat/{site.id}", token
        self.client = Client(headers={"Accept-Language": "en", **headers})
        self.client.handler = HANDLER
        self.client.raise_request_exception = False

    def __call__(self, method, path, body=None, **headers):
        who = {"Authorization": f"Visitor {self.token}"} if self.token else {}
        sent = b"" if body is None else json.dumps(body).encode()
        at = path if path.startswith("/") else f"{self.base}/{path}"
        return self.client.generic(method, at, sent, content_type="application/json", headers=who | headers)

    def hello(self, **body):
        answer = self("POST", "visitors", body)
        assert answer.status_code == 200, answer.content
        self.token = answer.json()["token"]
        return answer.json()

    def say(self, text, **more):
        return self("POST", "messages", {"client_id": str(uuid4()), "text": text} | more)

    def state(self):
        answer = self("GET", "state")
        assert answer.status_code == 200, answer.content
        return answer.json()

    def messages(self, **wanted):
        query = "&".join(f"{name}={value}" for name, value in wanted.items())
        answer = self("GET", f"messages?{query}")
        assert answer.status_code == 200, answer.content
        return answer.json()

    def upload(self, name, data, kind="text/plain"):
        from django.core.files.uploadedfile import SimpleUploadedFile

        file = SimpleUploadedFile(name, data, kind)
        return self.client.post(
            f"{self.base}/files", {"file": file}, headers={"Authorization": f"Visitor {self.token}"}
        )


def arrived(site, text="Where is my parcel?", **hello):
    """Return a visitor who has said hello and written."""
    visitor = Visitor(site)
    visitor.hello(**hello)
    visitor.last = visitor.say(text).json()
    return visitor


class Page:
    """Reads a visitor's stream: the events so far."""

    def __init__(self, port, site, token, origin=""):
        self.port, self.site, self.token, self.origin = port, site, token, origin
        self.events, self.status, self.ended, self.head = [], None, False, ""

    async def open(self):
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)
        origin = f"Origin: {self.origin}\r\n" if self.origin else ""
        request = f"GET /stream/chat/{self.site} HTTP/1.1\r\nHost: localhost:{self.port}\r\n"
        self.writer.write(f"{request}Authorization: Visitor {self.token}\r\n{origin}\r\n".encode())
        self.head = (await self.reader.readuntil(b"\r\n\r\n")).decode()
        self.status = int(self.head.split(" ")[1])
        return self

    async def read(self):
        """Collect events until the stream ends."""
        event = {}
        while line := await self.reader.readline():
            text = line.decode().rstrip("\r\n")
            if ": " in text:
                name, _, value = text.partition(": ")
                event[name] = value
            elif not text and "data" in event:
                self.events.append((event["event"], json.loads(event["data"]), time.perf_counter()))
                event = {}
            if text == "0":
                break
        self.ended = True

    def named(self, name):
        return [data for kind, data, _ in self.events if kind == name]

    async def until(self, name, count=1, patience=20):
        async with asyncio.timeout(patience):
            while len(self.named(name)) < count:
                await asyncio.sleep(0.01)
        return self.named(name)

    async def until_ended(self, patience=20):
        async with asyncio.timeout(patience):
            while not self.ended:
                await asyncio.sleep(0.01)

    def close(self):
        self.writer.close()


def watch(served, site, tokens, script, **how):
    """Open a page for each token, run the coroutine `script(pages)`, close them; return what it returns."""

    async def run():
        pages = [Page(served.port, site.id, token, **how) for token in tokens]
        for some in range(0, len(pages), 20):
            await asyncio.gather(*(page.open() for page in pages[some : some + 20]))
        tasks = [asyncio.create_task(page.read()) for page in pages]
        try:
            return await script(pages)
        finally:
            for page in pages:
                page.close()
            for task in tasks:
                task.cancel()

    return asyncio.run(run())
