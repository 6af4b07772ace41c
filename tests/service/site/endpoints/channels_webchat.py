"""The chat, as its widget speaks: visitors have a token of their own, and nobody signs in."""

from tests import build

from servewell.apps.channels.frame.models import Account

SITE = "/channels/webchat/{site}"
ENDPOINTS = [
    ("POST", f"{SITE}/visitors", "", {}),
    ("DELETE", f"{SITE}/visitors/me", "", None),
    ("GET", f"{SITE}/state", "", None),
    ("GET", f"{SITE}/messages", "", None),
    ("POST", f"{SITE}/messages", "", {"client_id": "018f0000-0000-7000-8000-000000000001", "text": "Hello"}),
]


def site(whose, made):
    """Return a chat; every team's and nobody's pages may hold it."""
    return Account.objects.create(channel="webchat", name="Shop", team=whose.team or build.team()).id


MAKERS = {"site": site}
