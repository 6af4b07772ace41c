"""What is done when something happens below? Whoever wants to hear of it gets a call in the outbox, in its transaction.

With no webhook that wants it, this costs no statement; with some, one each.
"""

from typing import Any
from uuid import UUID

from servewell.apps.base import outbox
from servewell.apps.journal import events
from servewell.apps.journal.events import Event
from servewell.apps.journal.floors import FLOORS
from servewell.apps.journal.listening import Recorded, listens
from servewell.apps.webhooks.wanted import wishes

KIND = "webhooks.call"
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
