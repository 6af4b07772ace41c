"""What do we hold about a person? One archive with everything, for them to take away; that it was made is recorded."""

import errno
import json
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import IO, Any
from uuid import UUID

from django.conf import settings
from django.db import transaction

from servewell.apps.base import attachments, clock
from servewell.apps.base.errors import AttachmentGone, NoRoom
from servewell.apps.base.principal import Principal
from servewell.apps.customers import events, holdings, queries
from servewell.apps.customers.actions._shared import locked, note
from servewell.apps.journal.actions import log_access


@dataclass(frozen=True, slots=True)
class Export:
    """An archive (zip): `<room>/<section>.json` for each kind of records, `files/` with attachments."""

    file: IO[bytes]  # at its beginning; whoever closes it removes it
    records: int
    files: int
    absent: int  # files that have a row but no bytes any more; `absent.json` lists them


def export(principal: Principal, customer_id: UUID) -> Export:
    """Put all that is held about a customer, and those merged into them, into an archive on disk.

    No transaction is open while it is written, which may take long; that it was made is recorded in one of its own. Who
    was erased meanwhile is NoSuchCustomer, and the archive is gone. NoSuchCustomer; NoRoom when the disk is full.
    """
    family = queries.family(customer_id)
    file = tempfile.TemporaryFile(dir=settings.DATA)  # noqa: SIM115 - the response closes it
    try:
        made = _write(file, family)
        _record(principal, family[0], made)
    except BaseException as fault:
        file.close()
        if isinstance(fault, OSError) and fault.errno in (errno.ENOSPC, errno.EDQUOT):
            raise NoRoom from fault
        raise
    return made


@transaction.atomic
def _record(principal: Principal, customer_id: UUID, made: Export) -> None:
    customer = locked(customer_id)
    log_access(principal, "customer", customer.id, "customer.export")
    note(principal, events.EXPORTED, customer.id, records=made.records, files=made.files)


def _write(file: IO[bytes], family: list[UUID]) -> Export:
    records = files = 0
    absent: list[str] = []
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        _put(archive, "export.json", {"customer": family[0], "merged": family[1:], "made_at": clock.now()})
        for holder in holdings.all_():
            records += _write_records(archive, holder, family)
            for id_ in holder.files(family):
                found = _write_file(archive, id_)
                files += found
                absent += [] if found else [str(id_)]
        if absent:
            _put(archive, "absent.json", absent)
    file.seek(0)
    return Export(file, records, files, len(absent))


def _write_records(archive: zipfile.ZipFile, holder: holdings.Holder, family: list[UUID]) -> int:
    """Write one list for each section, record by record: a customer of many years may have more than fits in memory."""
    written = 0
    for section, group in groupby(holder.records(family), key=lambda record: record[0]):
        with archive.open(f"{holder.room}/{section}.json", "w", force_zip64=True) as out:
            for text in _pieces(record for _, record in group):
                out.write(text.encode())
                written += text != "\n]\n"
    return written


def _pieces(records: Iterator[dict[str, Any]]) -> Iterator[str]:
    begin = "[\n"
    for record in records:
        yield begin + json.dumps(record, ensure_ascii=False, default=_plain)
        begin = ",\n"
    yield "\n]\n"


def _write_file(archive: zipfile.ZipFile, id_: UUID) -> bool:
    """Put an attachment's bytes into the archive; False when they are gone."""
    try:
        row, source = attachments.open(id_)
    except AttachmentGone:
        return False
    with source, archive.open(f"files/{id_}-{row.name}", "w", force_zip64=True) as out:
        shutil.copyfileobj(source, out)
    return True


def _put(archive: zipfile.ZipFile, name: str, content: Any) -> None:
    archive.writestr(name, json.dumps(content, ensure_ascii=False, default=_plain))


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
