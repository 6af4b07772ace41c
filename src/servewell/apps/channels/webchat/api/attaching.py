"""Files of a visitor: sent before the message that carries them, and fetched by a link that opens one file."""

from typing import Any, BinaryIO, cast
from uuid import UUID

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from ninja import File, Query, Router, Schema, Status
from ninja.files import UploadedFile

from servewell.apps.base import attachments, media
from servewell.apps.base.models import Attachment
from servewell.apps.channels.frame.models import Account
from servewell.apps.channels.webchat import links, sites, uploading
from servewell.apps.channels.webchat.api import asking, shown
from servewell.apps.channels.webchat.api.shapes import ChatFile
from servewell.apps.channels.webchat.errors import FileTooLarge, FileUnfit, NoSuchFile
from servewell.apps.conversations.attachments import serving

router = Router(auth=asking.VisitorAuth())


class LinkIn(Schema):
    """What the link says."""

    visitor: UUID
    until: int
    key: str


@router.post("/{uuid:site}/files", response={201: ChatFile})
def send_file(request: HttpRequest, site: UUID, file: File[UploadedFile]) -> Status[dict[str, Any]]:
    """Send a file, as the field `file` of a form; a message then names its id. Unused, it is forgotten after a day."""
    visitor = asking.visitor_of(request)
    _demand_fit(visitor.account, file)
    if not request.META.get("servewell.admitted"):  # else it was counted before it was taken in
        uploading.count(visitor)
    kept = attachments.upload(cast(BinaryIO, file), file.name or "", file.content_type or "", visitor.id)
    if media.warning(kept.name, kept.media_type) == "program":
        attachments.drop([kept.id])
        raise FileUnfit
    return Status(201, shown.file(kept, visitor))


@router.get("/{uuid:site}/files/{uuid:file}", auth=None, url_name="chat-file")
def fetch_file(request: HttpRequest, site: UUID, file: UUID, link: Query[LinkIn]) -> HttpResponseBase:
    """Answer with a file of a message; the link that the message came with opens it for an hour."""
    if not links.is_good(site, file, link.visitor, link.until, link.key):
        raise NoSuchFile
    row = Attachment.objects.filter(pk=file).first()
    if row is None:
        raise NoSuchFile
    response = serving.answer(request, row)
    response["Cross-Origin-Resource-Policy"] = "cross-origin"  # it is shown in pages of others
    return response


def _demand_fit(account: Account, file: UploadedFile) -> None:
    megabytes = uploading.megabytes_of(account)
    if not sites.option(account, "files"):
        raise FileUnfit
    if (file.size or 0) > megabytes * 2**20:
        raise FileTooLarge(megabytes=megabytes)
