"""Where are files kept? Once each, under their SHA-256, in the data folder; a row says what each use is called."""

import errno
import hashlib
import os
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from django.conf import settings

from servewell.apps.base import clock, ids, media
from servewell.apps.base.errors import AttachmentGone, AttachmentTooLarge, NoRoom
from servewell.apps.base.models import Attachment

LIMIT = 25 * 2**20  # bytes
_CHUNK = 2**16
_ORPHANS_KEPT = timedelta(days=1)  # a file without a row may belong to a transaction that has not ended


def store(stream: BinaryIO, name: str, media_type: str, *, limit: int = LIMIT) -> Attachment:
    """Keep what `stream` gives (read in pieces) and return its row.

    AttachmentTooLarge above `limit` bytes, NoRoom on a full disk; nothing half-written stays. `media_type` is only
    a hint: the bytes decide. The same bytes are kept once.
    """
    fresh = _folder("incoming") / ids.new().hex
    try:
        digest, size, head = _written(stream, fresh, limit)
        _place(fresh, path_of(digest))
    except OSError as fault:
        if fault.errno in (errno.ENOSPC, errno.EDQUOT):
            raise NoRoom from fault
        raise
    finally:
        fresh.unlink(missing_ok=True)
    return Attachment.objects.create(
        sha256=digest,
        name=media.safe_name(name),
        media_type=media.sniffed(head, media_type),
        size=size,
        created_at=clock.now(),
    )


def open(id: UUID) -> tuple[Attachment, BinaryIO]:  # noqa: A001, A002 - attachments.open(id)
    """Return an attachment and its bytes (the caller closes them); AttachmentGone if either is missing."""
    try:
        row = Attachment.objects.get(id=id)
        return row, path_of(row.sha256).open("rb")
    except (Attachment.DoesNotExist, FileNotFoundError) as fault:
        raise AttachmentGone from fault


def path_of(sha256: str) -> Path:
    """Return where the bytes with this hash stand."""
    return settings.DATA / "attachments" / sha256[:2] / sha256


def sweep() -> int:
    """Remove files that no row names and that are older than a day; return how many."""
    removed = 0
    before = (clock.now() - _ORPHANS_KEPT).timestamp()
    for file in (settings.DATA / "attachments").glob("*/*"):
        if file.stat().st_mtime < before and not Attachment.objects.filter(sha256=file.name).exists():
            file.unlink(missing_ok=True)
            removed += 1
    return removed


def _written(stream: BinaryIO, fresh: Path, limit: int) -> tuple[str, int, bytes]:
    digest, size, head = hashlib.sha256(), 0, b""
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
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


def _place(fresh: Path, final: Path) -> None:
    _folder(final.parent.name)
    os.utime(fresh)  # counts the day of grace from now, also when the bytes were here before
    fresh.replace(final)


def _folder(name: str) -> Path:
    folder = settings.DATA / "attachments" / name
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder
