"""What does the room need done while nobody asks? What was logged long ago is removed."""

from datetime import timedelta

from procrastinate.contrib.django import app

from servewell.apps.base import clock, settings
from servewell.apps.base.models import Outgoing
from servewell.apps.webhooks.listeners import KIND, PING
from servewell.apps.webhooks.models import Attempt
from servewell.apps.webhooks.options import ATTEMPTS_KEPT_DAYS


def tidy() -> int:
    """Remove old lines of the log, and pings that failed; return how many."""
    before = clock.now() - timedelta(days=settings.get(ATTEMPTS_KEPT_DAYS.name))
    pings = Outgoing.objects.filter(kind=KIND, state=Outgoing.State.PARKED, payload__message__type=PING)
    return Attempt.objects.filter(at__lt=before).delete()[0] + pings.filter(settled_at__lt=before).delete()[0]


@app.periodic(cron="37 3 * * *")  # type: ignore[untyped-decorator]
@app.task(name="webhooks.tidy", queueing_lock="webhooks.tidy")  # type: ignore[untyped-decorator]
def tidy_daily(timestamp: int) -> None:
    """Run `tidy` each night; `timestamp` is procrastinate's."""
    tidy()
