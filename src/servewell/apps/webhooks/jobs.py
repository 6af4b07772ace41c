"""What does the room need done while nobody asks? What was logged or given up long ago is removed, old secrets too."""

from datetime import datetime, timedelta

from procrastinate.contrib.django import app

from servewell.apps.base import clock, settings
from servewell.apps.base.models import Outgoing
from servewell.apps.webhooks.listeners import KIND, PING
from servewell.apps.webhooks.models import Attempt, Subscription
from servewell.apps.webhooks.options import ATTEMPTS_KEPT_DAYS, DEAD_KEPT_DAYS


def tidy() -> int:
    """Remove old lines of the log, what was given up long ago, and pings that failed; return how many.

    Secrets that are good no more go too.
    """
    Subscription.objects.filter(old_secret_until__lte=clock.now()).update(sealed_old_secret="", old_secret_until=None)
    before = _days_ago(ATTEMPTS_KEPT_DAYS.name)
    dead = Outgoing.objects.filter(kind=KIND, state=Outgoing.State.PARKED)
    pings = dead.filter(payload__message__type=PING, settled_at__lt=before)
    old = dead.filter(settled_at__lt=_days_ago(DEAD_KEPT_DAYS.name))
    return sum(rows.delete()[0] for rows in (Attempt.objects.filter(at__lt=before), pings, old))


def _days_ago(setting: str) -> datetime:
    return clock.now() - timedelta(days=settings.get(setting))


@app.periodic(cron="37 3 * * *")  # type: ignore[untyped-decorator]
@app.task(name="webhooks.tidy", queueing_lock="webhooks.tidy")  # type: ignore[untyped-decorator]
def tidy_daily(timestamp: int) -> None:
    """Run `tidy` each night; `timestamp` is procrastinate's."""
    tidy()
