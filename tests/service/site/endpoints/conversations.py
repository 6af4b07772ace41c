"""Conversations: lists, one of them, what is written in it and what is done with it."""

from typing import Any
from uuid import UUID

from tests import build
from tests.service.site.endpoints import Whose

from servewell.apps.base.principal import SYSTEM
from servewell.apps.conversations import actions
from servewell.apps.conversations.models import Conversation, SavedView
from servewell.apps.customers import actions as customers

ONE = "/conversations/{conversation}"
WORDS = {"text": "Hello"}
INCOMING = {"channel": "api", "text": "Hello", "identities": [{"kind": "email", "value": "wang@example.com"}]}
ENDPOINTS = [
    ("GET", "/conversations", "conversations.read", None),
    ("GET", "/conversations/counts", "conversations.read", None),
    ("GET", "/conversations/views", "conversations.read", None),
    ("POST", "/conversations/views", "conversations.read", {"name": "Mine"}),
    ("PATCH", "/conversations/views/{view}", "conversations.read@own", {"name": "Ours"}),
    ("DELETE", "/conversations/views/{view}", "conversations.read@own", None),
    ("POST", "/conversations/incoming", "conversations.receive", INCOMING),
    ("POST", "/conversations", "conversations.write+customers.read", {"customer": "{customer}", "channel": "email"}),
    ("GET", "/conversations/by-number/{number}", "conversations.read", None),
    ("GET", ONE, "conversations.read", None),
    ("PATCH", ONE, "conversations.write", {"priority": "high"}),
    ("GET", f"{ONE}/messages", "conversations.read", None),
    ("POST", f"{ONE}/messages", "conversations.write", WORDS),
    ("POST", f"{ONE}/notes", "conversations.write", WORDS),
    ("POST", f"{ONE}/take", "conversations.write", None),
    ("POST", f"{ONE}/assign", "conversations.write", {"assignee": None}),
    ("GET", f"{ONE}/history", "conversations.read", None),
]


def conversation(whose: Whose, made: dict[str, Any]) -> UUID:
    """One with a message, of its assignee or of a team."""
    received = actions.receive(SYSTEM, build.inbound(team=whose.team.id if whose.team else None))
    if whose.owner is not None:
        Conversation.objects.filter(pk=received.conversation_id).update(assignee=whose.owner)
    return received.conversation_id


def number(whose: Whose, made: dict[str, Any]) -> int:
    """The number of such a one."""
    return Conversation.objects.get(pk=conversation(whose, made)).number


def customer(whose: Whose, made: dict[str, Any]) -> UUID | None:
    """Whom a team had contact with; nobody owns a customer."""
    if whose.team is None:
        return None
    met = build.customer()
    customers.meet(SYSTEM, met.id, whose.team.id)
    return met.id


def view(whose: Whose, made: dict[str, Any]) -> UUID | None:
    """Somebody's own list."""
    if whose.owner is None:
        return None
    return SavedView.objects.create(name="A list", owner=whose.owner, filters={}, order="newest").id


MAKERS = {"conversation": conversation, "number": number, "customer": customer, "view": view}
REFUSALS = {
    *("conversations-no-such-conversation", "conversations-no-such-message", "conversations-no-such-view"),
    "customers-no-such-customer",
}
NOWHERE = {"number": 2**40}
