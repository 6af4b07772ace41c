"""What do the shared tables need done while nobody asks? What is over is removed."""

from datetime import timedelta

from procrastinate.contrib.django import app

from servewell.apps.base import attachments, clock, idempotency
from servewell.apps.base.models import Outgoing

_DONE_KEPT = timedelta(days=14)  # calls that were made; parked ones stay until somebody decides


def tidy() -> None:
    """Remove answers nobody can ask for again, calls long made, and files that are part of nothing."""
    idempotency.forget_old()
    Outgoing.objects.filter(state=Outgoing.State.DONE, settled_at__lt=clock.now() - _DONE_KEPT).delete()
    attachments.forget_loose()
    attachments.sweep()


@app.periodic(cron="23 3 * * *")  # type: ignore[untyped-decorator]
@app.task(name="base.tidy", queueing_lock="base.tidy")  # type: ignore[untyped-decorator]
def tidy_daily(timestamp: int) -> None:
    """Run `tidy` each night; `timestamp` is procrastinate's."""
    tidy()
