"""Calls to other systems."""

from servewell.apps.webhooks import actions
from servewell.apps.webhooks.models import Subscription

VERB = "webhooks.manage"
HOOK = "/webhooks/{webhook}"
ENDPOINTS = [
    ("GET", "/webhooks", VERB, None),
    ("POST", "/webhooks", VERB, {"url": "https://receiver.example/"}),
    ("GET", "/webhooks/events", VERB, None),
    ("GET", HOOK, VERB, None),
    ("PATCH", HOOK, VERB, {"state": "paused"}),
    ("DELETE", HOOK, VERB, None),
    ("POST", f"{HOOK}/ping", VERB, None),
    ("POST", f"{HOOK}/rotate", VERB, {"overlap_h": 1}),
    ("GET", f"{HOOK}/deliveries", VERB, None),
    ("GET", f"{HOOK}/dead-letters", VERB, None),
    ("POST", f"{HOOK}/replay", VERB, {}),
]
REFUSALS = {"webhooks-no-such-webhook"}


def webhook(whose, made):
    """Return a webhook; it belongs to nobody."""
    Subscription.objects.all().delete()
    return actions.create(whose.boss.principal(), "https://receiver.example/").subscription.id


MAKERS = {"webhook": webhook}
