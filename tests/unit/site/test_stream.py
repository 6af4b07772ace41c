"""What a screen is told and in which form, and that a slow one is let go rather than waited for."""

import asyncio
import itertools
import json
import time
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from uuid import UUID

import pytest

from servewell.apps.base.principal import Principal
from servewell.site.live_feed import JOURNAL, Message, journal_message, messages
from servewell.site.stream import WAITING, Stream, Streams

EVENT = {
    "id": "01a2",
    "seq": 1,
    "conversation": None,
    "activity": "a",
    "occurred_at": "2026-01-01T00:00:00Z",
    "team": None,
}
MANAGER = Principal("agent", UUID(int=1), "manager")


def stream(principal=MANAGER):
    return Stream(SimpleNamespace(principal=principal, request=None, last_seen=None))


def drained(of):
    texts = []
    while not of.waiting.empty():
        texts.append(of.waiting.get_nowait())
    return texts


def test_it_works():
    """One NOTIFY of two events is two messages, each with its id, none with its team."""
    first, second = messages(JOURNAL, json.dumps([EVENT, {**EVENT, "id": "01a3", "team": str(UUID(int=9))}]))
    assert first.text.startswith(b"id: 01a2\nevent: journal\ndata: {")
    assert second.text.endswith(b"}\n\n")
    assert (second.team, b"team" in second.text) == (UUID(int=9), False)


def test_many_events_are_one_word():
    """The trigger says how many when they would not fit."""
    (told,) = messages(JOURNAL, '{"many": 20000}')
    assert told.text == b'event: refresh\ndata: {"events":20000}\n\n'


def test_a_word_nobody_knows_is_not_passed_on(caplog):
    """Whoever sends a new kind says first who may see it."""
    assert messages("servewell_live", '{"event": "secret", "data": {}}') == []
    assert "secret" in caplog.text


def test_a_screen_gets_what_it_may_see():
    """An agent nothing of a team that is not theirs."""
    theirs = journal_message({**EVENT, "team": str(UUID(int=9))})
    agent = stream(Principal("agent", UUID(int=2), "agent", frozenset({UUID(int=8)})))
    manager = stream()
    for screen in (agent, manager):
        screen.offer(theirs)
    assert (len(drained(agent)), len(drained(manager))) == (0, 1)


@pytest.mark.parametrize("role", ["agent", "lead", "manager", "auditor"])
def test_many_events_concern_everybody_who_sees_any(role):
    """The word tells of no team; each screen asks anew for what is its own."""
    (told,) = messages(JOURNAL, '{"many": 20000}')
    screen = stream(Principal("agent", UUID(int=2), role, frozenset({UUID(int=8)})))
    screen.offer(told)
    assert drained(screen) == [told.text]
    assert not told.is_visible_to(Principal("agent", UUID(int=3), None))


def test_a_screen_that_falls_behind_is_ended():
    """It is not told the rest: it comes back and catches up from the last id it saw."""
    slow = stream()
    for _ in range(WAITING + 5):
        slow.offer(Message("journal.read", None, b"x"))
    assert drained(slow)[0] is None


def watched_until_shut_out(monkeypatch, traffic, every=0.01, patience=3.0):
    """Serve a screen whose person may watch for 0.3 s, with a message each `every` s; return how long it was fed."""
    monkeypatch.setattr("servewell.site.stream.PING", 0.05)
    began = time.monotonic()
    monkeypatch.setattr("servewell.site.stream.still_admitted", lambda viewer: time.monotonic() - began < 0.3)
    one, sent = stream(), []

    async def send(message):
        sent.append(message)

    async def feed():
        for message in traffic:
            one.offer(message)
            await asyncio.sleep(every)

    async def run():
        with ThreadPoolExecutor(1) as pool:
            task = asyncio.create_task(feed())
            try:
                async with asyncio.timeout(patience):
                    await Streams(pool)._feed_screen(one, send)
            finally:
                task.cancel()

    asyncio.run(run())
    return time.monotonic() - began, sent


@pytest.mark.parametrize("every", [0.01, 60], ids=["busy", "idle"])
def test_who_may_no_longer_watch_is_shut_out_however_busy_it_is(monkeypatch, every):
    """A feed that never rests never came to ask."""
    monkeypatch.setattr("servewell.site.stream.RECHECK", 0.1)
    steady = itertools.repeat(Message("journal.read", None, b"x"))
    took, sent = watched_until_shut_out(monkeypatch, steady, every)
    assert 0.3 <= took < 1.5
    assert sent


def test_it_is_asked_at_once_when_rights_change(monkeypatch):
    """Long before the minute is over; also of those who may not see that event, and before it is shown."""
    changed = journal_message({**EVENT, "activity": "people.deactivated", "team": str(UUID(int=9))})
    calm = Message("journal.read", None, b"x")
    took, sent = watched_until_shut_out(monkeypatch, itertools.chain([calm] * 40, [changed], itertools.repeat(calm)))
    assert took < 1.5
    assert not any(b"people.deactivated" in message["body"] for message in sent)
    agent = stream(Principal("agent", UUID(int=2), "agent", frozenset({UUID(int=8)})))
    agent.offer(changed)
    assert (drained(agent), agent.sure_until) == ([b""], 0.0)


def test_an_ended_screen_is_sent_what_it_was_promised():
    """First what waits, then the end."""
    one = stream()
    one.offer(Message("journal.read", None, b"x"))
    one.end()
    assert drained(one) == [b"x", None]
