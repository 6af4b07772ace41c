"""Somebody at a desk of a running installation, for tests of the whole: told what to do by lines of JSON.

    python desk.py      reads {"do": name, ...} a line, answers with one line of JSON

It works by the verbs that pages use too.
"""

import argparse
import json
import sys
from collections.abc import Callable
from typing import Any
from uuid import UUID

from servewell.site.cli import installation


def main() -> None:
    with installation.ready(argparse.Namespace()):
        for line in sys.stdin:
            told = json.loads(line)
            sys.stdout.write(json.dumps(DO[told.pop("do")](**told), default=str) + "\n")
            sys.stdout.flush()


def mailbox(address: str, options: dict[str, Any], password: str) -> Any:
    """Set a mailbox up."""
    from servewell.apps.base import settings
    from servewell.apps.channels.frame import actions

    settings.put(_administrator(), "base.outbound_allowed", ["127.0.0.0/8"])
    given = {"name": address, "address": address, "language": "en", "options": {**options, "password": password}}
    return actions.create(_administrator(), "email", given).id


def reply(conversation: str, text: str) -> Any:
    """Answer a customer."""
    from servewell.apps.conversations import actions

    return actions.reply(_administrator(), UUID(conversation), text=text).id


def messages() -> Any:
    """Tell of all messages, oldest first."""
    from servewell.apps.conversations.models import Message

    rows = Message.objects.select_related("conversation", "conversation__customer").order_by("recorded_at", "id")
    return [
        {
            "id": row.id,
            "conversation": row.conversation_id,
            "number": row.conversation.number,
            "customer": row.conversation.customer.name,
            "author": row.author_kind,
            "text": row.text,
            "html": row.html,
            "name": row.external_id,
            "delivery": row.delivery,
            "code": row.delivery_code,
        }
        for row in rows
    ]


def arrivals() -> Any:
    """Tell of all that arrived, oldest first."""
    from servewell.apps.channels.frame.models import Arrival

    return list(Arrival.objects.order_by("id").values("state", "outcome", "words", "external_id", "size", "account"))


def events(name: str) -> int:
    """Count the events of a name."""
    from servewell.apps.journal.models import Event

    return Event.objects.filter(activity=name).count()


def accounts() -> Any:
    """Tell how the accounts are."""
    from servewell.apps.channels.frame.models import Account

    return list(Account.objects.order_by("id").values("id", "address", "fault", "fault_words", "cursor"))


def bounced(address: str) -> str:
    """Tell why mail does not reach an address."""
    from servewell.apps.customers import queries

    return queries.bounce_of(address)


def _administrator() -> Any:
    from servewell.apps.people.models import User

    user = User.objects.filter(username="boss").first()
    if user is None:
        user = User.objects.create(username="boss", role="administrator", name="Boss", password="!")
    return user.principal()


DO: dict[str, Callable[..., Any]] = {
    do.__name__: do for do in (mailbox, reply, messages, arrivals, events, accounts, bounced)
}

if __name__ == "__main__":
    main()
