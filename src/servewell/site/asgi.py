"""The one entry of the web process: pages, API and `/stream` on one port."""

import asyncio
import json
import logging
import signal
import threading
from typing import Any

from servewell.site.wsgi import application as wsgi  # isort: skip - sets Django up before anything of ours is imported

from django.conf import settings
from django.db import close_old_connections

from servewell.apps.base import ids
from servewell.apps.base.errors import ServewellError
from servewell.apps.base.texts import nearest
from servewell.site import garbage, http
from servewell.site.bridge import Bridge, Receive, Scope, Send, TooLarge
from servewell.site.stream import Streams
from servewell.site.stream_access import admit_much
from servewell.site.visitor_stream import VisitorStreams, is_for_visitors

log = logging.getLogger("servewell.http")
bridge = Bridge(
    wsgi,
    threads=settings.THREADS,
    limit=settings.MAX_UPLOAD,
    spool=settings.SPOOL,
    after_call=close_old_connections,
    admit_much=admit_much,
)
streams = Streams(bridge.pool)
visitor_streams = VisitorStreams(bridge.pool, streams.feed)
garbage.settle()


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer a request, or live through the server's start and end."""
    if scope["type"] == "lifespan":
        await _live(receive, send)
    elif scope["type"] == "http":
        await _answer(scope, receive, send)


async def _answer(scope: Scope, receive: Receive, send: Send) -> None:
    started = False

    async def noting(message: dict[str, Any]) -> None:
        nonlocal started
        started = True
        await send(message)

    try:
        await _server(scope["path"])(scope, receive, noting)
    except ServewellError as error:
        await refuse(scope, send, error)
    except TooLarge:
        await refuse(scope, send, http.TooLarge(limit_bytes=settings.MAX_UPLOAD))
    except Exception:
        incident = str(ids.new())
        log.exception("incident %s: %s %s", incident, scope["method"], scope["path"])
        if started:
            raise  # the server breaks the connection off: half an answer must not look whole
        await refuse(scope, send, http.Broken(incident=incident))


def _server(path: str) -> Any:
    return streams if path == "/stream" else visitor_streams if is_for_visitors(path) else bridge


async def refuse(scope: Scope, send: Send, error: ServewellError) -> None:
    """Say no before Django was reached."""
    accepted = dict(scope["headers"]).get(b"accept-language", b"").decode("latin-1")
    body = json.dumps(error.problem(nearest(accepted[:8])), ensure_ascii=False).encode()
    headers = [(b"content-type", b"application/problem+json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": error.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _live(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            _end_streams_at_the_first_signal()
            await send({"type": "lifespan.startup.complete"})
        elif message["type"] == "lifespan.shutdown":
            visitor_streams.end()
            await streams.close()
            bridge.close()
            await send({"type": "lifespan.shutdown.complete"})
            return


def _end_streams_at_the_first_signal() -> None:
    """The server waits for open connections before it says `lifespan.shutdown`, and a stream never ends by itself.

    The server's own handler is called through asyncio's wake-up descriptor and stays; ours comes beside it.
    """
    if threading.current_thread() is not threading.main_thread():
        return
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: loop.call_soon_threadsafe(_end_streams))
        signal.siginterrupt(number, False)


def _end_streams() -> None:
    for all_of_them in (streams, visitor_streams):
        all_of_them.end()
