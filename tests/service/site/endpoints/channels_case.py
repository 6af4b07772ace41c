"""The customer's page: whoever knows the link opens it; whoever may write in a conversation gives and takes links."""

from typing import Any
from uuid import UUID

from tests.service.site.endpoints import NO_ONE, Whose
from tests.service.site.endpoints.conversations import conversation

from servewell.apps.base import settings
from servewell.apps.base.principal import SYSTEM
from servewell.apps.channels.frame import links

CASE = "/channels/case/{token}"
LINK = "/channels/conversations/{linked}/link"
WORDS = {"client_id": "018f0000-0000-7000-8000-000000000001", "text": "Hello"}
ENDPOINTS = [
    ("GET", CASE, "", None),
    ("GET", f"{CASE}/messages", "", None),
    ("POST", f"{CASE}/messages", "", WORDS),
    ("POST", f"{CASE}/files", "", "a file"),
    ("POST", f"{CASE}/solved", "", None),
    ("GET", f"/channels/case/files/{NO_ONE}/label.png", "", None),
    ("POST", LINK, "conversations.write", None),
    ("DELETE", LINK, "conversations.write", None),
]


def linked(whose: Whose, made: dict[str, Any]) -> UUID:
    """One with a message, where links can be made."""
    settings.put(SYSTEM, "channels.public_url", "https://help.example")
    return conversation(whose, made)


def token(whose: Whose, made: dict[str, Any]) -> str:
    """What opens one."""
    return links.token_of(conversation(whose, made))


MAKERS = {"linked": linked, "token": token}
NOWHERE = {"token": "A" * 47}
