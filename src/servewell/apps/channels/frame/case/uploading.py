"""May somebody with a link send so large a body? Asked, and counted, before it is taken in."""

import re

from django.http import HttpRequest

from servewell.apps.base import attachments, settings
from servewell.apps.base.errors import AttachmentTooLarge
from servewell.apps.channels.frame.case import asking

_UPLOAD = re.compile(r"/api/v1/channels/case/([^/]{1,100})/files")
_FORM = 2**16  # bytes that the form around a file may take


def is_upload(path: str) -> bool:
    """Is this where customers send files from their page?"""
    return _UPLOAD.fullmatch(path) is not None


def admit(request: HttpRequest) -> None:
    """Let whoever knows a link send what the house takes, and count the file.

    NoSuchLink, LinkRevoked, LinkExpired, TooFast, AttachmentTooLarge, which a body without a length is.
    """
    found = _UPLOAD.fullmatch(request.path)
    bound, _ = asking.opened(request, found[1] if found else "")
    megabytes = settings.get(attachments.MEGABYTES.name)
    length = request.headers.get("Content-Length", "")
    if not length.isascii() or not length.isdigit() or int(length) > megabytes * 2**20 + _FORM:
        raise AttachmentTooLarge(megabytes=megabytes)
    asking.hold_file(request, bound)
