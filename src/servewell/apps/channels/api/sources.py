"""Which outside system is it? The accounts of this channel by the name of their source, one second old at most.

They are read again with the first message that comes after the second, in one statement: so messages that come close
together do not pay for it.
"""

import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from servewell.apps.base import statements
from servewell.apps.base.principal import Principal
from servewell.apps.channels.api.errors import NotItsKey, NotItsMessage
from servewell.apps.channels.frame import kinds

SQL = statements.load(Path(__file__).with_name("statements.sql"))
FRESH_S = 1.0


@dataclass(frozen=True, slots=True)
class Source:
    """An outside system."""

    account: UUID
    team: UUID | None  # whose its contacts are, unless something else says
    speaks: str  # how its messages count where they do not say
    keys: frozenset[UUID] | None  # that may speak for it; None: every one


class Sources:
    """Those that this process knows; safe to ask from many threads."""

    def __init__(self) -> None:
        self._known: Mapping[str, Source] = {}
        self._read_at: float | None = None  # time.monotonic(); None: never

    def now(self) -> Mapping[str, Source]:
        """Return them by name; one statement when they are older than FRESH_S."""
        if self._read_at is None or time.monotonic() - self._read_at > FRESH_S:
            began = time.monotonic()
            rows = statements.prepared(SQL["sources"], {})
            self._known = {
                name: Source(account, team, speaks or "api", None if keys is None else frozenset(keys))
                for name, account, team, speaks, keys in rows
            }
            self._read_at = began
        return self._known

    def forget(self) -> None:
        """Read again at the next question."""
        self._read_at = None


known = Sources()


def of(name: str) -> Source | None:
    """Return the system of this name; None where it has no account."""
    return known.now().get(name)


def by_account(account: UUID) -> Source | None:
    """Return the system with this account."""
    return next((source for source in known.now().values() if source.account == account), None)


def demand_its_key(principal: Principal, source: Source) -> None:
    """Refuse a key that may not speak for this system; NotItsKey. People who may receive may for all."""
    _demand_among(principal, source.keys)


def demand_may_join(principal: Principal, conversation: UUID) -> None:
    """Refuse a key that may not speak for the system whose conversation it is; NotItsKey."""
    for _, _, keys in _carrier(conversation=conversation):
        _demand_among(principal, keys)


def demand_may_report(principal: Principal, message: UUID) -> None:
    """Refuse a report on what no outside system carries, or not the key's; NotItsMessage, NotItsKey."""
    for channel, source, keys in _carrier(message=message):
        if channel not in ("", "api") or kinds.is_reserved(source):
            raise NotItsMessage
        _demand_among(principal, keys)


def _carrier(*, conversation: UUID | None = None, message: UUID | None = None) -> list[Any]:
    return statements.rows(SQL["carrier"], {"conversation": conversation, "message": message})


def _demand_among(principal: Principal, keys: Collection[UUID] | None) -> None:
    if keys is not None and principal.kind == "key" and principal.id not in keys:
        raise NotItsKey
