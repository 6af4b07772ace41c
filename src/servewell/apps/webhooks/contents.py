"""What may a call tell beside ids? The present state of what the event is about, read when the call is made.

A part is a function of an event's data that returns JSON, or None when there is nothing (any more). Rooms above those
known here may add their own with `tells`.
"""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db.models import Model

from servewell.apps.conversations.models import PRIORITIES, Conversation, Message
from servewell.apps.customers.models import Customer

Data = dict[str, Any]
Part = Callable[[Data], Any]
_parts: dict[str, Part] = {}
_WORDS = {number: word for word, number in PRIORITIES.items()}


def tells(name: str) -> Callable[[Part], Part]:
    """Register what a call with content carries under `name`."""

    def register(part: Part) -> Part:
        if _parts.get(name, part) is not part:
            raise ValueError(f"the part {name} of webhooks is told twice")
        _parts[name] = part
        return part

    return register


def of(data: Data) -> Data:
    """Return the parts that there are for an event."""
    told = {name: part(data) for name, part in _parts.items()}
    return {name: value for name, value in told.items() if value is not None}


@tells("conversation")
def conversation(data: Data) -> Data | None:
    """Return the conversation's row."""
    row = _found(Conversation, data.get("conversation"))
    return row and {
        "id": str(row.id),
        "number": row.number,
        "subject": row.subject,
        "status": row.status,
        "priority": _WORDS[row.priority],
        "channel": row.channel,
        "language": row.language,
        "team": _text(row.team_id),
        "assignee": _text(row.assignee_id),
        "customer": str(row.customer_id),
        "tags": [str(tag) for tag in row.tags],
        "fields": row.fields,
        "messages": row.messages,
        "created_at": row.created_at.isoformat(),
    }


@tells("message")
def message(data: Data) -> Data | None:
    """Return the message or note the event is about, with its files' names."""
    row = _found(Message, data.get("attributes", {}).get("message"))
    return row and {
        "id": str(row.id),
        "position": row.position,
        "kind": row.kind,
        "author_kind": row.author_kind,
        "author": _text(row.author),
        "text": row.text,
        "html": row.html,
        "created_at": row.created_at.isoformat(),
        "attachments": [_file(file.attachment) for file in row.files.select_related("attachment")],
    }


@tells("customer")
def customer(data: Data) -> Data | None:
    """Return the customer, and what they are known by."""
    row = _found(Customer, data.get("customer"))
    return row and {
        "id": str(row.id),
        "goes_on_as": str(row.root_id),  # after merges
        "name": row.name,
        "tier": row.tier,
        "language": row.language,
        "attributes": row.attributes,
        "identities": [{"kind": one.kind, "source": one.source, "value": one.shown} for one in row.identities.all()],
    }


def _file(row: Any) -> Data:
    return {"id": str(row.id), "name": row.name, "media_type": row.media_type, "size": row.size}


def _found(model: type[Model], id_: Any) -> Any:
    return model._default_manager.filter(pk=id_).first() if id_ else None


def _text(id_: UUID | None) -> str | None:
    return str(id_) if id_ else None
