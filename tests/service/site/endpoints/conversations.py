"""Conversations: lists, one of them, what is written in it and what is done with it."""

from typing import Any
from uuid import UUID

from tests import build
from tests.service.site.endpoints import NO_ONE, Whose

from servewell.apps.base.principal import SYSTEM
from servewell.apps.conversations import actions
from servewell.apps.conversations.models import (
    Bulk,
    CannedReply,
    Conversation,
    Link,
    Message,
    MessageAttachment,
    SavedView,
)
from servewell.apps.customers import actions as customers

ONE = "/conversations/{conversation}"
WORDS = {"text": "Hello"}
FIELD = {"key": "order", "names": {"zh-Hans": "订单", "en": "Order"}, "kind": "text"}
CANNED = {"title": "Greeting", "shortcut": "/hi", "texts": {"en": "Hello {{customer.name}}"}}
ENDPOINTS = [
    ("GET", "/conversations", "conversations.read", None),
    ("GET", "/conversations/counts", "conversations.read", None),
    ("GET", "/conversations/views", "conversations.read", None),
    ("POST", "/conversations/views", "conversations.read", {"name": "Mine"}),
    ("PATCH", "/conversations/views/{view}", "conversations.read@own", {"name": "Ours"}),
    ("DELETE", "/conversations/views/{view}", "conversations.read@own", None),
    ("GET", "/conversations/search", "conversations.read", None),
    ("POST", "/conversations/bulk", "conversations.write", {"conversations": [], "change": {"priority": "high"}}),
    ("POST", "/conversations/bulk/{bulk}/undo", "conversations.write@own", None),
    ("POST", "/conversations/attachments", "conversations.write", "a file"),
    ("GET", "/conversations/attachments/{attachment}", "conversations.read", None),
    ("GET", "/conversations/canned", "conversations.read", None),
    ("GET", "/conversations/canned/variables", "conversations.read", None),
    ("POST", "/conversations/canned", "conversations.write", CANNED),
    ("PATCH", "/conversations/canned/{canned}", "conversations.write@own", {"title": "Greeting"}),
    ("DELETE", "/conversations/canned/{canned}", "conversations.write@own", None),
    (
        "POST",
        "/conversations/canned/{shared_canned}/render",
        "conversations.write",
        {"conversation": "{conversation}"},
    ),
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
    ("PUT", f"{ONE}/classification", "conversations.write", {"contact_type": "complaint"}),
    ("POST", f"{ONE}/merge", "conversations.write", {"into": "{another}"}),
    ("POST", f"{ONE}/unmerge", "conversations.write", None),
    ("POST", f"{ONE}/split", "conversations.write", {"messages": ["{message}"]}),
    ("GET", f"{ONE}/links", "conversations.read", None),
    ("POST", f"{ONE}/links", "conversations.write", {"other": "{another}"}),
    ("DELETE", f"{ONE}/links/{{link}}", "conversations.write", None),
    ("PUT", f"{ONE}/following", "conversations.read", None),
    ("DELETE", f"{ONE}/following", "conversations.read", None),
    ("PUT", f"{ONE}/followers/{NO_ONE}", "conversations.write", None),
    ("DELETE", f"{ONE}/followers/{NO_ONE}", "conversations.write", None),
    ("PUT", f"{ONE}/looking", "conversations.read", {"state": "typing"}),
    ("DELETE", f"{ONE}/looking", "conversations.read", None),
    ("PUT", f"{ONE}/read", "conversations.read", {"position": 1}),
    ("GET", "/conversations/tags", "conversations.read", None),
    ("POST", "/conversations/tags", "conversations.configure", {"name": "Refund"}),
    ("PATCH", f"/conversations/tags/{NO_ONE}", "conversations.configure", {"colour": "red"}),
    ("GET", "/conversations/fields", "conversations.read", None),
    ("POST", "/conversations/fields", "conversations.configure", FIELD),
    ("PATCH", f"/conversations/fields/{NO_ONE}", "conversations.configure", {"position": 2}),
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


def bulk(whose: Whose, made: dict[str, Any]) -> UUID | None:
    """What somebody changed in one go."""
    if whose.owner is None:
        return None
    return Bulk.objects.create(owner_id=whose.owner.id, change={}, before={}).id


def attachment(whose: Whose, made: dict[str, Any]) -> UUID:
    """A file that a message of such a conversation carries."""
    file = build.attachment()
    said = Message.objects.get(conversation=conversation(whose, made), position=1)
    MessageAttachment.objects.create(message=said, attachment=file)
    return file.id


def said(whose: Whose, made: dict[str, Any]) -> UUID:
    """A message of such a conversation."""
    return Message.objects.get(conversation=conversation(whose, made), position=1).id


def message(whose: Whose, made: dict[str, Any]) -> UUID:
    """The first of two of the conversation."""
    actions.receive(SYSTEM, build.inbound("And where is it now?", conversation=made["conversation"]))
    return Message.objects.get(conversation=made["conversation"], position=1).id


def link(whose: Whose, made: dict[str, Any]) -> UUID:
    """What the conversation has to do with another of them."""
    return Link.objects.create(one_id=made["conversation"], other_id=conversation(whose, made)).id


def canned(whose: Whose, made: dict[str, Any]) -> UUID | None:
    """Somebody's own canned reply."""
    if whose.owner is None:
        return None
    shortcut = f"hi{CannedReply.objects.count()}"
    return CannedReply.objects.create(title="Hi", shortcut=shortcut, texts={"en": "Hi"}, owner=whose.owner).id


def shared_canned(whose: Whose, made: dict[str, Any]) -> UUID:
    """Everybody's canned reply: it is the conversation that counts."""
    shortcut = f"all{CannedReply.objects.count()}"
    return CannedReply.objects.create(title="Hi", shortcut=shortcut, texts={"en": "Hi"}).id


MAKERS = {
    "canned": canned,
    "shared_canned": shared_canned,
    "attachment": attachment,
    "bulk": bulk,
    "another": conversation,
    "conversation": conversation,
    "customer": customer,
    "link": link,
    "message": message,
    "number": number,
    "said": said,
    "view": view,
}
REFUSALS = {
    *("conversations-no-such-conversation", "conversations-no-such-message", "conversations-no-such-view"),
    "conversations-no-such-canned",
    *("conversations-no-such-link", "conversations-no-such-bulk", "customers-no-such-customer", "base-attachment-gone"),
}
PARTS = {"shared_canned", "link", "message"}
NOWHERE = {"number": 2**40}
