"""What an SMS gateway calls: nobody signs in for it, each call carries its account's secret."""

from tests import build

from servewell.apps.channels.frame.models import Account

ENDPOINTS = [
    ("POST", "/channels/sms/{sms_account}/incoming", "", {"from": "+8613800138000", "text": "Hello"}),
    ("POST", "/channels/sms/{sms_account}/report", "", {"id": "1", "status": "delivered"}),
]


def sms_account(whose, made):
    """Return a number; whoever knows its secret calls for it."""
    return Account.objects.create(channel="sms", name="SMS", team=whose.team or build.team()).id


MAKERS = {"sms_account": sms_account}
