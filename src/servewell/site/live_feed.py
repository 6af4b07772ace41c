"""What did other transactions just commit? One direct connection LISTENs and hands every message on."""

import asyncio
import json
import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import psycopg
from django.db import connection

from servewell.apps.base import live
from servewell.apps.base.principal import Principal
from servewell.apps.people import events, permissions

JOURNAL = "servewell_journal"  # the channel of the journal's trigger
VERBS = {  # who may see which event
    "journal": "journal.read",
    "log": "logs.read",
    "looking": "conversations.read",
    "presence": "presence.read",
    "visitor_typing": "conversations.read",
}
FOR_VISITORS = frozenset({"visitor", "seen"})  # no screen of ours hears these; visitors' chats do
RIGHTS_CHANGED = {
    type_.name
    for type_ in (
        events.DEACTIVATED,
        events.PASSWORD_CHANGED,
        events.ROLE_CHANGED,
        events.SESSION_ENDED,
        events.SIGNED_OUT,
        events.TEAMS_CHANGED,
    )
}
BACK_OFF = (0.2, 0.5, 1.0, 2.0, 5.0)  # s between tries to listen again
log = logging.getLogger("servewell.stream")


@dataclass(frozen=True, slots=True)
class Message:
    """One event as it goes out."""

    verb: str  # what a viewer must be allowed
    team: UUID | None  # whose it is; with a scope of `team` others do not see it
    text: bytes  # as Server-Sent Events have it
    doubts: bool = False  # somebody's rights may have changed: every screen is to be asked again whose it is
    bare: bool = False  # tells of nothing in particular: whoever holds the verb, however far it reaches, may hear it
    teams: frozenset[UUID] = frozenset()  # further teams whose it is too
    owner: UUID | None = None  # the person whose it is
    name: str = ""  # what happened: `journal`, or the name of an unstored event
    data: Mapping[str, Any] = field(default_factory=dict)  # as it was told

    def is_visible_to(self, principal: Principal) -> bool:
        """May this viewer see it?"""
        if self.name in FOR_VISITORS:
            return False
        about = None if self.bare else SimpleNamespace(owner_id=self.owner, team_id=self.team, team_ids=self.teams)
        return permissions.can(principal, self.verb, about)


class Feed:
    """Listens while the process lives; starts with the first screen."""

    def __init__(self, publish: Callable[[Message], None], interrupted: Callable[[], None]) -> None:
        self.hearers = [(publish, interrupted)]  # `interrupted` is called when messages may have been missed
        self.task: asyncio.Task[None] | None = None
        self.listening = asyncio.Event()

    def join(self, publish: Callable[[Message], None], interrupted: Callable[[], None]) -> None:
        """Let somebody else hear it too: one connection a process is enough."""
        self.hearers.append((publish, interrupted))

    async def start(self) -> None:
        """Listen from now on; return once it is so, or after 5 s: then catching up at the next try mends it."""
        if self.task is None:
            self.task = asyncio.create_task(self._listen_for_ever())
        with suppress(TimeoutError):
            async with asyncio.timeout(5):
                await self.listening.wait()

    async def stop(self) -> None:
        """Close the connection."""
        if self.task is not None:
            self.task.cancel()
            with suppress(asyncio.CancelledError):
                await self.task

    async def _listen_for_ever(self) -> None:
        fails = 0
        while True:
            try:
                await self._listen()
            except (psycopg.Error, OSError) as fault:
                log.warning("listening was interrupted: %s", fault)
            fails = 0 if self.listening.is_set() else fails + 1
            self.listening.clear()
            await asyncio.sleep(BACK_OFF[min(fails, len(BACK_OFF) - 1)])

    async def _listen(self) -> None:
        async with await psycopg.AsyncConnection.connect(**_parameters(), autocommit=True) as listener:
            await listener.execute(f"listen {JOURNAL}; listen {live.CHANNEL}")
            self.listening.set()
            for _, interrupted in self.hearers:
                interrupted()  # what was committed while nobody listened is caught up by coming back
            async for notice in listener.notifies():
                for message in messages(notice.channel, notice.payload):
                    for publish, _ in self.hearers:
                        publish(message)


def messages(channel: str, payload: str) -> list[Message]:
    """Return what a NOTIFY tells; of something unknown nothing."""
    said = json.loads(payload)
    if channel == JOURNAL:
        return [journal_message(event) for event in said] if isinstance(said, list) else [_many(said["many"])]
    if said.get("event") in FOR_VISITORS:
        return [Message("", None, b"", name=said["event"], data=said["data"])]
    if said.get("event") in VERBS:
        return [live_message(said["event"], said["data"])]
    log.error("a live message of an unknown kind: %s", said.get("event"))
    return []


def live_message(name: str, data: dict[str, Any]) -> Message:
    """Return an unstored event.

    `team`, `teams` and `owner` in its data, ids, say who of those hears it whose scope of the verb is not `all`; one
    that names none of them is for those of scope `all`.
    """
    team, owner = (UUID(data[key]) if data.get(key) else None for key in ("team", "owner"))
    teams = frozenset(map(UUID, data.get("teams") or ()))
    return Message(VERBS[name], team, encode(name, data), teams=teams, owner=owner, name=name, data=data)


def journal_message(event: dict[str, Any]) -> Message:
    """Return one journal event; its id lets a screen ask for what came after it."""
    team = UUID(event["team"]) if event.get("team") else None
    shown = {name: event[name] for name in ("id", "seq", "conversation", "activity", "occurred_at")}
    doubts = event["activity"] in RIGHTS_CHANGED
    text = encode("journal", shown, event["id"])
    return Message(VERBS["journal"], team, text, doubts=doubts, name="journal", data=event)


def encode(name: str, data: dict[str, Any], id_: str | None = None) -> bytes:
    """Return an event in the form of text/event-stream."""
    head = f"id: {id_}\n" if id_ else ""
    return f"{head}event: {name}\ndata: {json.dumps(data, ensure_ascii=False, separators=(',', ':'))}\n\n".encode()


def _many(count: int) -> Message:
    """So many events at once that each screen had better ask anew."""
    return Message(VERBS["journal"], None, encode("refresh", {"events": count}), bare=True, name="refresh")


def _parameters() -> dict[str, Any]:
    parameters = connection.get_connection_params()
    for ours in ("cursor_factory", "context", "prepare_threshold"):
        parameters.pop(ours, None)
    return {**parameters, "application_name": "servewell-listen"}
