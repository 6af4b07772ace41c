"""What is there to know of webhooks?"""

from uuid import UUID

from django.db.models import QuerySet
from django.db.models.fields.json import KT

from servewell.apps.base.models import Outgoing
from servewell.apps.webhooks.errors import NoSuchWebhook
from servewell.apps.webhooks.listeners import KIND, PING
from servewell.apps.webhooks.models import Attempt, Subscription


def webhook(webhook_id: UUID) -> Subscription:
    """Return one webhook; NoSuchWebhook."""
    found = Subscription.objects.filter(pk=webhook_id).first()
    if found is None:
        raise NoSuchWebhook
    return found


def locked(webhook_id: UUID) -> Subscription:
    """Return one webhook, locked until the transaction ends; NoSuchWebhook."""
    found = Subscription.objects.select_for_update().filter(pk=webhook_id).first()
    if found is None:
        raise NoSuchWebhook
    return found


def attempts(webhook_id: UUID) -> QuerySet[Attempt]:
    """Return the calls that were made, newest first."""
    return Attempt.objects.filter(subscription_id=webhook_id)


def unsettled(webhook_id: UUID) -> QuerySet[Outgoing]:
    """Return the calls that wait or were given up, oldest first."""
    rows = Outgoing.objects.annotate(whose=KT("payload__subscription"))  # as the index of the migrations has it
    return rows.filter(kind=KIND, whose=str(webhook_id)).exclude(state=Outgoing.State.DONE).order_by("position")


def dead_letters(webhook_id: UUID) -> QuerySet[Outgoing]:
    """Return the calls that were given up, oldest first; pings are not kept."""
    rows = unsettled(webhook_id).filter(state=Outgoing.State.PARKED)
    return rows.exclude(payload__message__type=PING)


def waiting(webhook_id: UUID) -> int:
    """Return how many calls wait, up to 1,000."""
    return unsettled(webhook_id).filter(state=Outgoing.State.WAITING)[:1000].count()
