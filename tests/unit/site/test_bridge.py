"""ASGI in, WSGI in threads, ASGI out: checked with a hand-made server and application."""

import asyncio
import threading
import time
from io import BytesIO
from tempfile import SpooledTemporaryFile, gettempdir

import pytest

from servewell.site import bridge as module
from servewell.site.bridge import IN_MEMORY, PIECE, Bridge, FilePieces, TooLarge

TMP = gettempdir()
HOOKS = {"after_call": lambda: None, "admit_much": lambda scope: None}


def scope(method="GET", path="/", headers=(), **more):
    base = {"type": "http", "method": method, "path": path, "query_string": b"a=1", "http_version": "1.1"}
    return {**base, "headers": list(headers), "client": ("10.0.0.7", 5), "server": ("h", 80), **more}


def plain(environ, start_response):
    """Answer with what was sent."""
    start_response("200 OK", [("X-Path", environ["PATH_INFO"])])
    return [environ["REQUEST_METHOD"].encode(), b" ", environ["wsgi.input"].read()]


async def stay():
    """A receiver who neither sends nor leaves."""
    await asyncio.Event().wait()


def ask(application, asked=None, messages=(), *, limit=10**9, tmp=TMP, send_fails=False, leaves=False):
    """Serve one request; return what was sent, joined: (status, headers, body, number of messages)."""
    served = Bridge(application, threads=2, limit=limit, spool=tmp, **HOOKS)
    inbox = iter(messages or [{"type": "http.request", "body": b"", "more_body": False}])
    sent = []

    async def receive():
        try:
            return next(inbox)
        except StopIteration:
            return {"type": "http.disconnect"} if leaves else await stay()

    async def send(message):
        if send_fails and sent:
            raise OSError("the receiver has left")
        sent.append(message)

    try:
        asyncio.run(served(asked or scope(), receive, send))
    finally:
        served.close()
    if not sent:
        return None
    body = b"".join(message.get("body", b"") for message in sent)
    return sent[0]["status"], dict(sent[0]["headers"]), body, len(sent)


def body_of(*parts):
    last = len(parts) - 1
    return [{"type": "http.request", "body": part, "more_body": number < last} for number, part in enumerate(parts)]


def test_it_works():
    """A body in pieces arrives whole, and the answer leaves whole."""
    asked = scope("POST", headers=[(b"content-length", b"6")])
    status, headers, body, _ = ask(plain, asked, body_of(b"abc", b"def"))
    assert (status, headers, body) == (200, {b"x-path": b"/"}, b"POST abcdef")


def test_a_large_body_waits_on_disk(tmp_path):
    """Above a megabyte the body is a file, and reads the same."""
    seen = {}

    def application(environ, start_response):
        seen["rolled"] = environ["wsgi.input"]._rolled
        return plain(environ, start_response)

    part = b"x" * (IN_MEMORY // 2)
    asked = scope("POST", headers=[(b"content-length", str(len(part) * 3).encode())])
    _, _, body, _ = ask(application, asked, body_of(part, part, part), tmp=tmp_path)
    assert seen["rolled"]
    assert body == b"POST " + part * 3
    assert list(tmp_path.iterdir()) == []


def test_a_body_that_says_it_is_too_large_is_refused_at_once():
    """Nothing of it is read."""
    with pytest.raises(TooLarge):
        ask(plain, scope("POST", headers=[(b"content-length", b"11")]), body_of(b"x" * 11), limit=10)


def test_a_body_that_grows_too_large_is_refused():
    """Chunks announce no length."""
    with pytest.raises(TooLarge):
        ask(plain, scope("POST", headers=[(b"transfer-encoding", b"chunked")]), body_of(b"x" * 6, b"x" * 6), limit=10)


def test_a_stranger_sends_no_large_body():
    """Whoever is not admitted is stopped when the body leaves memory, before the disk is touched."""

    def refuse(scope):
        raise PermissionError

    served = Bridge(plain, threads=1, limit=10**9, spool=TMP, **{**HOOKS, "admit_much": refuse})
    inbox = iter(body_of(b"x" * IN_MEMORY, b"x", b"x" * IN_MEMORY))

    async def receive():
        return next(inbox)

    with pytest.raises(PermissionError):
        asyncio.run(served(scope("POST", headers=[(b"transfer-encoding", b"chunked")]), receive, None))
    assert next(inbox)
    served.close()


def test_a_chunked_body_gets_a_length():
    """WSGI applications read no more than CONTENT_LENGTH says."""

    def application(environ, start_response):
        start_response("200 OK", [])
        return [environ["CONTENT_LENGTH"].encode()]

    asked = scope("POST", headers=[(b"transfer-encoding", b"chunked")])
    assert ask(application, asked, body_of(b"abc", b"de"))[2] == b"5"


def test_a_sender_who_leaves_takes_no_thread():
    """The application is never called, nothing is answered."""
    calls = []
    asked = scope("POST", headers=[(b"content-length", b"9")])
    half = [{"type": "http.request", "body": b"abc", "more_body": True}]
    sent = ask(lambda *_: calls.append(1), asked, half, leaves=True)
    assert (sent, calls) == (None, [])


def test_a_stalled_sender_is_given_up(monkeypatch):
    """A body that never ends holds its connection for a while, not for ever."""
    monkeypatch.setattr(module, "STALLED", 0.05)
    served = Bridge(plain, threads=1, limit=10, spool=TMP, **HOOKS)

    async def never():
        await asyncio.sleep(5)

    async def run():
        began = time.monotonic()
        await served(scope("POST", headers=[(b"content-length", b"3")]), never, never)
        return time.monotonic() - began

    assert asyncio.run(run()) < 2
    served.close()


def test_the_path_is_bytes_in_disguise():
    """PEP 3333: a Chinese path reaches the application as latin-1 text of its UTF-8 bytes."""
    status, headers, _, _ = ask(plain, scope(path="/日志"))
    assert headers[b"x-path"].decode("utf-8") == "/日志"
    assert status == 200


def test_headers_that_only_look_alike_are_dropped():
    """`X_Forwarded_Proto` must not pass for `X-Forwarded-Proto`; repeated ones are joined."""
    seen = {}

    def application(environ, start_response):
        seen.update(environ)
        return plain(environ, start_response)

    sent = [
        (b"x_forwarded_proto", b"https"),
        (b"cookie", b"a=1"),
        (b"cookie", b"b=2"),
        (b"accept", b"x"),
        (b"accept", b"y"),
    ]
    ask(application, scope(headers=sent))
    assert "HTTP_X_FORWARDED_PROTO" not in seen
    assert (seen["HTTP_COOKIE"], seen["HTTP_ACCEPT"], seen["REMOTE_ADDR"]) == ("a=1; b=2", "x,y", "10.0.0.7")


def test_head_has_headers_but_no_body():
    """Whatever the application writes."""
    status, headers, body, _ = ask(plain, scope("HEAD"))
    assert (status, headers, body) == (200, {b"x-path": b"/"}, b"")


def test_a_file_leaves_in_pieces_and_is_closed():
    """A file never stands in memory as a whole."""
    content = b"0123456789abcdef" * (PIECE // 8)  # two pieces
    file = BytesIO(content)
    sizes = []

    def application(environ, start_response):
        start_response("200 OK", [])
        return environ["wsgi.file_wrapper"](Counted(file, sizes))

    _, _, body, messages = ask(application)
    assert body == content
    assert (max(sizes), messages, file.closed) == (PIECE, 4, True)


class Counted:
    def __init__(self, file, sizes):
        self.file, self.sizes = file, sizes

    def read(self, size):
        part = self.file.read(size)
        self.sizes.append(len(part))
        return part

    def close(self):
        self.file.close()


class Parts:
    """What Django's StreamingHttpResponse looks like to the bridge."""

    streaming = True

    def __init__(self, parts):
        self.parts, self.closed = parts, False

    def __iter__(self):
        return iter(self.parts)

    def close(self):
        self.closed = True


def test_a_generator_is_sent_as_it_is_made():
    """Each part is a message, before the next one is made."""
    parts = Parts([b"a", b"", b"b"])

    def application(environ, start_response):
        start_response("200 OK", [])
        return parts

    _, _, body, messages = ask(application)
    assert (body, messages, parts.closed) == (b"ab", 4, True)


def test_a_receiver_who_leaves_stops_the_generator():
    """And its response is closed."""
    made = []

    def numbers():
        for number in range(1000):
            made.append(number)
            yield b"x"

    parts = Parts(numbers())

    def application(environ, start_response):
        start_response("200 OK", [])
        return parts

    ask(application, send_fails=True)
    assert len(made) < 10
    assert parts.closed


def test_a_receiver_who_is_known_to_have_left_is_sent_no_more():
    """Servers swallow what is sent to nobody: the file is not read to its end for that."""
    sizes = []

    def application(environ, start_response):
        start_response("200 OK", [])
        return environ["wsgi.file_wrapper"](Counted(BytesIO(b"x" * PIECE * 100), sizes))

    ask(application, leaves=True)
    assert len(sizes) < 10


def test_a_slow_receiver_of_a_file_holds_no_thread():
    """With as many downloads under way as there are threads, another request is answered."""

    def application(environ, start_response):
        start_response("200 OK", [])
        if environ["PATH_INFO"] == "/file":
            return FilePieces(BytesIO(b"x" * PIECE * 3))
        return [threading.current_thread().name.encode()]

    async def run():
        served = Bridge(application, threads=2, limit=10, spool=TMP, **HOOKS)
        stop, sent = asyncio.Event(), []

        async def slow(message):
            if message["type"] == "http.response.body":
                await stop.wait()

        async def quick(message):
            sent.append(message)

        downloads = [asyncio.create_task(served(scope(path="/file"), stay, slow)) for _ in range(4)]
        await asyncio.sleep(0.05)
        async with asyncio.timeout(2):
            await served(scope(), stay, quick)
        stop.set()
        await asyncio.gather(*downloads)
        served.close()
        return sent[1]["body"]

    assert asyncio.run(run()).startswith(b"web")


def test_an_error_of_the_application_reaches_the_server():
    """The entry turns it into a page; the bridge hides nothing."""

    def application(environ, start_response):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        ask(application)


def test_spooled_files_know_whether_they_are_on_disk():
    """What the test above looks at is still there in this Python."""
    with SpooledTemporaryFile(1) as file:
        file.write(b"ab")
        assert file._rolled
