"""The stream of a visitor's page, with a real server: what it tells, how soon, and that it holds nothing."""

import asyncio
import http.client
import json
import os
import time
from contextlib import closing
from uuid import UUID

import psycopg
import pytest
from django.conf import settings as deployment
from django.db import connection
from tests.service.apps.channels.webchat.widget import Visitor, arrived, watch
from tests.service.site.serving import web

from servewell.apps.base import settings
from servewell.apps.base.principal import SYSTEM
from servewell.apps.channels.webchat.api import shown
from servewell.apps.channels.webchat.models import Visitor as Known
from servewell.apps.conversations import actions
from servewell.apps.conversations.models import Conversation

THREADS = 4
PAGES = 200
BEGIN = 2**20 + 2**16  # bytes of a body after which it is asked whose it is


@pytest.fixture(scope="module")
def served(django_db_setup, tmp_path_factory):
    """One web process with few threads, so that a stream that held one would be noticed."""
    data = tmp_path_factory.mktemp("web")
    given = {
        "SERVEWELL_DATA": str(data),
        "SERVEWELL_THREADS": str(THREADS),
        "SERVEWELL_SECRET_KEY": deployment.SECRET_KEY,
    }
    with web(os.environ["SERVEWELL_DATABASE_URL"], **given) as running:
        yield running


@pytest.fixture(autouse=True)
def _committed(transactional_db):
    """What the test writes is seen by the server."""


async def in_thread(work, *arguments, **named):
    def run():
        try:
            return work(*arguments, **named)
        finally:
            connection.close()

    return await asyncio.to_thread(run)


def test_it_works(served, site, lin):
    """What one of us answers is told to the visitor's page, which fetches it."""
    visitor = arrived(site)
    conversation = visitor.last["conversation"]

    async def script(pages):
        assert (await pages[0].until("hello"))[0]["conversation"] == conversation
        await in_thread(actions.reply, lin, conversation, text="It comes tomorrow.")
        assert (await pages[0].until("message"))[0] == {"conversation": conversation}
        found = await in_thread(visitor.messages, conversation=conversation, after=1)
        return [item["text"] for item in found["items"]]

    assert watch(served, site, [visitor.token], script) == ["It comes tomorrow."]


def test_a_page_without_a_conversation_hears_of_the_first_one(served, site, lin):
    """Written on another page of the same visitor."""
    visitor = Visitor(site)
    visitor.hello()

    async def script(pages):
        assert (await pages[0].until("hello"))[0]["conversation"] is None
        sent = await in_thread(visitor.say, "Hello?")
        await pages[0].until("message")
        told = len(pages[0].named("message"))
        await in_thread(actions.reply, lin, sent.json()["conversation"], text="Hello!")
        later = await pages[0].until("message", told + 1)
        return later[-1]["conversation"] == sent.json()["conversation"]

    assert watch(served, site, [visitor.token], script)


def test_nobody_watches_with_a_made_up_token(served, site):
    """The stream says why and ends."""

    async def script(pages):
        await pages[0].until_ended()
        return pages[0].status, pages[0].events[0][:2]

    assert watch(served, site, ["x" * 43], script) == (200, ("end", {"reason": "no-visitor"}))


def test_nobody_hears_of_others(served, site, lin):
    """A stream tells of its own conversation only."""
    one, other = arrived(site), arrived(site)

    async def script(pages):
        await asyncio.gather(*(page.until("hello") for page in pages))
        await in_thread(actions.reply, lin, one.last["conversation"], text="For one.")
        await pages[0].until("message")
        await in_thread(actions.reply, lin, other.last["conversation"], text="For the other.")
        await pages[1].until("message")
        return [len(page.named("message")) for page in pages]

    assert watch(served, site, [one.token, other.token], script) == [1, 1]
    assert (Known.objects.count(), Conversation.objects.count()) == (2, 2)


def test_typing_and_reading_of_ours_are_told(served, site, lin):
    """By name only."""
    visitor = arrived(site)
    conversation = UUID(visitor.last["conversation"])

    async def script(pages):
        await pages[0].until("hello")
        await in_thread(actions.look, lin, conversation)  # that somebody looks is not for visitors
        await in_thread(actions.look, lin, conversation, "typing")
        await in_thread(actions.mark_read, lin, conversation, 1)
        await in_thread(actions.look, lin, conversation, None)
        await pages[0].until("typing", 2)
        return pages[0].named("typing"), await pages[0].until("read")

    typing, read = watch(served, site, [visitor.token], script)
    assert typing == [{"name": "Lin", "state": "typing"}, {"name": "Lin", "state": "stopped"}]
    assert read == [{"conversation": str(conversation), "position": 1}]


def test_how_things_stand_is_told(served, site, lin):
    """Taken up, solved; and to whoever waits behind, that the queue moved."""
    first, second = arrived(site), arrived(site)
    conversation = UUID(first.last["conversation"])

    async def script(pages):
        await asyncio.gather(*(page.until("hello") for page in pages))
        await in_thread(actions.take, lin, conversation)
        await pages[0].until("state", 1)
        await pages[1].until("queue", 1)
        await in_thread(actions.change, lin, conversation, actions.Change(status="solved"))
        await pages[0].until("state", 2)
        return len(pages[1].named("state"))

    assert watch(served, site, [first.token, second.token], script) == 0


def test_a_merge_takes_the_stream_along(served, site, lin):
    """What is answered where it went on is told."""
    one, other = arrived(site), arrived(site)
    into = UUID(other.last["conversation"])

    async def script(pages):
        await pages[0].until("hello")
        await in_thread(actions.merge, lin, UUID(one.last["conversation"]), into, anyway=True)
        await pages[0].until("state")
        told = len(pages[0].named("message"))
        await in_thread(actions.reply, lin, into, text="To both")
        return (await pages[0].until("message", told + 1))[-1]

    assert watch(served, site, [one.token], script) == {"conversation": str(into)}


def test_who_is_forgotten_hears_no_more(served, site):
    """At once, not at the next look."""
    visitor = arrived(site)

    async def script(pages):
        await pages[0].until("hello")
        await in_thread(visitor, "DELETE", "visitors/me")
        await pages[0].until_ended()
        return pages[0].named("end")

    assert watch(served, site, [visitor.token], script) == [{"reason": "no-visitor"}]


def test_one_visitor_holds_only_some_streams(served, site):
    """The seventh page is told to ask instead."""
    visitor = arrived(site)

    async def script(pages):
        async with asyncio.timeout(20):
            while sum(bool(page.named("hello") or page.named("end")) for page in pages) < 7:
                await asyncio.sleep(0.01)
        return sorted(page.events[0][0] for page in pages)

    assert watch(served, site, [visitor.token] * 7, script) == ["end", *["hello"] * 6]


def test_a_page_of_a_named_origin_may_read_it(served, site):
    """And of another not."""
    visitor = arrived(site)
    site.options = {"origins": ["https://shop.example"]}
    site.save()

    async def script(pages):
        return pages[0].status, pages[0].head.lower()

    status, head = watch(served, site, [visitor.token], script, origin="https://shop.example")
    assert (status, "access-control-allow-origin: https://shop.example" in head) == (200, True)
    status, head = watch(served, site, [visitor.token], script, origin="https://evil.example")
    assert (status, "access-control-allow-origin" in head) == (403, False)


def test_two_hundred_pages_hold_no_connection(served, site, lin):
    """The pool stays within its bound, and each hears what is its own soon."""
    visitors = [Visitor(site) for _ in range(PAGES)]
    for number, visitor in enumerate(visitors):
        visitor.client.defaults["REMOTE_ADDR"] = f"10.{number // 50}.{number % 50}.1"
        visitor.hello()
    writer = visitors[-1]
    conversation = UUID(writer.say("Hello?").json()["conversation"])
    url = os.environ["SERVEWELL_DATABASE_URL"]

    async def script(pages):
        await asyncio.gather(*(page.until("hello", patience=60) for page in pages))
        with psycopg.connect(url, autocommit=True) as watcher:
            held = _connections(watcher)
            began = time.perf_counter()
            await in_thread(actions.reply, lin, conversation, text="Hello!")
            await pages[-1].until("message")
            took = time.perf_counter() - began
            return held, took, sum(len(page.named("message")) for page in pages)

    held, took, told = watch(served, site, [visitor.token for visitor in visitors], script)
    assert held <= THREADS + 3  # threads, LISTEN, spare
    assert took < 5
    assert told == 1


def _connections(watcher):
    """Connections of the web process: all but the watcher's and the test's own."""
    query = "select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"
    return watcher.execute(query).fetchone()[0] - 1


def _sent(served, site, token, size, *, begin=None):
    """Send a file of so many bytes over a real connection, or only its beginning; return status and answer."""
    head = b'--b\r\nContent-Disposition: form-data; name="file"; filename="film.mp4"\r\n\r\n'
    body = head + b"\0\0\0\x18ftypmp42" + b"x" * size + b"\r\n--b--\r\n"
    with closing(http.client.HTTPConnection("127.0.0.1", served.port, timeout=30)) as line:
        line.putrequest("POST", f"/api/v1/channels/webchat/{site.id}/files")
        line.putheader("Content-Type", "multipart/form-data; boundary=b")
        line.putheader("Authorization", f"Visitor {token}")
        line.putheader("Content-Length", str(len(body)))
        line.endheaders(body[:begin])
        answer = line.getresponse()
        return answer.status, json.loads(answer.read())


def test_a_large_file_comes_through_whole(served, site):
    """Of a visitor, and as large as the site takes; of a stranger not even into the spool."""
    site.options = {"file_megabytes": 4}
    site.save()
    visitor = arrived(site)
    status, file = _sent(served, site, visitor.token, 3 * 2**20)
    assert (status, file["size"], file["media_type"]) == (201, 3 * 2**20 + 12, "video/mp4")
    status, refusal = _sent(served, site, visitor.token, 5 * 2**20, begin=BEGIN)
    assert (status, refusal["type"]) == (413, "/errors/channels_webchat-file-too-large")
    status, refusal = _sent(served, site, "x" * 43, 3 * 2**20, begin=BEGIN)
    assert (status, refusal["type"]) == (401, "/errors/channels_webchat-no-visitor")


def test_a_large_file_is_counted_once_and_before_it_is_taken_in(served, site):
    """The third of two is refused when only its beginning came; the house's own limit is the site's, too."""
    settings.put(SYSTEM, "channels_webchat.files_per_hour", 2)
    settings.put(SYSTEM, "base.attachment_megabytes", 3)
    visitor = arrived(site)
    assert [_sent(served, site, visitor.token, 2 * 2**20)[0] for _ in range(2)] == [201, 201]
    status, refusal = _sent(served, site, visitor.token, 2 * 2**20, begin=BEGIN)
    assert (status, refusal["type"]) == (429, "/errors/channels_webchat-too-fast")
    status, refusal = _sent(served, site, visitor.token, 4 * 2**20, begin=BEGIN)
    assert (status, refusal["megabytes"]) == (413, 3)
    assert shown.config(site, "en")["files"]["megabytes"] == 3


def test_streams_end_when_the_process_does(django_db_setup, site, tmp_path):
    """With pages open, SIGTERM is still obeyed soon."""
    visitor = arrived(site)
    given = {"SERVEWELL_DATA": str(tmp_path), "SERVEWELL_SECRET_KEY": deployment.SECRET_KEY}
    with web(os.environ["SERVEWELL_DATABASE_URL"], **given) as running:

        async def script(pages):
            await asyncio.gather(*(page.until("hello") for page in pages))
            took = await asyncio.to_thread(running.stop)
            await asyncio.gather(*(page.until_ended() for page in pages))
            return took

        assert watch(running, site, [visitor.token] * 3, script) < 5


def test_how_far_we_read_is_asked_where_the_view_is_pieced(served, site, lin):
    """Positions of the conversation it went on in are none of the page's."""
    one, other = arrived(site), arrived(site)
    into = UUID(other.last["conversation"])
    actions.merge(lin, UUID(one.last["conversation"]), into, anyway=True)

    async def script(pages):
        await pages[0].until("hello")
        told = len(pages[0].named("state"))
        await in_thread(actions.mark_read, lin, into, 1)
        await pages[0].until("state", told + 1)
        return pages[0].named("read")

    assert watch(served, site, [one.token], script) == []
