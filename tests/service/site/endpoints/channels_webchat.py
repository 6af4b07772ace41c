"""The chat, as its widget speaks: visitors have a token of their own, and nobody signs in."""

from tests import build

from servewell.apps.channels.frame.models import Account
from servewell.apps.conversations import actions

SITE = "/channels/webchat/{site}"
UNKNOWN = "018f0000-0000-7000-8000-000000000001"
ENDPOINTS = [
    ("GET", f"{SITE}/config", "", None),
    ("POST", f"{SITE}/visitors", "", {}),
    ("DELETE", f"{SITE}/visitors/me", "", None),
    ("GET", f"{SITE}/state", "", None),
    ("GET", f"{SITE}/messages", "", None),
    ("POST", f"{SITE}/messages", "", {"client_id": UNKNOWN, "text": "Hello"}),
    ("POST", f"{SITE}/files", "", "a file"),
    ("GET", f"{SITE}/files/{{chat_file}}", "", None),
    ("POST", f"{SITE}/typing", "", {"state": "typing"}),
    ("POST", f"{SITE}/read", "", {"conversation": UNKNOWN, "position": 1}),
    ("POST", f"{SITE}/end", "", None),
    ("POST", f"{SITE}/transcript", "", {"email": "wang@example.com"}),
    ("GET", f"{SITE}/conversations", "", None),
    ("GET", f"{SITE}/conversations/{{chat_conversation}}/messages", "", None),
]


def site(whose, made):
    """Return a chat; every team's and nobody's pages may hold it."""
    return Account.objects.create(channel="webchat", name="Shop", team=whose.team or build.team()).id


def chat_file(whose, made):
    """Return a file, which nobody has a link to."""
    return build.attachment().id


def chat_conversation(whose, made):
    """Return a conversation, which no visitor began."""
    from servewell.apps.base.principal import SYSTEM

    return actions.receive(SYSTEM, build.inbound("Hello", channel="chat", source="elsewhere")).conversation_id


MAKERS = {"site": site, "chat_file": chat_file, "chat_conversation": chat_conversation}
