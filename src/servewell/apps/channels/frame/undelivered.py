"""Which of our messages did an account not deliver, and why? A list for whoever mends it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest
from ninja import Router, Schema

from servewell.apps.base import cursors
from servewell.apps.base.principal import Principal
from servewell.apps.channels.frame import health, queries
from servewell.apps.conversations.models import Delivery, Message
from servewell.apps.conversations.queries import visible_to
from servewell.apps.people import permissions
from servewell.apps.people.auth import acting, language_of

router = Router(tags=["channels"])
READ = "channels.read"
PAGE = 50
LIST = "channels.failed"  # whose cursors these are


class Undelivered(Schema):
    """A message of ours that did not reach the customer."""

    message: UUID
    conversation: UUID
    number: int  # of the conversation
    at: datetime  # when it was written
    sentence: str  # why, in the reader's language
    words: str  # the same in words of the other side


class UndeliveredPage(Schema):
    """A page of messages that failed, newest first."""

    items: list[Undelivered]
    next: str | None  # cursor


@router.get("/accounts/{account_id}/failed", response=UndeliveredPage)
def list_failed(request: HttpRequest, account_id: UUID, cursor: str | None = None) -> dict[str, Any]:
    """List the messages that an account could not deliver, of conversations one may read, newest first, 50 a page."""
    principal = acting(request)
    permissions.demand(principal, READ)
    rows = failed(principal, queries.account(account_id).id)
    if cursor:
        rows = rows.filter(id__lt=cursors.decode(cursor, LIST)[0])
    found = list(rows[: PAGE + 1])
    return {
        "items": [_shown(row, language_of(request)) for row in found[:PAGE]],
        "next": cursors.encode((found[PAGE - 1].id,), LIST) if len(found) > PAGE else None,
    }


def failed(principal: Principal, account_id: UUID) -> "QuerySet[Message]":
    """Return the messages that an account could not deliver, with their conversations, newest first."""
    within = visible_to(principal).filter(account=account_id)
    rows = Message.objects.filter(delivery=Delivery.FAILED, conversation__in=within)
    return rows.select_related("conversation").order_by("-id")


def _shown(row: Message, language: str) -> dict[str, Any]:
    return {
        "message": row.id,
        "conversation": row.conversation_id,
        "number": row.conversation.number,
        "at": row.created_at,
        "sentence": health.told(row.delivery_code, language),
        "words": row.delivery_reason,
    }
