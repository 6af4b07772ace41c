"""Files over HTTP: send one before the message that carries it; what it is; where it is fetched (`serving.py`)."""

from datetime import datetime
from typing import Any, BinaryIO, Literal, cast
from urllib.parse import quote
from uuid import UUID

from django.http import HttpRequest
from ninja import File, Router, Schema, Status
from ninja.files import UploadedFile

from servewell.apps.base import attachments, media
from servewell.apps.base.models import Attachment
from servewell.apps.conversations.attachments import access
from servewell.apps.people import permissions
from servewell.apps.people.auth import acting

router = Router()


class AttachmentShown(Schema):
    """A file."""

    id: UUID
    name: str
    media_type: str  # what its bytes are, whatever the sender said
    size: int  # bytes
    url: str  # to fetch it; `?inline=1` shows it where `inline` is true
    inline: bool  # may it be shown beside the conversation?
    warning: Literal["", "program", "other"]  # it can be run; it is not what its name says
    created_at: datetime


@router.post("/attachments", response={201: AttachmentShown})
def send_file(request: HttpRequest, file: File[UploadedFile]) -> Status[dict[str, Any]]:
    """Send a file, as the field `file` of a form; a message then names its id. Unused, it is forgotten after a day."""
    principal = acting(request)
    permissions.demand(principal, "conversations.write")
    kept = attachments.upload(cast(BinaryIO, file), file.name or "", file.content_type or "", principal.id)
    return Status(201, shown(kept))


@router.get("/attachments/{attachment_id}", response=AttachmentShown)
def read_file(request: HttpRequest, attachment_id: UUID) -> dict[str, Any]:
    """Tell what a file is; its bytes are at `url`."""
    permissions.demand(acting(request), "conversations.read")
    return shown(access.readable(acting(request), attachment_id))


def shown(row: Attachment) -> dict[str, Any]:
    """Return a file as the API tells it."""
    return {
        "id": row.id,
        "name": row.name,
        "media_type": row.media_type,
        "size": row.size,
        "url": f"/files/{row.id}/{quote(row.name)}",
        "inline": row.media_type in media.INLINE,
        "warning": media.warning(row.name, row.media_type),
        "created_at": row.created_at,
    }
