"""What does the room need done while nobody asks? Sessions that are over and full buckets are removed."""

from django.contrib.sessions.models import Session
from procrastinate.contrib.django import app

from servewell.apps.base import clock
from servewell.apps.people import limits


def tidy() -> None:
    """Remove what opens nothing and limits nobody any more."""
    limits.forget_old()
    Session.objects.filter(expire_date__lt=clock.now()).delete()


@app.periodic(cron="41 * * * *")  # type: ignore[untyped-decorator]
@app.task(name="people.tidy", queueing_lock="people.tidy")  # type: ignore[untyped-decorator]
def tidy_hourly(timestamp: int) -> None:
    """Run `tidy` each hour; `timestamp` is procrastinate's."""
    tidy()
