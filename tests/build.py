"""How do tests make what they need? Valid by default; a test names only what it is about."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction

from servewell.apps.base.principal import Principal
from servewell.apps.journal.events import Event

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)  # an ordinary moment


def principal(role: str = "agent", **changes: Any) -> Principal:
    """Return somebody who acts."""
    return Principal(**{"kind": "agent", "id": uuid4(), "role": role, **changes})


def event(name: str = "conversation.opened", conversation: UUID | None = None, **changes: Any) -> Event:
    """Return an event of a conversation that the vocabulary allows."""
    return Event(name, conversation or uuid4(), **changes)


def history(name: str = "conversation.opened", at: datetime = NOON, **changes: Any) -> Event:
    """Return an event as it is loaded: with both times."""
    return event(name, **{"occurred_at": at, "recorded_at": at, **changes})


@contextmanager
def rolled_back() -> Iterator[None]:
    """Do the block in a transaction that ends with a roll back."""
    with suppress(_Undo), transaction.atomic():
        yield
        raise _Undo


class _Undo(Exception):
    pass
