"""What can be done with logs? Send a file, make a log of it, delete it."""

import errno
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import available_timezones

import duckdb
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction

from servewell.apps.base import clock, ids, live, settings, timers
from servewell.apps.base.principal import Principal
from servewell.apps.insight import importing, storage
from servewell.apps.insight.course import Course
from servewell.apps.insight.errors import (
    BadLog,
    BadName,
    DiskFull,
    FileTooLarge,
    Interrupted,
    NameTaken,
    NoSuchUpload,
)
from servewell.apps.insight.events import LOG_DELETED, LOG_FAILED, LOG_IMPORTED, LOG_REQUESTED
from servewell.apps.insight.heart import Heart
from servewell.apps.insight.importing import Imported
from servewell.apps.insight.models import Log, State, Upload
from servewell.apps.insight.options import LARGEST_UPLOAD
from servewell.apps.insight.storable import storable
from servewell.apps.journal.actions import record
from servewell.apps.journal.events import Actor, Event
from servewell.apps.people import permissions
from servewell.apps.people.models import User
from servewell.engines.mining import Columns, readers
from servewell.engines.mining.errors import MiningError

IMPORT_TIMER, UPLOAD_TIMER = "insight.import", "insight.upload"
LOOK_AFTER = timedelta(seconds=40)  # between two looks at a running import
KEPT = timedelta(hours=24)  # how long a sent file waits to be imported
LONGEST_NAME = 80
JOURNAL = "journal"  # the name of the log that is always there


@dataclass(frozen=True, slots=True)
class Sent:
    """A file somebody sent, and what it seems to hold."""

    upload: Upload
    inspection: readers.Inspection


def send(principal: Principal, file: "UploadedFile[Any]") -> Sent:
    """Keep a file for an import; FileTooLarge, DiskFull, BadLog when it can never be one, and nothing is kept."""
    permissions.demand(principal, "logs.import")
    limit = settings.get(LARGEST_UPLOAD.name)
    if (file.size or 0) > limit * 2**20:
        raise FileTooLarge(limit_mb=limit)
    upload_id = ids.new()
    path = storage.upload(upload_id)
    try:
        _keep(file, path)
        inspection = _inspected(path, file.name or "")
        upload = _note(principal, upload_id, file, inspection)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return Sent(upload, inspection)


@transaction.atomic
def start_import(  # noqa: PLR0917 - the order of the form
    principal: Principal,
    upload_id: UUID,
    name: str,
    columns: Columns | None,
    zone: str | None,
    reading: dict[str, str] | None = None,
) -> Log:
    """Make a log that a worker fills from a sent file; `reading` holds the `readers.Options` a person named.

    NoSuchUpload, BadName, NameTaken; BadLog for a reading that cannot be meant.
    """
    permissions.demand(principal, "logs.import")
    reading = reading or {}
    _check(reading)
    upload = Upload.objects.select_for_update().filter(pk=upload_id, owner_id=principal.id).first()
    if upload is None or not storage.upload(upload_id).exists():
        raise NoSuchUpload
    if zone and zone not in available_timezones():
        raise BadLog("unknown-zone", zone=zone[:80])
    asked = Log(owner_id=principal.id, upload=upload, columns=_as_json(columns), zone=zone, reading=reading)
    log = _named(asked, name)
    record(Event(LOG_REQUESTED.name, actor=Actor.of(principal), attributes={"log": log.id}))
    defer(log)
    timers.set(IMPORT_TIMER, log.id, clock.now() + LOOK_AFTER)
    return log


def import_file(  # noqa: PLR0917 - the order of the command line
    principal: Principal,
    path: Path,
    name: str | None = None,
    columns: Columns | None = None,
    course: Course | None = None,
    options: readers.Options | None = None,
) -> Log:
    """Make a log of a file on this machine, now, for the command line; what fails leaves nothing behind.

    Without a name it is called like the file, with a number behind where that is taken. `course` can be asked meanwhile
    how far it is. MiningError, BadName, NameTaken; Interrupted when it was deleted or given up meanwhile.
    """
    permissions.demand(principal, "logs.import")
    log, course = _begun(principal, name or free_name(path.name.split(".")[0])), course or Course()
    heart = Heart(log, course, report)
    with _nothing_left(log), storage.drafted(storage.log(log.id), str(log.attempts)) as draft:
        with heart:
            imported = importing.bring_in(path, draft, columns, course, heart.watch, options=options)
        is_settled = settle(log, imported, draft)
    if not is_settled:
        raise Interrupted
    log.refresh_from_db()
    return log


def report(log: Log, progress: dict[str, Any]) -> bool:
    """Say that an import lives and how far it is; False when the log is gone, or another import has taken it over."""
    with transaction.atomic():
        if log.ours().update(progress=progress, beat_at=clock.now()) == 0:
            return False
        live.notify("log", {"id": str(log.id), "state": State.IMPORTING, "progress": progress})
    return True


def settle(log: Log, imported: Imported, draft: Path) -> bool:
    """The draft becomes the log, which is ready; False when the log is gone, or another import has taken it over."""
    facts = imported.facts
    values = {
        **{field: getattr(facts, field) for field in ("events", "cases", "activities", "first_at", "last_at")},
        "columns": storable(imported.columns),
        "zone": imported.zone,
        "set_aside": imported.set_aside,
        "state": State.READY,
        "progress": None,
        "error": None,
    }
    with transaction.atomic():
        if log.ours().update(**values) == 0:
            return False
        storage.appear(draft, storage.log(log.id))  # while the row is locked: nobody else gives or takes this folder
        counts = {"events": facts.events, "cases": facts.cases, "set_aside": imported.set_aside}
        record(Event(LOG_IMPORTED.name, actor=_actor(log), attributes={"log": log.id, **counts}))
        _done(log, State.READY)
    return True


def fail(log: Log, code: str, values: dict[str, Any]) -> None:
    """The log will never be ready; it says why until somebody deletes it. Nothing when another import took it over."""
    shown = {**values, "path": log.upload.file_name} if log.upload and "path" in values else values
    with transaction.atomic():
        failed = {"state": State.FAILED, "progress": None, "error": {"code": code, "values": storable(shown)}}
        if log.ours().update(**failed):
            record(Event(LOG_FAILED.name, actor=_actor(log), attributes={"log": log.id, "reason": code}))
            storage.remove(storage.log(log.id))  # of a settling that was cut off before its commit
            _done(log, State.FAILED)


def delete(principal: Principal, log: Log) -> None:
    """Remove a log and its steps; an import that runs stops within a second."""
    permissions.demand(principal, "logs.delete", log)
    with transaction.atomic():
        if Log.objects.filter(pk=log.id).delete()[0] == 0:
            return
        timers.cancel(IMPORT_TIMER, log.id)
        record(Event(LOG_DELETED.name, actor=Actor.of(principal), attributes={"log": log.id}))
        live.notify("log", {"id": str(log.id), "state": "deleted", "progress": None})
        upload = log.upload
        transaction.on_commit(lambda: storage.remove(storage.log(log.id)))
        if upload is not None:
            forget(upload)


def forget(upload: Upload) -> None:
    """Remove a sent file."""
    with transaction.atomic():
        path = storage.upload(upload.id)
        Upload.objects.filter(pk=upload.id).delete()
        timers.cancel(UPLOAD_TIMER, upload.id)
        transaction.on_commit(lambda: path.unlink(missing_ok=True))


def defer(log: Log) -> None:
    """Hand the import to a worker when this transaction commits."""
    from servewell.apps.insight.jobs import import_log

    import_log.defer(log_id=str(log.id))


def free_name(wish: str) -> str:
    """Return the wish, or the wish with the first number behind it that nobody has."""
    wish = re.sub(r"\s+", " ", wish).strip()[: LONGEST_NAME - 6] or "log"
    taken = {name.lower() for name in Log.objects.filter(name__istartswith=wish).values_list("name", flat=True)}
    taken.add(JOURNAL)
    number, name = 1, wish
    while name.lower() in taken:
        number += 1
        name = f"{wish} ({number})"
    return name


@transaction.atomic
def _begun(principal: Principal, name: str) -> Log:
    """Return a log that this process fills; should it be killed, the timer says so."""
    log = _named(Log(owner_id=principal.id, beat_at=clock.now(), attempts=1), name)
    record(Event(LOG_REQUESTED.name, actor=Actor.of(principal), attributes={"log": log.id}))
    timers.set(IMPORT_TIMER, log.id, clock.now() + LOOK_AFTER)
    return log


@contextmanager
def _nothing_left(log: Log) -> Iterator[None]:
    """Forget the log of an import that fails."""
    try:
        yield
    except duckdb.InterruptException as stopped:  # by the heart, or by Ctrl-C
        _take_back(log)
        raise Interrupted from stopped
    except BaseException:
        _take_back(log)
        raise


@transaction.atomic
def _take_back(log: Log) -> None:
    """Forget a log that did not come to be, unless somebody was told already that it failed."""
    if log.ours().delete()[0]:
        record(Event(LOG_DELETED.name, actor=_actor(log), attributes={"log": log.id}))
        timers.cancel(IMPORT_TIMER, log.id)
        live.notify("log", {"id": str(log.id), "state": "deleted", "progress": None})


def _named(log: Log, name: str) -> Log:
    log.name = name.strip()
    if not 0 < len(log.name) <= LONGEST_NAME or not log.name.isprintable() or log.name.lower() == JOURNAL:
        raise BadName(longest=LONGEST_NAME)
    try:
        with transaction.atomic():
            log.save(force_insert=True)
    except IntegrityError as taken:
        raise NameTaken(name=log.name, free=free_name(log.name)) from taken
    return log


def _check(reading: dict[str, str]) -> None:
    try:
        readers.Options(**reading)  # type: ignore[arg-type]
    except MiningError as refused:
        raise BadLog.of(refused) from refused


def _keep(file: "UploadedFile[Any]", path: Path) -> None:
    """Move what Django has spooled into the data folder; copy what it holds in memory."""
    try:
        spooled = getattr(file, "temporary_file_path", None)
        if spooled is not None:
            Path(spooled()).rename(path)
            return
        with path.open("wb") as target:
            for chunk in file.chunks():
                target.write(chunk)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise DiskFull(megabytes=(file.size or 0) // 2**20 + 1) from error
        raise


def _inspected(path: Path, name: str) -> readers.Inspection:
    try:
        return readers.inspect(path)
    except MiningError as refused:
        values = {**refused.values, "path": name} if "path" in refused.values else refused.values
        raise BadLog(refused.code, **values) from refused


@transaction.atomic
def _note(principal: Principal, upload_id: UUID, file: "UploadedFile[Any]", inspection: readers.Inspection) -> Upload:
    expires_at = clock.now() + KEPT
    timers.set(UPLOAD_TIMER, upload_id, expires_at)
    return Upload.objects.create(
        id=upload_id,
        owner_id=principal.id,
        file_name=(file.name or "")[-255:],
        bytes=file.size or 0,
        format=inspection.format,
        expires_at=expires_at,
    )


def _done(log: Log, state: State) -> None:
    """An import is over: its file and its timer are not needed any more."""
    timers.cancel(IMPORT_TIMER, log.id)
    live.notify("log", {"id": str(log.id), "state": state, "progress": None})
    if log.upload is not None:
        forget(log.upload)


def _actor(log: Log) -> Actor:
    """Return who asked for it: a person, or, as the system, a program under its key's id or the command line."""
    is_person = log.owner_id is not None and User.objects.filter(pk=log.owner_id).exists()
    return Actor("agent" if is_person else "system", log.owner_id)


def _as_json(columns: Columns | None) -> dict[str, Any] | None:
    return None if columns is None else storable(importing.as_json(columns))
