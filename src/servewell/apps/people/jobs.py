"""What does the room need done while nobody asks? Silent people go offline, limits pass, what is over is removed."""

from django.contrib.sessions.models import Session
from procrastinate.contrib.django import app

from servewell.apps.base import clock, timers
from servewell.apps.people import actions, limits, lockout
from servewell.apps.people.actions.presence import LIMIT_TIMER


def tidy() -> None:
    """Remove what opens nothing, limits nobody, or is past its retention."""
    limits.forget_old()
    lockout.forget_old()
    Session.objects.filter(expire_date__lt=clock.now()).delete()
    actions.forget_old_sign_ins()


@timers.handler(LIMIT_TIMER)
def flag_overdue(timer: timers.FiredTimer) -> None:
    """The time of somebody's reason is over, unless they have moved on since."""
    actions.find_overdue(timer.subject, timer.due_at)


@app.periodic(cron="41 * * * *")  # type: ignore[untyped-decorator]
@app.task(name="people.tidy", queueing_lock="people.tidy")  # type: ignore[untyped-decorator]
def tidy_hourly(timestamp: int) -> None:
    """Run `tidy` each hour; `timestamp` is procrastinate's."""
    tidy()


@app.periodic(cron="* * * * *")  # type: ignore[untyped-decorator]
@app.task(name="people.lose_silent", queueing_lock="people.lose_silent")  # type: ignore[untyped-decorator]
def lose_silent_each_minute(timestamp: int) -> None:
    """Take offline, each minute, whose screens fell silent; `timestamp` is procrastinate's."""
    actions.lose_silent()
