"""A stub gateway on this machine, an account that uses it, and a customer with a telephone."""

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl

import pytest
from tests import build
from tests.service.apps.people.helpers import Browser

from servewell.apps.base import settings
from servewell.apps.base.principal import SYSTEM, Principal
from servewell.apps.channels.frame import actions, arrivals
from servewell.apps.channels.frame.models import Account

CALLBACK_SECRET = "what-the-gateway-knows-us-by"
TOKEN = "what-we-are-known-by"
OURS, WANG = "+8610086", "+8613800138000"


@dataclass
class Gateway:
    """What it was told, and how it behaves; a reference it knows is not sent again."""

    url: str = ""
    asked: list[dict[str, str]] = field(default_factory=list)  # every call
    headers: list[dict[str, str]] = field(default_factory=list)
    sent: dict[str, dict[str, str]] = field(default_factory=dict)  # by reference: what reached a telephone
    next: list[int] = field(default_factory=list)  # statuses of the next answers
    words: str = "not now"  # of a refusal
    after: dict[str, str] = field(default_factory=dict)  # further headers

    def take(self, values: dict[str, str]) -> tuple[int, dict[str, Any]]:
        """Answer a call."""
        self.asked.append(values)
        status = self.next.pop(0) if self.next else 200
        if status >= 300:
            return status, {"error": self.words}
        known = self.sent.setdefault(values["reference"], values)
        return status, {"data": [{"id": f"sms-{[*self.sent].index(known['reference'])}"}]}


@contextmanager
def running() -> Iterator[Gateway]:
    gateway = Gateway()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            gateway.headers.append({name.lower(): value for name, value in self.headers.items()})
            is_json = self.headers["Content-Type"] == "application/json"
            self._answer(*gateway.take(json.loads(body) if is_json else dict(parse_qsl(body.decode()))))

        def do_GET(self) -> None:
            gateway.headers.append({name.lower(): value for name, value in self.headers.items()})
            self._answer(gateway.next.pop(0) if gateway.next else 200, {"balance": 42})

        def _answer(self, status: int, said: dict[str, Any]) -> None:
            body = json.dumps(said).encode()
            self.send_response(status)
            for name, value in {**gateway.after, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=partial(server.serve_forever, poll_interval=0.01))
    thread.start()
    gateway.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield gateway
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class Desk:
    """An account, whoever runs it, and what the gateway calls."""

    def __init__(self, admin: Principal, gateway: Gateway) -> None:
        self.admin, self.gateway, self.team = admin, gateway, build.team()
        options = {"send_url": f"{gateway.url}/send", "auth_secret": TOKEN, "callback_secret": CALLBACK_SECRET}
        given = {"name": "SMS", "address": OURS, "team": self.team.id, "options": {**options, "answer_id": "data.0.id"}}
        self.account: Account = actions.create(admin, "sms", given)

    def change(self, **options: Any) -> None:
        """Change what was said about the account."""
        self.account.refresh_from_db()
        self.account = actions.change(self.admin, self.account.id, self.account.version, {"options": options})

    def call(self, what: str, body: Any, secret: str = CALLBACK_SECRET, **headers: str) -> Any:
        """Call us as the gateway does."""
        path = f"/api/v1/channels/sms/{self.account.id}/{what}"
        return Browser()("POST", path, body, **({"Authorization": f"Bearer {secret}"} | headers))

    def brings(self, text: str = "Where is my parcel?", **said: Any) -> Any:
        """Bring what a customer wrote, and let a worker read it."""
        answer = self.call("incoming", {"from": WANG, "to": OURS, "text": text, "id": "in-1"} | said)
        arrivals.read_due()
        return answer

    def reports(self, name: str, status: str, **said: Any) -> Any:
        """Report on a message of ours, and let a worker read it."""
        answer = self.call("report", {"id": name, "status": status} | said)
        arrivals.read_due()
        return answer


def basic(secret: str) -> str:
    return "Basic " + base64.b64encode(f"gateway:{secret}".encode()).decode()


@pytest.fixture(autouse=True)
def _house(settings: Any, tmp_path: Any) -> None:
    settings.DATA = tmp_path


@pytest.fixture
def desk(transactional_db: None) -> Iterator[Desk]:
    settings.put(SYSTEM, "base.outbound_allowed", ["127.0.0.1/32"])
    with running() as gateway:
        yield Desk(build.person("boss", "administrator").principal(), gateway)
