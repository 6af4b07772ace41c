"""What does the room need done while nobody asks? Put-off conversations come back, solved ones close, looks fade."""

from datetime import timedelta

from procrastinate.contrib.django import app

from servewell.apps.base import clock, timers
from servewell.apps.conversations import actions
from servewell.apps.conversations.actions._steps import WAKE
from servewell.apps.conversations.actions.bulk import forget_old
from servewell.apps.conversations.models import Looking

_LOOKS_KEPT = timedelta(hours=1)


@timers.handler(WAKE)
def wake(timer: timers.FiredTimer) -> None:
    """Bring back what was put off until now."""
    actions.wake(timer.subject)


@app.periodic(cron="*/10 * * * *")  # type: ignore[untyped-decorator]
@app.task(name="conversations.tidy", queueing_lock="conversations.tidy")  # type: ignore[untyped-decorator]
def tidy_often(timestamp: int) -> None:
    """Run `tidy` every ten minutes; `timestamp` is procrastinate's."""
    tidy()


def tidy() -> None:
    """Close what was solved long enough ago, and forget who looked an hour ago and what can no longer be undone."""
    actions.close_solved()
    forget_old()
    Looking.objects.filter(seen_at__lt=clock.now() - _LOOKS_KEPT).delete()
