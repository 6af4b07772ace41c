"""A channel for tests: its other side remembers what it got, drops repeated keys, and fails as it is told."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from servewell.apps.channels.frame import kinds
from servewell.apps.channels.frame.kinds import Channel, Checked, Field, Outgoing, Sent, Taken, Unfit
from servewell.apps.channels.frame.models import Account, Arrival
from servewell.apps.conversations.actions import InboundMessage
from servewell.apps.customers.identities import Identity

FIELDS = (
    Field("host", required=True),
    Field("port", kind="number", default=25, least=1, most=65535),
    Field("password", kind="secret"),
    Field("tone", kind="choice", default="kind", options=("kind", "curt")),
)


@dataclass
class OtherSide:
    """What the stub's channel talks to."""

    got: list[Outgoing] = field(default_factory=list)  # each key once
    calls: list[str] = field(default_factory=list)  # keys, also repeated ones
    failures: list[Exception] = field(default_factory=list)  # for the next calls
    found: Checked = field(default_factory=lambda: Checked(ok=True))
    taken: list[bytes] = field(default_factory=list)
    after: list[Any] = field(default_factory=list)  # what `after` was given
    kept: list[str] = field(default_factory=list)  # names of accounts whose connection was made
    breaks: list[Exception] = field(default_factory=list)  # for the next connections

    def send(self, account: Account, message: Outgoing) -> Sent:
        """Take a message over, unless told to fail."""
        assert not connection.in_atomic_block or _in_test(), "a call is made outside any transaction"
        self.calls.append(message.key)
        if self.failures:
            raise self.failures.pop(0)
        if message.key not in [one.key for one in self.got]:
            self.got.append(message)
        return Sent(external_id=f"there-{message.key}")

    def take(self, account: Account, arrival: Arrival, raw: bytes) -> Taken:
        """Read `who: what`; anything else is unreadable."""
        self.taken.append(raw)
        if self.failures:
            raise self.failures.pop(0)
        who, colon, what = raw.decode().partition(": ")
        if not colon:
            raise Unfit("unreadable", "no colon")
        if what == "bounce":
            return Taken(outcome="bounce", after=self.after.append)
        message = InboundMessage(
            channel="sms",
            source=f"stub:{account.id}",
            account=account.id,
            external_id=arrival.external_id,
            text=what,
            identities=identities(who),
            team=account.team_id,
        )
        return Taken(message=message, after=self.after.append)

    def check(self, account: Account) -> Checked:
        """Find what was told."""
        return self.found

    def keep(self, account: Account, stopping: threading.Event) -> None:
        """Hold a connection until told to stop, or break it off."""
        self.kept.append(account.name)
        if self.breaks:
            raise self.breaks.pop(0)
        stopping.wait(60)


def channel(side: OtherSide, code: str = "stub", **changes: Any) -> Channel:
    """Return a channel that talks to this side."""
    usual: dict[str, Any] = {"send": side.send, "take": side.take}
    return Channel(**{"code": code, "speaks": "sms", "fields": FIELDS, "check": side.check, **usual, **changes})


def identities(name: str) -> tuple[Identity, ...]:
    """Return who writes, by a proven address."""
    return (Identity("email", f"{name}@example.com", verified=True),)


@contextmanager
def registered(*channels: Channel) -> Iterator[None]:
    """Let these be known for the block."""
    for one in channels:
        kinds.register(one)
    try:
        yield
    finally:
        for one in channels:
            kinds._channels.pop(one.code, None)


def _in_test() -> bool:
    """Does a test without transactions of its own run all of it in one?"""
    return len(connection.savepoint_ids) == 0
