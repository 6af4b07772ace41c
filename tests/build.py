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


def team(name: str = "Front desk") -> Any:
    """Return the team of this name, stored."""
    from servewell.apps.people.models import Team

    return Team.objects.get_or_create(name=name)[0]


def person(username: str = "lin", role: str = "agent", *teams: Any, **columns: Any) -> Any:
    """Store somebody who works here, in these teams; no password opens them anything."""
    from servewell.apps.people.models import User

    user = User.objects.create(username=username, role=role, **{"name": username.title(), "password": "!", **columns})
    user.teams.set(teams)
    return user


def customer(name: str = "Wang", **columns: Any) -> Any:
    """Store a customer who goes on for themselves, without identities."""
    from servewell.apps.customers.models import Customer

    made = Customer(name=name, **columns)
    made.root_id = columns.get("root_id", made.id)
    made.save(force_insert=True)
    return made


def inbound(text: str = "Where is my parcel?", **changes: Any) -> Any:
    """Return what a customer wrote, as a channel hands it over: of a known address unless the test says who."""
    from servewell.apps.conversations.inbound import InboundMessage
    from servewell.apps.customers.identities import Identity

    says_who = changes.keys() & {"identities", "customer", "conversation"}
    usual = {} if says_who else {"identities": (Identity("email", "wang@example.com", verified=True),)}
    return InboundMessage(**{"channel": "email", "source": "support", "text": text, **usual, **changes})


def attachment(name: str = "note.txt", data: bytes = b"hello") -> Any:
    """Store a file."""
    from io import BytesIO

    from servewell.apps.base import attachments

    return attachments.store(BytesIO(data), name, "text/plain")


@contextmanager
def rolled_back() -> Iterator[None]:
    """Do the block in a transaction that ends with a roll back."""
    with suppress(_Undo), transaction.atomic():
        yield
        raise _Undo


class _Undo(Exception):
    pass
