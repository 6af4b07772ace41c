"""The stream of a visitor's page, with a real server: what it tells, how soon, and that it holds nothing."""

import asyncio
import os

import pytest
from django.conf import settings as deployment
from django.db import connection
from tests.service.apps.channels.webchat.widget import Visitor, arrived, watch
from tests.service.site.serving import web

from servewell.apps.channels.webchat.models import Visitor as Known
from servewell.apps.conversations import actions
from servewell.apps.conversations.models import Conversation

THREADS = 4


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
