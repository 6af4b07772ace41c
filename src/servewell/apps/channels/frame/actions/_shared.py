"""What the verbs share: recording, and locking an account."""

from typing import Any
from uuid import UUID

from servewell.apps.base.principal import Principal
from servewell.apps.channels.frame.errors import NoSuchAccount
from servewell.apps.channels.frame.models import Account
from servewell.apps.journal.actions import record
from servewell.apps.journal.events import Actor, Event, EventType

MANAGE = "channels.manage"


def note(principal: Principal, event: EventType, account: UUID, **attributes: Any) -> None:
    """Record an event of this room."""
    record(noted(principal, event, account, **attributes))


def noted(principal: Principal, event: EventType, account: UUID, **attributes: Any) -> Event:
    """Return an event of this room, to be recorded."""
    return Event(event.name, actor=Actor.of(principal), attributes={"account": account, **attributes})


def locked(account_id: UUID) -> Account:
    """Return an account whom nobody else changes until this transaction ends; NoSuchAccount.

    Rows that only point to it can still be written meanwhile.
    """
    rows = Account.objects.select_for_update(no_key=True).filter(pk=account_id, removed_at=None)
    found = rows.first()
    if found is None:
        raise NoSuchAccount
    return found
