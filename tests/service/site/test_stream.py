"""The live stream, with a real server: who sees what, how soon, what is caught up, and that it holds nothing."""

import asyncio
import json
import os
import statistics
import time
from datetime import timedelta

import psycopg
import pytest
from django.contrib.sessions.models import Session
from django.db import connection, transaction
from tests.service.apps.people.helpers import person, signed_in
from tests.service.site.serving import web

from servewell.apps.base import clock, ids, live
from servewell.apps.journal.actions import load, record
from servewell.apps.journal.events import Actor, Event
from servewell.apps.people import actions, queries
from servewell.apps.people.models import Presence, SignIn
from servewell.site import stream_access

THREADS = 4
STREAMS = 200
OPENED = "conversation.opened"


@pytest.fixture(scope="module")
def served(django_db_setup, tmp_path_factory):
    """One web process with few threads, so that a stream that held one would be noticed."""
    data = tmp_path_factory.mktemp("web")
    environment = {"SERVEWELL_DATA": str(data), "SERVEWELL_THREADS": str(THREADS), "SERVEWELL_SECRET_KEY": _key()}
    with web(os.environ["SERVEWELL_DATABASE_URL"], **environment) as running:
        yield running


def _key():
    """Sessions made here must be good there."""
    from django.conf import settings

    return settings.SECRET_KEY


class Screen:
    """Reads a stream: the events so far, each with the moment it came."""

    def __init__(self, port, cookie, last_id=None):
        self.port, self.cookie, self.last_id = port, cookie, last_id
        self.events, self.status, self.ended = [], None, False

    async def open(self):
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)
        last = f"Last-Event-ID: {self.last_id}\r\n" if self.last_id else ""
        request = f"GET /stream HTTP/1.1\r\nHost: localhost\r\nCookie: sw_session={self.cookie}\r\n{last}\r\n"
        self.writer.write(request.encode())
        head = await self.reader.readuntil(b"\r\n\r\n")
        self.status = int(head.split(b" ")[1])
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
                self.events.append(
                    (event.get("event"), json.loads(event["data"]), event.get("id"), time.perf_counter())
                )
                event = {}
            if text == "0":
                break
        self.ended = True

    def named(self, name):
        return [data for kind, data, _, _ in self.events if kind == name]

    async def until(self, name, count=1, patience=5):
        async with asyncio.timeout(patience):
            while len(self.named(name)) < count:
                await asyncio.sleep(0.01)
        return self.named(name)

    def close(self):
        self.writer.close()


def watch(served, cookies, script, last_id=None):
    """Open a screen for each cookie, run the coroutine `script(screens)`, close them; return what it returns."""

    async def run():
        screens = [Screen(served.port, cookie, last_id) for cookie in cookies]
        for some in range(0, len(screens), 20):
            await asyncio.gather(*(screen.open() for screen in screens[some : some + 20]))
        tasks = [asyncio.create_task(screen.read()) for screen in screens]
        try:
            await asyncio.gather(*(screen.until("hello") for screen in screens if screen.status == 200))
            return await script(screens)
        finally:
            for screen in screens:
                screen.close()
            for task in tasks:
                task.cancel()

    return asyncio.run(run())


def cookie_of(user):
    return signed_in(user).client.cookies["sw_session"].value


def happen(team=None, conversation=None):
    """Record an event and commit; return its id."""
    with transaction.atomic():
        event = Event(
            name=OPENED, conversation=conversation or ids.new(), team=team, actor=Actor("system"), channel="chat"
        )
        return str(record(event).id)


async def in_thread(work, *arguments):
    def run():
        try:
            return work(*arguments)
        finally:
            connection.close()

    return await asyncio.to_thread(run)


@pytest.fixture
def boss(transactional_db, settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    return person("wang", "administrator")


def test_it_works(served, boss):
    """An event that is committed comes to the screen, with an id to come back with."""

    async def script(screens):
        told = await in_thread(happen)
        data = (await screens[0].until("journal"))[0]
        assert data["id"] == told
        assert set(data) == {"id", "seq", "conversation", "activity", "occurred_at"}
        assert screens[0].events[-1][2] == told
        assert screens[0].named("hello")[0]["instance"]

    watch(served, [cookie_of(boss)], script)


def test_nobody_watches_without_a_sign_in(served, boss):
    """401 as a problem, not a stream."""

    async def script(screens):
        return screens[0].status

    assert watch(served, ["made-up"], script) == 401


def test_each_sees_what_they_may(served, boss):
    """An agent the events of their teams, a manager all; progress of logs only who may read logs."""
    team, other = (actions.create_team(boss.principal(), name) for name in ("A", "B"))
    agent = person("lin", "agent", teams=[team.id])
    manager = person("li", "manager")

    def happenings():
        happen(team=other.id)
        happen()
        with transaction.atomic():
            live.notify("log", {"id": "x", "state": "ready", "progress": None})
        happen(team=team.id)

    async def script(screens):
        mine, all_of_it = screens
        await in_thread(happenings)
        await all_of_it.until("journal", 3)
        await mine.until("journal", 1)
        await asyncio.sleep(0.2)
        return [[len(screen.named(name)) for name in ("journal", "log")] for screen in (mine, all_of_it)]

    assert watch(served, [cookie_of(agent), cookie_of(manager)], script) == [[1, 0], [3, 1]]


def test_colleagues_see_each_others_presence(served, boss):
    """Those of one's teams and one's own; a manager everybody's."""
    team = actions.create_team(boss.principal(), "A")
    agent, mate, stranger = person("lin", teams=[team.id]), person("zhao", teams=[team.id]), person("chen")
    manager = person("li", "manager")

    def happenings():
        for user in (mate, stranger, agent):
            actions.set_presence(user.principal(), user.id, "busy")

    async def script(screens):
        mine, all_of_it = screens
        await in_thread(happenings)
        await all_of_it.until("presence", 3)
        await mine.until("presence", 2)
        await asyncio.sleep(0.2)
        return [[said["user"] for said in screen.named("presence")] for screen in (mine, all_of_it)]

    seen, all_seen = watch(served, [cookie_of(agent), cookie_of(manager)], script)
    assert seen == [str(mate.id), str(agent.id)]
    assert all_seen == [str(mate.id), str(stranger.id), str(agent.id)]


def test_an_open_screen_is_a_sign_of_life(served, boss):
    """Whoever has one is not taken offline; with the last one they fall silent."""
    actions.set_presence(boss.principal(), boss.id, "online")
    long_ago = clock.now() - timedelta(minutes=30)
    Presence.objects.update(seen_at=long_ago)

    async def script(screens):
        return await in_thread(actions.lose_silent)

    assert watch(served, [cookie_of(boss)], script) == 0
    assert Presence.objects.get().seen_at > long_ago
    Presence.objects.update(seen_at=long_ago)
    assert actions.lose_silent() == 1


def test_what_was_missed_is_caught_up(served, boss):
    """Also an event with an older id that was committed later: the last 30 s are told again."""
    early, seen, late = happen(), happen(), happen()

    async def script(screens):
        await in_thread(happen)  # comes after what was missed
        told = await screens[0].until("journal", 4)
        return [data["id"] for data in told if data["activity"] == OPENED][:3]

    assert watch(served, [cookie_of(boss)], script, last_id=seen) == [early, seen, late]


def test_one_who_missed_too_much_asks_anew(served, boss):
    """Rather than a thousand events, one word."""
    seen, now = happen(), clock.now()
    history = (Event(name=OPENED, conversation=ids.new(), occurred_at=now, recorded_at=now) for _ in range(1001))
    load(history)

    async def script(screens):
        return len(await screens[0].until("refresh")), len(screens[0].named("journal"))

    assert watch(served, [cookie_of(boss)], script, last_id=seen) == (1, 0)


def test_many_events_at_once_are_one_word(served, boss):
    """An import does not flood the screens."""

    def bring():
        now = clock.now()
        load(
            (Event(name=OPENED, conversation=ids.new(), occurred_at=now, recorded_at=now) for _ in range(50)),
            quiet=False,
        )

    async def script(screens):
        await in_thread(bring)
        return await screens[0].until("refresh")

    assert watch(served, [cookie_of(boss)], script)[0] == {"events": 50}


def test_two_hundred_screens_hold_no_connection(served, boss):
    """The pool stays within its bound, other requests are answered, and each screen hears it soon."""
    cookie = cookie_of(boss)
    url = os.environ["SERVEWELL_DATABASE_URL"]

    async def script(screens):
        with psycopg.connect(url, autocommit=True) as watcher:
            held = _connections(watcher)
            waits, answers = [], []
            for number in range(1, 21):
                began = time.perf_counter()
                await in_thread(happen)
                await asyncio.gather(*(screen.until("journal", number) for screen in screens))
                waits += [_nth(screen, number) - began for screen in screens]
                answers.append(await _healthy(served.port))
            return held, max(answers), statistics.quantiles(waits, n=20)[-1], _connections(watcher)

    before, slowest, p95, after = watch(served, [cookie] * STREAMS, script)
    assert before <= THREADS + 3  # threads, LISTEN, spare
    assert after <= THREADS + 3
    assert slowest < 2
    assert p95 < 1.5  # the target of 0.15 s is measured where nothing else runs: benchmarks/entry.py


def _nth(screen, number):
    return [at for kind, _, _, at in screen.events if kind == "journal"][number - 1]


def _connections(watcher):
    """Connections of the web process, pooled ones and its LISTEN: all but the watcher's and the test's own."""
    query = "select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"
    return watcher.execute(query).fetchone()[0] - 1


async def _healthy(port):
    began = time.perf_counter()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    assert b" 200 " in await reader.readline()
    writer.close()
    return time.perf_counter() - began


def test_a_lost_listen_is_made_again_and_screens_come_back(served, boss):
    """What happened in between is caught up by coming back."""
    url = os.environ["SERVEWELL_DATABASE_URL"]

    def cut():
        with psycopg.connect(url, autocommit=True) as other:
            query = "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'servewell-listen'"
            assert other.execute(query).fetchall()

    async def script(screens):
        await in_thread(cut)
        async with asyncio.timeout(5):
            while not screens[0].ended:
                await asyncio.sleep(0.02)
        return screens[0].events[0][2]

    first_id = watch(served, [cookie_of(boss)], script)
    told = happen()

    async def again(screens):
        return [data["id"] for data in await screens[0].until("journal")]

    assert told in watch(served, [cookie_of(boss)], again, last_id=first_id)


def test_who_is_shut_out_is_noticed(boss):
    """A stream asks again within a minute; the answer is no after a sign-out, a new role, or a deactivation."""
    lin = person("lin", "manager")
    cookie = f"sw_session={cookie_of(lin)}".encode()
    asked = {"type": "http", "method": "GET", "path": "/stream", "query_string": b"", "http_version": "1.1"}
    viewer = stream_access.admit({**asked, "headers": [(b"cookie", cookie)]})
    assert stream_access.still_admitted(viewer)
    actions.change_role(boss.principal(), lin.id, "agent")
    assert not stream_access.still_admitted(viewer)
    actions.change_role(boss.principal(), lin.id, "manager")
    assert stream_access.still_admitted(viewer)
    actions.deactivate(boss.principal(), lin.id)
    assert not stream_access.still_admitted(viewer)


def end_sessions(by, who):
    """Let somebody end their sessions from another one."""
    now = clock.now()
    for row in Session.objects.all():
        if row.get_decoded()["_auth_user_id"] == str(who):
            SignIn.objects.create(user_id=who, session_key=row.session_key, at=now, seen_at=now)
    actions.end_other_sign_ins(queries.principal_of(who), None)


@pytest.mark.parametrize(
    "change", [actions.deactivate, lambda by, who: actions.change_role(by, who, "agent"), end_sessions]
)
def test_a_change_of_rights_ends_the_streams_of_whom_it_concerns(served, boss, change):
    """At once, however much happens; the others go on."""
    lin, by = person("lin", "manager"), boss.principal()

    async def script(screens):
        theirs, ours = screens
        await in_thread(happen)
        await theirs.until("journal", 1)
        await in_thread(change, by, lin.id)
        async with asyncio.timeout(5):
            while not theirs.ended:
                await in_thread(happen)
        known = len(ours.named("journal"))
        await in_thread(happen)
        await ours.until("journal", known + 1)
        return [data["activity"] for data in theirs.named("journal")], ours.ended

    assert watch(served, [cookie_of(lin), cookie_of(boss)], script) == ([OPENED], False)


def test_streams_end_when_the_process_does(django_db_setup, boss, tmp_path):
    """With screens open, SIGTERM is still obeyed within two seconds."""
    environment = {"SERVEWELL_DATA": str(tmp_path), "SERVEWELL_SECRET_KEY": _key()}
    with web(os.environ["SERVEWELL_DATABASE_URL"], **environment) as running:

        async def script(screens):
            took = await asyncio.to_thread(running.stop)
            async with asyncio.timeout(2):
                while not all(screen.ended for screen in screens):
                    await asyncio.sleep(0.02)
            return took

        assert watch(running, [cookie_of(boss)] * 5, script) < 2
