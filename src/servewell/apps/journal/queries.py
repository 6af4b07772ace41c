"""What does the journal know?"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from django.db.models import Q, QuerySet

from servewell.apps.base import ids
from servewell.apps.journal import lake
from servewell.apps.journal.models import Access, Event

OVERLAP = timedelta(seconds=30)  # a transaction that took so long may commit an id that is older than the last one seen
MOST = 1000


def of_conversation(conversation: UUID) -> QuerySet[Event]:
    """Return a conversation's events in their order."""
    return Event.objects.filter(conversation=conversation).order_by("seq")


def since(last: UUID, *, most: int = MOST) -> list[Event]:
    """Return up to `most` + 1 events recorded since 30 s before the event with id `last`, oldest first.

    Ids sort by the time they were made, not by commit: hence the 30 s, and the asker drops what it knows. One more
    than `most` tells that there are too many, and that asking anew is better.
    """
    made = datetime.fromtimestamp((last.int >> 80) / 1000, UTC)
    return list(Event.objects.filter(id__gte=ids.first_at(made - OVERLAP)).order_by("id")[: most + 1])


def as_message(event: Event) -> dict[str, Any]:
    """Return an event in the form the trigger's NOTIFY has."""
    return {
        "id": str(event.id),
        "seq": event.seq,
        "conversation": str(event.conversation) if event.conversation else None,
        "team": str(event.team) if event.team else None,
        "activity": event.element or event.activity,
        "occurred_at": event.occurred_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
    }


def export_rows(first: datetime | None = None, before: datetime | None = None) -> Iterator[pa.RecordBatch]:
    """Yield every event with a conversation as Arrow batches with the lake's columns (`arrow.SCHEMA`).

    From `first` on, before `before`, both by `occurred_at`; lake and tail of one snapshot. Batches are in the order
    of months, a conversation's events in their order within each month.
    """
    snapshot = lake.read()
    for file in snapshot.files:
        with pq.ParquetFile(file) as parquet:
            for batch in parquet.iter_batches():
                yield from _within(batch, first, before)
    order = [("conversation", "ascending"), ("seq", "ascending")]
    for batch in snapshot.tail.sort_by(order).to_batches(max_chunksize=65_536):
        yield from _within(batch, first, before)


def accesses(
    *,
    actor: UUID | None = None,
    subject: UUID | None = None,
    kind: str | None = None,
    since: datetime | None = None,
    before: datetime | None = None,
    after: tuple[datetime, UUID] | None = None,
) -> QuerySet[Access]:
    """Return who read personal data, newest first: by whom, of whom, of which kind, when; what is None limits nothing.

    `after` is time and id of the last one of the page before.
    """
    exact = {"actor": actor, "subject": subject, "subject_kind": kind, "at__gte": since, "at__lt": before}
    rows = Access.objects.filter(**{name: value for name, value in exact.items() if value is not None})
    if after is not None:
        at, id_ = after
        rows = rows.filter(Q(at__lt=at) | Q(at=at, id__lt=id_), at__lte=at)
    return rows.order_by("-at", "-id")


def _within(batch: pa.RecordBatch, first: datetime | None, before: datetime | None) -> Iterator[pa.RecordBatch]:
    at = batch.column("occurred_at")
    wanted = pc.is_valid(batch.column("conversation"))
    if first is not None:
        wanted = pc.and_(wanted, pc.greater_equal(at, pa.scalar(first, at.type)))
    if before is not None:
        wanted = pc.and_(wanted, pc.less(at, pa.scalar(before, at.type)))
    kept = batch.filter(wanted)
    if kept.num_rows:
        yield kept
