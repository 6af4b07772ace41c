"""How does Servewell call another system over HTTP?"""

import threading
import time
from collections.abc import Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from servewell.apps.base import outside, ssrf
from servewell.apps.base.errors import AddressRefused, OutsideFailure

check = partial(ssrf.check, allowed=["127.0.0.0/8"])


class Other(BaseHTTPRequestHandler):
    """Another system, which answers as its path says."""

    seen: list[tuple[str, str, dict[str, str], bytes]]
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - http.server's name
        pass

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.seen.append((self.command, self.path, {k.lower(): v for k, v in self.headers.items()}, body))
        kind, _, rest = self.path.partition("?")[0].lstrip("/").partition("/")
        getattr(self, f"_{kind}")(rest)

    def _plain(self, rest: str) -> None:
        self._send(200, b"hello")

    def _status(self, rest: str) -> None:
        self._send(int(rest), b"")

    def _to(self, rest: str) -> None:
        status, _, place = rest.partition("/")
        self._send(int(status), b"", location=place)

    def _large(self, rest: str) -> None:
        self._send(200, bytes(int(rest)))

    def _drip(self, rest: str) -> None:
        """One byte now and then, for ever."""
        self.send_response(200)
        self.end_headers()
        try:
            for _ in range(100):
                self.wfile.write(b"x")
                self.wfile.flush()
                time.sleep(0.05)
        except OSError:
            pass
        self.close_connection = True

    def _drop(self, rest: str) -> None:
        self.close_connection = True

    def _send(self, status: int, body: bytes, location: str = "") -> None:
        self.send_response(status)
        if location:
            self.send_header("Location", location)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@pytest.fixture
def other() -> Iterator[str]:
    Other.seen = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Other)
    server.daemon_threads = True
    thread = threading.Thread(target=partial(server.serve_forever, poll_interval=0.01))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_it_works(other: str) -> None:
    reply = outside.fetch("post", f"{other}/plain?a=b", headers={"X-Key": "1"}, body=b"{}", check=check)
    assert (reply.status, reply.body, reply.url) == (200, b"hello", f"{other}/plain?a=b")
    assert reply.headers["content-length"] == "5"
    method, path, headers, body = Other.seen[0]
    assert (method, path, headers["x-key"], body) == ("POST", "/plain?a=b", "1", b"{}")
    assert headers["host"] == other.removeprefix("http://")


def test_it_does_not_call_inside_by_itself(other: str) -> None:
    with pytest.raises(AddressRefused):
        outside.fetch("GET", f"{other}/plain", check=partial(ssrf.check, allowed=[]))
    assert Other.seen == []


def test_it_connects_to_the_checked_address_not_to_the_name(other: str) -> None:
    port = other.rpartition(":")[2]
    named = partial(check, resolve=lambda host, port: ["127.0.0.1"])
    outside.fetch("GET", f"http://no.such.host.example:{port}/plain", check=named)
    assert Other.seen[0][2]["host"] == f"no.such.host.example:{port}"


@pytest.mark.parametrize("status", [404, 500])
def test_a_status_is_the_callers_to_judge(other: str, status: int) -> None:
    assert outside.fetch("GET", f"{other}/status/{status}", check=check).status == status


class TestRedirects:
    """Each is checked anew."""

    def test_it_goes_where_it_is_sent(self, other: str) -> None:
        reply = outside.fetch("GET", f"{other}/to/302//plain", check=check)
        assert (reply.body, reply.url) == (b"hello", f"{other}/plain")

    def test_it_is_not_sent_inside(self, other: str) -> None:
        """The first address may be called; the metadata of the cloud may not."""
        with pytest.raises(AddressRefused):
            outside.fetch("GET", f"{other}/to/302/http://169.254.169.254/latest/meta-data/", check=check)

    def test_nor_to_another_scheme(self, other: str) -> None:
        with pytest.raises(AddressRefused):
            outside.fetch("GET", f"{other}/to/302/file:///etc/passwd", check=check)

    def test_round_and_round_ends(self, other: str) -> None:
        with pytest.raises(AddressRefused) as refusal:
            outside.fetch("GET", f"{other}/to/302//to/302//to/302//to/302//to/302//plain", check=check)
        assert refusal.value.values["reason"] == "redirects"
        assert len(Other.seen) == 4

    @pytest.mark.parametrize(
        ("status", "method", "body"),
        [(301, "GET", b""), (302, "GET", b""), (303, "GET", b""), (307, "POST", b"{}"), (308, "POST", b"{}")],
    )
    def test_a_307_or_308_keeps_method_and_body(self, other: str, status: int, method: str, body: bytes) -> None:
        headers = {"Content-Type": "application/json"}
        outside.fetch("POST", f"{other}/to/{status}//plain", headers=headers, body=b"{}", check=check)
        assert (Other.seen[1][0], Other.seen[1][3]) == (method, body)
        assert ("content-type" in Other.seen[1][2]) == (method == "POST")

    def test_keys_are_not_shown_to_another_origin(self, other: str) -> None:
        headers = {"Authorization": "Bearer x", "Cookie": "a=b", "X-Other": "1"}
        elsewhere = other.replace("127.0.0.1", "127.0.0.2")
        with pytest.raises(OutsideFailure):  # nobody listens there; but what would be sent is decided before
            outside.fetch("GET", f"{other}/to/302/{elsewhere}/plain", headers=headers, check=check)
        request = outside._Request("GET", f"{other}/", headers, None)
        sent = outside._sent_on(request, outside.Reply(302, {"location": f"{elsewhere}/plain"}, b"", ""))
        assert sent.headers == {"X-Other": "1"}
        assert outside._sent_on(request, outside.Reply(302, {"location": "/plain"}, b"", "")).headers == headers


class TestFailure:
    """What fails outside says whether trying again is useless."""

    def test_nobody_listens(self) -> None:
        with pytest.raises(OutsideFailure) as failure:
            outside.fetch("GET", "http://127.0.0.1:1/", check=check)
        assert not failure.value.permanent

    def test_the_connection_breaks_off(self, other: str) -> None:
        with pytest.raises(OutsideFailure) as failure:
            outside.fetch("GET", f"{other}/drop", check=check)
        assert not failure.value.permanent

    def test_an_answer_that_is_too_large(self, other: str) -> None:
        limits = outside.Limits(largest=1000)
        assert len(outside.fetch("GET", f"{other}/large/1000", limits=limits, check=check).body) == 1000
        with pytest.raises(OutsideFailure, match="larger") as failure:
            outside.fetch("GET", f"{other}/large/1001", limits=limits, check=check)
        assert failure.value.permanent

    def test_an_answer_that_is_too_large_may_be_cut(self, other: str) -> None:
        reply = outside.fetch(
            "GET", f"{other}/large/100000", limits=outside.Limits(largest=1000, cut=True), check=check
        )
        assert (reply.status, len(reply.body)) == (200, 1000)

    def test_an_answer_that_drips_is_cut_at_the_deadline(self, other: str) -> None:
        began = time.monotonic()
        with pytest.raises(OutsideFailure, match="too slow"):
            outside.fetch("GET", f"{other}/drip", limits=outside.Limits(seconds=0.3), check=check)
        assert time.monotonic() - began < 2
