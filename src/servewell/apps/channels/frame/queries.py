"""What is there to know of accounts and arrivals?"""

from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from django.db.models import QuerySet

from servewell.apps.base import secrets, statements
from servewell.apps.base.models import Outgoing
from servewell.apps.base.principal import Principal
from servewell.apps.channels.frame import events, options
from servewell.apps.channels.frame.errors import NoSuchAccount, NoSuchArrival, NoSuchMessage
from servewell.apps.channels.frame.models import Account, Arrival
from servewell.apps.conversations.models import Delivery, Message
from servewell.apps.journal.models import Event
from servewell.apps.people import permissions

KIND = "channels.send"  # of the outbox: payload {"message": id}; key: the message's id; order: `conversation:<id>`
ANSWERS_WITHIN = timedelta(hours=1)  # automatic answers to an address are counted for so long from the first on
_NOT_OURS = (Delivery.RECEIVED, Delivery.NONE)
SQL = statements.load(Path(__file__).with_name("statements.sql"))


def accounts() -> QuerySet[Account]:
    """Return the accounts that are there, with their teams, oldest first."""
    return Account.objects.filter(removed_at=None).select_related("team").order_by("id")


def account(account_id: UUID) -> Account:
    """Return one account; NoSuchAccount."""
    found = accounts().filter(pk=account_id).first()
    if found is None:
        raise NoSuchAccount
    return found


def active(channel: str) -> list[Account]:
    """Return the accounts of a channel that are to be used, oldest first."""
    return list(accounts().filter(channel=channel, state=Account.State.ACTIVE))


def arrival(arrival_id: UUID) -> Arrival:
    """Return one arrival with its account; NoSuchArrival."""
    found = Arrival.objects.select_related("account").filter(pk=arrival_id).first()
    if found is None:
        raise NoSuchArrival
    return found


def sent_message(principal: Principal, message_id: UUID) -> Message:
    """Return a message of ours that `principal` may read, with its conversation; NoSuchMessage, NotAllowed."""
    permissions.demand(principal, "conversations.read")
    found = Message.objects.select_related("conversation").filter(pk=message_id).exclude(delivery__in=_NOT_OURS).first()
    if found is None:
        raise NoSuchMessage
    permissions.demand(principal, "conversations.read", found.conversation)
    return found


def calls_of(message: Message, state: str) -> QuerySet[Outgoing]:
    """Return the calls that send a message and are in this state, latest first: found by their order key."""
    order = f"conversation:{message.conversation_id}"
    named = Outgoing.objects.filter(order_key=order, payload__message=str(message.id), kind=KIND, state=state)
    return named.order_by("-position")


def next_try(message: Message) -> tuple[int, datetime | None]:
    """Return how often it was tried to send a message, and when it is tried next, if it is."""
    row = calls_of(message, Outgoing.State.WAITING).first()
    if row is not None:
        return row.attempt, row.due_at
    over = calls_of(message, Outgoing.State.PARKED).first() or calls_of(message, Outgoing.State.DONE).first()
    return (over.attempt if over else 0), None


def opens(row: Account) -> bool:
    """Can its secrets be opened with this installation's keys?"""
    try:
        options.opened(row)
    except secrets.Unopenable:
        return False
    return True


def changed_since(account_id: UUID, version: int) -> list[str]:
    """Return the fields that were changed after a version, in the order of `events.FIELDS`."""
    rows = Event.objects.filter(activity=events.ACCOUNT_CHANGED.name, attributes__account=str(account_id))
    noted = rows.filter(attributes__version__gt=version).values_list("attributes__fields", flat=True)
    changed = {field for fields in noted for field in fields}
    return [field for field in events.FIELDS if field in changed]


def arrivals(account_id: UUID | None, state: str) -> QuerySet[Arrival]:
    """Return what arrived and is in this state, of one account or all, newest first."""
    rows = Arrival.objects.select_related("account").filter(state=state).order_by("-id")
    return rows if account_id is None else rows.filter(account=account_id)
