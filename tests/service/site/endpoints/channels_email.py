"""Who wrote a mail to whom, and to whom an answer goes."""

from typing import Any
from uuid import UUID

from tests.service.site.endpoints import Whose
from tests.service.site.endpoints.conversations import said

from servewell.apps.base import ids
from servewell.apps.channels.email.models import Envelope

ENDPOINTS = [
    ("GET", "/channels/email/conversations/{conversation}/recipients", "conversations.read", None),
    ("GET", "/channels/email/messages/{mailed}/envelope", "conversations.read", None),
]


def mailed(whose: Whose, made: dict[str, Any]) -> UUID:
    """Return a message that came by mail."""
    message = said(whose, made)
    Envelope.objects.create(message_id=message, account=ids.new(), sender="wang@example.com")
    return message


MAKERS = {"mailed": mailed}
