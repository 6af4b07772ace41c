"""Where are files kept? Once each, under their SHA-256, in the data folder; a row says what each use is called.

Nothing outside this module knows of the folder: who wants the bytes asks `open`, so that they can stand elsewhere.
"""

import errno
import hashlib
import os
from collections.abc import Callable, Iterable
from datetime import timedelta
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO
from uuid import UUID

from django.conf import settings as deployment
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from servewell.apps.base import clock, media, settings
from servewell.apps.base.errors import AttachmentEmpty, AttachmentGone, AttachmentTooLarge, NoRoom
from servewell.apps.base.models import Attachment
from servewell.apps.base.shelf import Shelf

LIMIT = 25 * 2**20  # bytes, unless an administrator says otherwise
MEGABYTES = settings.define("base.attachment_megabytes", int, 25, lambda size: 1 <= size <= 4096)
LOOSE_KEPT = timedelta(days=1)  # how long a file that is part of nothing waits to become so
_CHUNK = 2**16
_BATCH = 1000  # hashes looked for in one query
_UNDER_WAY = timedelta(hours=1)  # no transaction that keeps the same bytes lasts so long
_ORPHANS_KEPT = timedelta(days=1)  # a file without a row may belong to a transaction that has not ended

# How a room says which files are part of something of its own: a query of attachment ids in the column `attachment_id`.
Uses = Callable[[], "QuerySet[Any]"]
_uses: list[Uses] = []


def store(
    stream: BinaryIO, name: str, media_type: str, *, limit: int = LIMIT, uploader: UUID | None = None
) -> Attachment:
    """Keep what `stream` gives (read in pieces) and return its row.

    AttachmentTooLarge above `limit` bytes, NoRoom on a full disk; nothing half-written stays. `media_type` is only
    a hint: the bytes decide. The same bytes are kept once.
    """
    made = put_down(stream, name, media_type, limit=limit, uploader=uploader)
    made.save(force_insert=True)
    return made


def put_down(
    stream: BinaryIO, name: str, media_type: str, *, limit: int = LIMIT, uploader: UUID | None = None
) -> Attachment:
    """As `store`, but the row is the caller's to insert, in a statement of its own; until then nothing names it."""
    try:
        with _shelf().fresh() as (path, file):
            digest, size, head = _written(stream, file, limit)
            _shelf().keep(path, digest)
    except OSError as fault:
        if fault.errno in (errno.ENOSPC, errno.EDQUOT):
            raise NoRoom from fault
        raise
    return Attachment(
        sha256=digest,
        name=media.safe_name(name),
        media_type=media.sniffed(head, media_type),
        size=size,
        uploader=uploader,
        created_at=clock.now(),
    )


def upload(stream: BinaryIO, name: str, media_type: str, uploader: UUID | None) -> Attachment:
    """Keep what a person or a program sends, within the house's limit; AttachmentEmpty, AttachmentTooLarge, NoRoom.

    What does not become part of something within a day is forgotten.
    """
    limit = settings.get(MEGABYTES.name) * 2**20
    kept = store(stream, name, media_type, limit=limit, uploader=uploader)
    if not kept.size:
        drop([kept.id])
        raise AttachmentEmpty(name=kept.name)
    return kept


def row(id: UUID) -> Attachment:  # noqa: A002 - attachments.row(id)
    """Return what is known of a file; AttachmentGone."""
    found = Attachment.objects.filter(id=id).first()
    if found is None:
        raise AttachmentGone
    return found


def open(id: UUID) -> tuple[Attachment, BinaryIO]:  # noqa: A001, A002 - attachments.open(id)
    """Return an attachment and its bytes (the caller closes them); AttachmentGone if either is missing."""
    found = row(id)
    return found, stream(found.sha256)


def stream(sha256: str) -> BinaryIO:
    """Return the bytes of this hash (the caller closes them), where the row is known; AttachmentGone."""
    try:
        return _shelf().open(sha256)
    except FileNotFoundError as fault:
        raise AttachmentGone from fault


def used_by(uses: Uses) -> Uses:
    """Let a room say which files it uses: those are not forgotten, and not dropped."""
    if uses not in _uses:
        _uses.append(uses)
    return uses


def loose() -> "QuerySet[Attachment]":
    """Return the files that are part of nothing."""
    rows = Attachment.objects.all()
    for uses in _uses:
        rows = rows.filter(~Exists(uses().filter(attachment_id=OuterRef("pk"))))
    return rows


def drop(wanted: Iterable[UUID]) -> int:
    """Forget those of the files that are part of nothing (any more), and their bytes at the commit; return how many.

    For erasure: delete what used them first. Bytes that came within the last hour go with the next `sweep`.
    """
    ids = list(wanted)
    with transaction.atomic():
        list(
            Attachment.objects.select_for_update().filter(id__in=ids).order_by("id")
        )  # whoever attaches one ends first
        gone = list(loose().filter(id__in=ids).values_list("id", "sha256"))
        Attachment.objects.filter(id__in=[id_ for id_, _ in gone]).delete()
        transaction.on_commit(partial(_remove_unnamed, {sha256 for _, sha256 in gone}, _UNDER_WAY))
    return len(gone)


def forget_loose() -> int:
    """Forget the files that became part of nothing within a day; return how many."""
    return drop(loose().filter(created_at__lt=clock.now() - LOOSE_KEPT).values_list("id", flat=True))


def path_of(sha256: str) -> Path:
    """Return where the bytes with this hash stand."""
    return _shelf().path_of(sha256)


def sweep() -> int:
    """Remove files that no row names and that are older than a day; return how many."""
    return _remove_unnamed(_shelf().old(_ORPHANS_KEPT), _ORPHANS_KEPT)


def _remove_unnamed(hashes: Iterable[str], untouched: timedelta) -> int:
    source, removed = iter(hashes), 0
    while batch := set(islice(source, _BATCH)):
        named = Attachment.objects.filter(sha256__in=batch).values_list("sha256", flat=True)
        removed += sum(_shelf().remove(sha256, untouched=untouched) for sha256 in batch.difference(named))
    return removed


def _written(stream: BinaryIO, file: BinaryIO, limit: int) -> tuple[str, int, bytes]:
    digest, size, head = hashlib.sha256(), 0, b""
    while piece := stream.read(_CHUNK):
        size += len(piece)
        if size > limit:
            raise AttachmentTooLarge(megabytes=limit // 2**20)
        head += piece[: media.HEAD - len(head)] if len(head) < media.HEAD else b""
        digest.update(piece)
        file.write(piece)
    file.flush()
    os.fsync(file.fileno())
    return digest.hexdigest(), size, head


def _shelf() -> Shelf:
    return Shelf(deployment.DATA / "attachments")
