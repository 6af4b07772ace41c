"""What happens in the background? Files become logs; what stands still is tried again; what nobody wants is removed."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import duckdb
import structlog
from django.db import transaction
from django.db.models import F, Q
from procrastinate.contrib.django import app

from servewell.apps.base import clock, timers
from servewell.apps.insight import actions, importing, storage
from servewell.apps.insight.course import Course
from servewell.apps.insight.errors import ImportBroke, Interrupted
from servewell.apps.insight.heart import Heart
from servewell.apps.insight.importing import Imported
from servewell.apps.insight.models import Log, State, Upload
from servewell.engines.mining import Columns, readers
from servewell.engines.mining.errors import MiningError

DEAD_AFTER = timedelta(seconds=30)  # without a beat an import is taken for dead
ATTEMPTS = 3
LEFT_FOR = timedelta(hours=24)  # nothing that lives leaves its files untouched for so long

_log = structlog.get_logger(__name__)


@app.task(name="insight.import_log")  # type: ignore[untyped-decorator]
def import_log(log_id: str) -> None:
    """Import the file of a log that waits for it; nothing happens when another worker is at it."""
    log = claim(UUID(log_id))
    if log is not None:
        bring_in(log)


def claim(log_id: UUID) -> Log | None:
    """Take an import that nobody works on; None when it is gone, done, or somebody does."""
    silent = Q(beat_at=None) | Q(beat_at__lt=clock.now() - DEAD_AFTER)
    waiting = Log.objects.filter(silent, pk=log_id, state=State.IMPORTING)
    with transaction.atomic():  # the row stays locked, so the number read is the one of this claim
        if waiting.update(beat_at=clock.now(), attempts=F("attempts") + 1) == 0:
            return None
        return Log.objects.select_related("upload").get(pk=log_id)


def bring_in(log: Log) -> None:
    """Import a claimed log's file, tell how far it is, and settle how it ended."""
    storage.sweep(str(log.id))
    with storage.drafted(storage.log(log.id), str(log.attempts)) as draft:
        imported = _imported(log, draft)
        if imported is not None and not actions.settle(log, imported, draft):
            _log.info("import came too late", log=str(log.id))


def _imported(log: Log, draft: Path) -> Imported | None:
    """Return what became of the file; None when that is nothing, which the log then says."""
    course = Course()
    heart = Heart(log, course, actions.report)
    try:
        with heart:
            how = readers.Options(**log.reading)
            return importing.bring_in(source_of(log), draft, columns_of(log), course, heart.watch, options=how)
    except MiningError as refused:
        actions.fail(log, refused.code, refused.values)
    except duckdb.InterruptException:
        _log.info("import cancelled", log=str(log.id))
    except Exception:
        _log.exception("import failed", log=str(log.id))
        actions.fail(log, ImportBroke.slug, {})
    return None


def tidy() -> None:
    """Remove what killed processes left lying: files and drafts that belong to nothing, and what was laid aside."""
    before = clock.now() - LEFT_FOR
    left = [path for folder in storage.working_folders() for path in storage.older(folder, before)]
    wanted = {str(pk) for rows in (Upload.objects, Log.objects) for pk in rows.values_list("pk", flat=True)}
    for log in Log.objects.filter(state=State.IMPORTING):
        wanted.add(storage.draft(storage.log(log.id), str(log.attempts)).name)
    for path in left:
        if path.name not in wanted:
            storage.remove(path)


@app.periodic(cron="53 3 * * *")  # type: ignore[untyped-decorator]
@app.task(name="insight.tidy", queueing_lock="insight.tidy")  # type: ignore[untyped-decorator]
def tidy_daily(timestamp: int) -> None:
    """Run `tidy` each night; `timestamp` is procrastinate's."""
    tidy()


def source_of(log: Log) -> Path:
    """Return the sent file; one that is gone is refused like any that is not there."""
    return storage.upload(log.upload_id) if log.upload_id else Path(log.name)


def columns_of(log: Log) -> Columns | None:
    """Return the columns a person chose; else None: find out. A zone alone is added to what is found."""
    chosen = log.columns
    if chosen is None:
        guess = readers.guess(source_of(log), readers.Options(**log.reading)) if log.zone else None
        return guess and replace(guess, zone=log.zone)
    return Columns(chosen["case"], tuple(chosen["activity"]), chosen["time"], chosen["resource"], log.zone)


@timers.handler(actions.IMPORT_TIMER)
def look_after(timer: timers.FiredTimer) -> None:
    """Is an import still alive? If not, try again, and after the third time give up.

    The command line's cannot be tried again, for nothing was sent: it is given up at once.
    """
    log = Log.objects.select_for_update().filter(pk=timer.subject, state=State.IMPORTING).first()
    if log is None:
        return
    if log.beat_at is not None and log.beat_at < clock.now() - DEAD_AFTER:
        if log.attempts >= ATTEMPTS or log.upload_id is None:
            actions.fail(log, Interrupted.slug, {})
            return
        actions.defer(log)
    timers.set(actions.IMPORT_TIMER, log.id, clock.now() + actions.LOOK_AFTER)


@timers.handler(actions.UPLOAD_TIMER)
def forget_upload(timer: timers.FiredTimer) -> None:
    """Remove a file nobody imported, unless an import is just at it."""
    upload = Upload.objects.filter(pk=timer.subject).first()
    if upload is None:
        return
    if Log.objects.filter(upload=upload, state=State.IMPORTING).exists():
        timers.set(actions.UPLOAD_TIMER, upload.id, clock.now() + actions.KEPT)
        return
    actions.forget(upload)
