"""Channels: what there is, accounts, what was set aside, messages sent again."""

from tests import build

from servewell.apps.base.principal import SYSTEM
from servewell.apps.channels.frame.models import Account, Arrival
from servewell.apps.conversations import actions as conversations
from servewell.apps.conversations.models import Conversation

READ, MANAGE = "channels.read", "channels.manage"
ACCOUNT = "/channels/accounts/{channel_account}"
ARRIVAL = "/channels/arrivals/{arrival}"
ENDPOINTS = [
    ("GET", "/channels/kinds", READ, None),
    ("GET", "/channels/accounts", READ, None),
    ("POST", "/channels/accounts", MANAGE, {"channel": "api", "name": "Shop", "address": "shop"}),
    ("GET", ACCOUNT, READ, None),
    ("PATCH", ACCOUNT, MANAGE, {"version": 1, "name": "Other"}),
    ("DELETE", ACCOUNT, MANAGE, None),
    ("POST", f"{ACCOUNT}/pause", MANAGE, None),
    ("POST", f"{ACCOUNT}/resume", MANAGE, None),
    ("POST", f"{ACCOUNT}/check", MANAGE, None),
    ("GET", f"{ACCOUNT}/failed", READ, None),
    ("POST", f"{ACCOUNT}/arrivals/retry", MANAGE, None),
    ("GET", "/channels/arrivals", READ, None),
    ("GET", ARRIVAL, READ, None),
    ("GET", f"{ARRIVAL}/raw", MANAGE, None),
    ("POST", f"{ARRIVAL}/retry", MANAGE, None),
    ("POST", f"{ARRIVAL}/discard", MANAGE, None),
    ("GET", "/channels/messages/{failed_message}", "conversations.read", None),
    ("POST", "/channels/messages/{failed_message}/send", "conversations.write", None),
]
REFUSALS = {"channels-no-such-account", "channels-no-such-arrival", "channels-no-such-message"}


def channel_account(whose, made):
    """Return an account; it belongs to nobody."""
    Account.objects.filter(channel="api", address="walked").delete()
    return Account.objects.create(channel="api", name="Walked", address="walked").id


def arrival(whose, made):
    """Return something that was set aside; it belongs to nobody."""
    account = Account.objects.create(channel="api", name="Set aside")
    raw = build.attachment("arrival", b"as it came")
    return Arrival.objects.create(account=account, raw=raw, size=10, state="aside", outcome="unreadable").id


def failed_message(whose, made):
    """Return a message that did not go out, of a conversation of somebody or of a team."""
    received = conversations.receive(SYSTEM, build.inbound(team=whose.team and whose.team.id))
    if whose.owner is not None:
        Conversation.objects.filter(pk=received.conversation_id).update(assignee=whose.owner)
    message = conversations.reply(SYSTEM, received.conversation_id, text="On its way.")
    conversations.deliver(SYSTEM, message.id, "failed", code="channels.fault.no_account")
    return message.id


MAKERS = {"channel_account": channel_account, "arrival": arrival, "failed_message": failed_message}
