"""How does a call get from the outbox to its receiver? Claimed, made outside any transaction, and settled.

What failed comes back by the outbox's back-off (5 s doubled, at most 4 h, less up to half by lot, for about a day);
then it is given up and can be replayed. While a webhook fails, its other calls wait without being tried; one that has
failed for days, or answered 410, is paused.
"""

import random
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Coalesce

from servewell.apps.base import clock, outbox, settings, waiting
from servewell.apps.base.errors import NotNow, OutsideFailure
from servewell.apps.base.outbox import OutboxItem
from servewell.apps.base.principal import SYSTEM
from servewell.apps.journal.actions import log_access
from servewell.apps.webhooks import actions, contents, sending
from servewell.apps.webhooks.listeners import KIND
from servewell.apps.webhooks.models import Attempt, Subscription
from servewell.apps.webhooks.options import PAUSE_AFTER_DAYS, TIMEOUT_S
from servewell.apps.webhooks.sending import Outcome, Result

PING = "webhook.ping"
_LEASE_S = 60.0  # well above the longest timeout
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 1.0, 300.0  # of a webhook that fails, before its next call
_FEW = 5  # failures in a row, below which no webhook is paused however long ago the first was


@outbox.handler(KIND, lease_s=_LEASE_S)
def make(item: OutboxItem) -> outbox.Settle | None:
    """Make one call; OutsideFailure when it did not come through, NotNow while its webhook fails."""
    subscription = Subscription.objects.filter(pk=item.payload["subscription"]).first()
    if subscription is None:
        return None  # removed meanwhile: nobody waits for it
    message = item.payload["message"]
    if message["type"] != PING:
        _demand_ready(subscription)
    content = contents.of(message["data"]) if subscription.content else {}
    told = {**message, "content": content} if subscription.content else message
    result = sending.call(subscription, told, settings.get(TIMEOUT_S.name))
    if result.outcome is Outcome.DELIVERED:
        return partial(_delivered, subscription, item, result, content)
    _failed(subscription, item, result)
    why = f"{result.outcome} {result.status or ''}".strip()
    raise OutsideFailure(why, permanent=result.is_final or message["type"] == PING, wait=result.wait)


def _demand_ready(subscription: Subscription) -> None:
    if subscription.is_paused:
        raise OutsideFailure("paused", permanent=True)
    if subscription.try_at is not None and subscription.try_at > clock.now():
        raise NotNow(subscription.try_at + timedelta(seconds=random.random()))  # noqa: S311 - no secret: a lot


def _delivered(subscription: Subscription, item: OutboxItem, result: Result, content: dict[str, Any]) -> None:
    """In the settling transaction: the log, the webhook is well, and whose data went out."""
    _log(subscription, item, result)
    well = {"failures": 0, "failing_since": None, "try_at": None, "delivered_at": clock.now()}
    Subscription.objects.filter(pk=subscription.pk).update(**well)
    if content:
        about = item.payload["message"]["data"].get("customer")
        log_access(SYSTEM, "customer", UUID(about) if about else None, "webhook.content")


@transaction.atomic
def _failed(subscription: Subscription, item: OutboxItem, result: Result) -> None:
    _log(subscription, item, result)
    if item.payload["message"]["type"] == PING or result.outcome is Outcome.REFUSED:
        return  # says nothing about other calls
    if result.outcome is Outcome.GONE:
        actions.give_up(subscription.pk, Subscription.Reason.GONE)
        return
    now, failures = clock.now(), subscription.failures + 1
    Subscription.objects.filter(pk=subscription.pk).update(
        failures=F("failures") + 1,
        failing_since=Coalesce(F("failing_since"), Value(now)),
        try_at=now + max(_pause(failures), result.wait),
    )
    since = subscription.failing_since or now
    if failures >= _FEW and now - since >= timedelta(days=settings.get(PAUSE_AFTER_DAYS.name)):
        actions.give_up(subscription.pk, Subscription.Reason.FAILING)


def _pause(failures: int) -> timedelta:
    longest = waiting.doubled(_FIRST_PAUSE_S, failures - 1, _LONGEST_PAUSE_S)
    return timedelta(seconds=longest * (1 - random.random() / 2))  # noqa: S311 - no secret: a lot


def _log(subscription: Subscription, item: OutboxItem, result: Result) -> None:
    Attempt.objects.create(
        subscription=subscription,
        delivery=item.id,
        message=item.payload["message"]["id"],
        event=item.payload["message"]["type"],
        number=item.attempt,
        outcome=result.outcome,
        status=result.status,
        duration_ms=result.duration_ms,
        response=result.response,
    )
