"""Webhooks over HTTP: make, change, try and remove them, and see how their calls went."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema, Status

from servewell.apps.base import cursors, texts
from servewell.apps.base.models import Outgoing
from servewell.apps.journal import events
from servewell.apps.people import permissions
from servewell.apps.people.auth import acting, language_of
from servewell.apps.webhooks import actions, listeners, queries
from servewell.apps.webhooks.models import Attempt, Subscription

router = Router(tags=["webhooks"])
PAGE = 50
LOG, DEAD = "webhooks.deliveries", "webhooks.dead"  # whose cursors these are
Url = Annotated[str, Field(max_length=2000)]
Names = Annotated[list[str], Field(max_length=200)]
Words = Annotated[str, Field(max_length=200)]


class Webhook(Schema):
    """A webhook; its secret is shown only when it is made or rotated."""

    id: UUID
    url: str
    description: str
    events: list[str]  # names; none: all
    content: bool  # whether calls carry the present state of conversation, message and customer
    state: Literal["active", "paused"]
    reason: Literal["", "by_hand", "gone", "failing"]  # why it is paused
    failures: int  # in a row
    failing_since: datetime | None
    delivered_at: datetime | None  # when the last call came through
    old_secret_until: datetime | None  # until then calls are signed with the former secret too
    created_at: datetime
    changed_at: datetime


class WebhookWithCounts(Webhook):
    """A webhook, and what lies in its outbox."""

    waiting: int  # calls, up to 1,000
    dead: int  # calls that were given up, up to 1,000


class MadeWebhook(Webhook):
    """A webhook with its new secret, which is never shown again."""

    secret: str


class Webhooks(Schema):
    """Every webhook, oldest first."""

    items: list[Webhook]


class NewWebhook(Schema):
    """A webhook to make."""

    url: Url
    events: Names = []
    description: Words = ""
    content: bool = False


class WebhookChange(Schema):
    """What is to change; what is left out stays."""

    url: Url | None = None
    events: Names | None = None
    description: Words | None = None
    content: bool | None = None
    state: Literal["active", "paused"] | None = None


class Rotation(Schema):
    """How long calls are signed with the former secret too."""

    overlap_h: Annotated[int, Field(ge=0, le=168)] = 24


class Replay(Schema):
    """One call that was given up, or (null) all of them."""

    delivery: UUID | None = None


class Delivery(Schema):
    """One call that was put into the outbox: look for it in the log."""

    delivery: UUID


class Replayed(Schema):
    """How many calls are tried again."""

    deliveries: int


class Call(Schema):
    """One call that was made."""

    id: UUID
    delivery: UUID  # the same for all tries of one call
    message: UUID  # its `webhook-id`
    event: str
    at: datetime
    number: int  # of the try, from 1
    outcome: Literal["delivered", "gone", "refused", "busy", "failed", "redirected", "unreachable", "forbidden"]
    status: int | None  # HTTP; null when there was no answer
    duration_ms: int
    response: str  # how the answer began, or why there was none


class Calls(Schema):
    """A page of the log, newest first."""

    items: list[Call]
    next: str | None  # cursor


class DeadLetter(Schema):
    """One call that was given up."""

    delivery: UUID
    message: UUID
    event: str
    occurred_at: datetime
    given_up_at: datetime | None
    attempts: int
    reason: str


class DeadLetters(Schema):
    """A page of what was given up, oldest first."""

    items: list[DeadLetter]
    next: str | None  # cursor


class EventName(Schema):
    """An event that a webhook can hear of."""

    name: str
    sentence: str  # what happened, in the person's language


@router.get("", response=Webhooks)
def list_webhooks(request: HttpRequest) -> dict[str, Any]:
    """List every webhook."""
    permissions.demand(acting(request), actions.VERB)
    return {"items": list(Subscription.objects.all())}


@router.post("", response={201: MadeWebhook})
def create_webhook(request: HttpRequest, body: NewWebhook) -> Status[dict[str, Any]]:
    """Make a webhook; its secret is in this answer and in no other."""
    made = actions.create(
        acting(request), body.url, names=body.events, description=body.description, content=body.content
    )
    return Status(201, _with_secret(made))


@router.get("/events", response=list[EventName])
def list_events(request: HttpRequest) -> list[dict[str, str]]:
    """List the events a webhook can hear of."""
    permissions.demand(acting(request), actions.VERB)
    heard, language = set(listeners.heard()), language_of(request)
    known = [type_ for type_ in events.vocabulary() if type_.name in heard]
    return [{"name": type_.name, "sentence": texts.say(type_.text, language)} for type_ in known]


@router.get("/{webhook_id}", response=WebhookWithCounts)
def read_webhook(request: HttpRequest, webhook_id: UUID) -> dict[str, Any]:
    """Return one webhook, and how many of its calls wait or were given up."""
    permissions.demand(acting(request), actions.VERB)
    row = queries.webhook(webhook_id)
    dead = queries.dead_letters(row.id)[:1000].count()
    return {**_columns(row), "waiting": queries.waiting(row.id), "dead": dead}


@router.patch("/{webhook_id}", response=Webhook)
def change_webhook(request: HttpRequest, webhook_id: UUID, body: WebhookChange) -> Subscription:
    """Change a webhook, pause it, or let it go on."""
    return actions.alter(acting(request), webhook_id, body.model_dump(exclude_none=True))


@router.delete("/{webhook_id}", response={204: None})
def remove_webhook(request: HttpRequest, webhook_id: UUID) -> None:
    """Delete a webhook with its log and with the calls that wait or were given up."""
    actions.remove(acting(request), webhook_id)


@router.post("/{webhook_id}/ping", response={202: Delivery})
def ping_webhook(request: HttpRequest, webhook_id: UUID) -> Status[dict[str, Any]]:
    """Make a call of the type `webhook.ping` soon, once; the log tells what came of it."""
    return Status(202, {"delivery": actions.ping(acting(request), webhook_id)})


@router.post("/{webhook_id}/rotate", response=MadeWebhook)
def rotate_secret(request: HttpRequest, webhook_id: UUID, body: Rotation) -> dict[str, Any]:
    """Give a webhook a new secret; for a while calls are signed with both."""
    return _with_secret(actions.rotate(acting(request), webhook_id, body.overlap_h))


@router.get("/{webhook_id}/deliveries", response=Calls)
def list_deliveries(request: HttpRequest, webhook_id: UUID, cursor: str | None = None) -> dict[str, Any]:
    """List the calls that were made, newest first, 50 a page."""
    permissions.demand(acting(request), actions.VERB)
    rows = queries.attempts(queries.webhook(webhook_id).id)
    if cursor:
        rows = rows.filter(id__lt=cursors.decode(cursor, LOG)[0])
    found: list[Attempt] = list(rows[: PAGE + 1])
    more = len(found) > PAGE
    return {"items": found[:PAGE], "next": cursors.encode((found[PAGE - 1].id,), LOG) if more else None}


@router.get("/{webhook_id}/dead-letters", response=DeadLetters)
def list_dead_letters(
    request: HttpRequest, webhook_id: UUID, cursor: Annotated[str | None, Query()] = None
) -> dict[str, Any]:
    """List the calls that were given up, oldest first, 50 a page."""
    permissions.demand(acting(request), actions.VERB)
    rows = queries.dead_letters(queries.webhook(webhook_id).id)
    if cursor:
        rows = rows.filter(position__gt=cursors.decode(cursor, DEAD)[0])
    found = list(rows[: PAGE + 1])
    more = len(found) > PAGE
    return {
        "items": [_dead(row) for row in found[:PAGE]],
        "next": cursors.encode((found[PAGE - 1].position,), DEAD) if more else None,
    }


@router.post("/{webhook_id}/replay", response=Replayed)
def replay_deliveries(request: HttpRequest, webhook_id: UUID, body: Replay) -> dict[str, int]:
    """Try calls again that were given up: one, or all of them; each has the `webhook-id` it had."""
    return {"deliveries": actions.replay(acting(request), webhook_id, body.delivery)}


def _columns(row: Subscription) -> dict[str, Any]:
    return {name: getattr(row, name) for name in Webhook.model_fields}


def _with_secret(made: actions.Made) -> dict[str, Any]:
    return {**_columns(made.subscription), "secret": made.secret}


def _dead(row: Outgoing) -> dict[str, Any]:
    message = row.payload["message"]
    return {
        "delivery": row.id,
        "message": message["id"],
        "event": message["type"],
        "occurred_at": message["occurred_at"],
        "given_up_at": row.settled_at,
        "attempts": row.attempt,
        "reason": row.reason,
    }
