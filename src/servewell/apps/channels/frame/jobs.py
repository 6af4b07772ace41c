"""What does the room need done while nobody asks? What arrived long ago goes, and what is counted no more."""

from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet
from procrastinate.contrib.django import app

from servewell.apps.base import attachments, clock, settings
from servewell.apps.base.models import Outgoing
from servewell.apps.channels.frame import actions, kinds
from servewell.apps.channels.frame.calls import KIND
from servewell.apps.channels.frame.case import actions as case
from servewell.apps.channels.frame.models import Arrival
from servewell.apps.channels.frame.options import RAW_KEPT_DAYS

_KEPT = timedelta(days=365)  # that something arrived, and what became of it; and calls that were given up
_OVER = (Arrival.State.TAKEN, Arrival.State.PASSED, Arrival.State.DISCARDED)
_BATCH = 500


def tidy() -> int:
    """Remove what is past its time; return how much. What waits, or is set aside, stays until it is dealt with."""
    actions.forget_answers()
    case.forget_transcripts()
    own = sum(channel.tidy() for channel in kinds.every() if channel.tidy is not None)
    kept = timedelta(days=settings.get(RAW_KEPT_DAYS.name))
    over = Arrival.objects.filter(state__in=_OVER)
    removed = _drop_raw(over.filter(settled_at__lt=clock.now() - kept).exclude(raw=None))
    removed += _remove(over.filter(settled_at__lt=clock.now() - _KEPT, raw=None))
    parked = Outgoing.objects.filter(kind=KIND, state=Outgoing.State.PARKED)
    return own + removed + parked.filter(settled_at__lt=clock.now() - _KEPT).delete()[0]


def _drop_raw(rows: "QuerySet[Arrival]") -> int:
    """Forget the bytes of these, some hundred in a transaction."""
    count = 0
    while batch := dict(rows.values_list("id", "raw_id")[:_BATCH]):
        with transaction.atomic():
            Arrival.objects.filter(id__in=batch).update(raw=None)
            attachments.drop(raw for raw in batch.values() if raw is not None)
        count += len(batch)
    return count


def _remove(rows: "QuerySet[Arrival]") -> int:
    count = 0
    while batch := list(rows.values_list("id", flat=True)[:_BATCH]):
        count += Arrival.objects.filter(id__in=batch).delete()[0]
    return count


@app.periodic(cron="11 4 * * *")  # type: ignore[untyped-decorator]
@app.task(name="channels.tidy", queueing_lock="channels.tidy")  # type: ignore[untyped-decorator]
def tidy_daily(timestamp: int) -> None:
    """Run `tidy` each night; `timestamp` is procrastinate's."""
    tidy()
