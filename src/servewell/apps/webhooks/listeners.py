"""What is done when something happens below? Whoever wants to hear of it gets a call in the outbox, in its transaction.

With no webhook that wants it, this costs no statement; with some, one each.
"""

from pathlib import Path
from typing import Any
from uuid import UUID

from servewell.apps.base import outbox, statements
from servewell.apps.journal import events
from servewell.apps.journal.events import Event
from servewell.apps.journal.floors import FLOORS
from servewell.apps.journal.listening import Recorded, listens
from servewell.apps.webhooks.wanted import wishes

KIND = "webhooks.call"
_SQL = statements.load(Path(__file__).with_name("statements.sql"))
PING = "webhook.ping"  # the type of a call that tells nothing


def heard() -> list[str]:
    """Return the names of the events that webhooks can hear of: all of lower floors."""
    return [type_.name for type_ in events.vocabulary() if FLOORS[type_.room] < FLOORS["webhooks"]]


@listens(*heard())
def call_who_wants(event: Event, recorded: Recorded) -> None:
    """Put a call for each webhook into the outbox; those about one conversation go to one webhook in their order."""
    for subscription in wishes.of(event.name):
        about = event.conversation or event.customer
        order = f"webhook:{subscription}:{about}" if about else ""
        payload = {"subscription": str(subscription), "message": message(event, recorded)}
        outbox.put(KIND, payload, key=f"{subscription}:{recorded.id}", order_key=order)


@listens("customer.erased")
def forget_customer(event: Event, recorded: Recorded) -> None:
    """Take an erased customer's id out of the calls that wait or were given up; blank what was answered about them.

    A receiver may have repeated in its answer what it was told.
    """
    values = {"kind": KIND, "customer": str(event.customer)}
    statements.run(_SQL["blank_answers"], values)
    statements.run(_SQL["forget_customer"], values)


def message(event: Event, recorded: Recorded) -> dict[str, Any]:
    """Return an event as webhooks tell it: ids, numbers and codes; fields that do not apply are left out."""
    fields = {
        "conversation": event.conversation,
        "number": recorded.seq,
        "customer": event.customer,
        "actor": {"kind": event.actor.kind, "id": _plain(event.actor.id)},
        "team": event.team,
        "channel": event.channel,
        "contact_type": event.contact_type,
        "sentiment": event.sentiment,
        "flow": event.flow,
        "version": event.version,
        "element": event.element,
        "amount": event.amount,
        "lifecycle": event.lifecycle,
        "attributes": {name: _plain(value) for name, value in event.attributes.items()},
    }
    return {
        "id": str(recorded.id),
        "type": event.name,
        "occurred_at": recorded.occurred_at.isoformat().replace("+00:00", "Z"),
        "data": {name: _plain(value) for name, value in fields.items() if value is not None},
    }


def _plain(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return str(value) if isinstance(value, UUID) else value
