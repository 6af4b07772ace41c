"""May a visitor send so large a body? Asked before it is taken in: strangers do not fill the disk."""

import re
from collections.abc import Mapping
from uuid import UUID

from servewell.apps.channels.webchat import sites, tokens, visitors
from servewell.apps.channels.webchat.errors import FileTooLarge, NoVisitor

_UPLOAD = re.compile(r"/api/v1/channels/webchat/([0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})/files")
_FORM = 2**16  # bytes that the form around a file may take


def is_upload(path: str) -> bool:
    """Is this where visitors send files?"""
    return _UPLOAD.fullmatch(path) is not None


def admit(path: str, headers: Mapping[str, str]) -> None:
    """Let a visitor send what their site takes; NoVisitor, NoSuchSite, FileTooLarge, which a body without a length is.

    `headers` have their names in lower case.
    """
    found = _UPLOAD.fullmatch(path)
    if found is None:
        raise NoVisitor
    visitor = visitors.by_token(UUID(found[1]), tokens.given(headers.get("authorization", "")))
    megabytes = sites.option(visitor.account, "file_megabytes") if sites.option(visitor.account, "files") else 0
    length = headers.get("content-length", "")
    if not length.isascii() or not length.isdigit() or int(length) > megabytes * 2**20 + _FORM:
        raise FileTooLarge(megabytes=megabytes)
