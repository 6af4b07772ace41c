"""How much may a visitor send? A large body is asked for before it is taken in: strangers do not fill the disk."""

import math
import re
from collections.abc import Mapping
from uuid import UUID

from servewell.apps.base import attachments, settings
from servewell.apps.channels.frame.models import Account
from servewell.apps.channels.webchat import sites, tokens, visitors
from servewell.apps.channels.webchat.errors import FileTooLarge, FileUnfit, NoVisitor, TooFast
from servewell.apps.channels.webchat.models import Visitor
from servewell.apps.people import limits

_UPLOAD = re.compile(r"/api/v1/channels/webchat/([0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})/files")
_FORM = 2**16  # bytes that the form around a file may take
_OF_A_NETWORK = 10  # times as many files may come from one network as from one visitor


def is_upload(path: str) -> bool:
    """Is this where visitors send files?"""
    return _UPLOAD.fullmatch(path) is not None


def admit(path: str, headers: Mapping[str, str]) -> None:
    """Let a visitor send what their site takes, and count the file.

    NoVisitor, NoSuchSite, TooFast, FileUnfit where no files are taken, FileTooLarge, which a body without a length is.
    `headers` have their names in lower case.
    """
    found = _UPLOAD.fullmatch(path)
    if found is None:
        raise NoVisitor
    visitor = visitors.by_token(UUID(found[1]), tokens.given(headers.get("authorization", "")))
    megabytes = megabytes_of(visitor.account) if sites.option(visitor.account, "files") else 0
    length = headers.get("content-length", "")
    if not length.isascii() or not length.isdigit() or int(length) > megabytes * 2**20 + _FORM:
        raise FileTooLarge(megabytes=megabytes)
    count(visitor)


def megabytes_of(account: Account) -> int:
    """Return how large a file may be: what the site takes, and never more than the house does."""
    return min(int(sites.option(account, "file_megabytes")), int(settings.get(attachments.MEGABYTES.name)))


def count(visitor: Visitor) -> None:
    """Count a file of a visitor, and of their network; TooFast, FileUnfit."""
    _hold(f"chat:files:{visitor.id}", 1)
    _hold(f"chat:files:{visitor.network or visitor.id}", _OF_A_NETWORK)


def _hold(key: str, times: int) -> None:
    most = settings.get("channels_webchat.files_per_hour") * times
    if not most:
        raise FileUnfit
    wait = limits.take(key, per_minute=most / 60, burst=most)
    if wait:
        raise TooFast(retry_after_s=math.ceil(wait))
