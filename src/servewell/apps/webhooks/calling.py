"""How does a call get from the outbox to its receiver? Claimed, made outside any transaction, and settled.

What failed comes back by the outbox's back-off (5 s doubled, at most 4 h, less up to half by lot, for about a day);
then it is given up and can be replayed. While a webhook fails, its other calls wait without being tried; one that has
failed for days, or answered 410, is paused.
"""

import random
from datetime import timedelta
from functools import partial

from servewell.apps.base import clock, outbox, settings
from servewell.apps.base.errors import NotNow, OutsideFailure
from servewell.apps.base.outbox import OutboxItem
from servewell.apps.webhooks import actions, contents, sending
from servewell.apps.webhooks.listeners import KIND, PING
from servewell.apps.webhooks.models import Subscription
from servewell.apps.webhooks.options import TIMEOUT_S
from servewell.apps.webhooks.sending import Outcome

_LEASE_S = 60.0  # well above the longest timeout


@outbox.handler(KIND, lease_s=_LEASE_S)
def make(item: OutboxItem) -> outbox.Settle | None:
    """Make one call; OutsideFailure when it did not come through, NotNow while its webhook fails."""
    subscription = Subscription.objects.filter(pk=item.payload["subscription"]).first()
    if subscription is None:
        return None  # removed meanwhile: nobody waits for it
    message, is_ping = item.payload["message"], item.payload["message"]["type"] == PING
    if not is_ping:
        _demand_ready(subscription)
    content = contents.of(message["data"]) if subscription.content else {}
    told = {**message, "content": content} if subscription.content else message
    result = sending.call(subscription, told, settings.get(TIMEOUT_S.name))
    if result.outcome is Outcome.DELIVERED:
        return partial(actions.note_success, subscription, item, result, told=bool(content))
    actions.note_failure(subscription, item, result)
    why = f"{result.outcome} {result.status or ''}".strip()
    raise OutsideFailure(why, permanent=result.is_final or is_ping, wait=result.wait)


def _demand_ready(subscription: Subscription) -> None:
    if subscription.is_paused:
        raise OutsideFailure("paused", permanent=True)
    if subscription.try_at is not None and subscription.try_at > clock.now():
        raise NotNow(subscription.try_at + timedelta(seconds=random.random()))  # noqa: S311 - no secret: a lot
