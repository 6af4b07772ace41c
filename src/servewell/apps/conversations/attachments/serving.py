"""How do the bytes of a file get to a browser? As a download from a place where nothing in them can act.

The type is what the bytes are, the browser may not guess another, and the policy shuts what is shown into a sandbox
without scripts, forms, frames or our origin. Only pictures, sound, film and PDF are shown in place, when asked for.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, BinaryIO
from uuid import UUID

from django.core.cache import cache
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from servewell.apps.base import attachments, media
from servewell.apps.base.models import Attachment
from servewell.apps.base.principal import Principal
from servewell.apps.conversations.attachments import access
from servewell.apps.journal.actions import log_access
from servewell.apps.people import permissions
from servewell.apps.people.auth import acting

_RANGE = re.compile(r"bytes=(\d{0,15})-(\d{0,15})", re.ASCII)
_ONE_LOOK_S = 300.0  # parts of one file asked for by one person within it are one look
_NOTHING = "default-src 'none'; base-uri 'none'; form-action 'none'"
# A browser shows no PDF in a sandbox; it runs a PDF's scripts, if at all, where they reach only the PDF.
_SHOWN = f"{_NOTHING}; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'"
_POLICIES = {"application/pdf": f"{_SHOWN}; object-src 'self'"}


@dataclass(frozen=True, slots=True)
class Span:
    """A part of a file."""

    first: int  # byte
    length: int


class Unsatisfiable(Exception):
    """A range that begins beyond the end (RFC 9110, 15.5.17)."""


class Part:
    """A file from one byte on, up to a length; reads as a file does."""

    def __init__(self, file: BinaryIO, span: Span) -> None:
        self.file = file
        self.left = span.length
        file.seek(span.first)

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes of the part."""
        piece = self.file.read(self.left if size < 0 else min(size, self.left))
        self.left -= len(piece)
        return piece

    def close(self) -> None:
        """Close the file."""
        self.file.close()


@require_safe
def serve(request: HttpRequest, attachment_id: UUID, name: str = "") -> HttpResponseBase:
    """Answer with a file that the asker may see; who fetched it is remembered. `name` only looks good in the address.

    SignInNeeded, NotAllowed, AttachmentGone.
    """
    principal = acting(request)
    permissions.demand(principal, "conversations.read")
    row = access.readable(principal, attachment_id)
    return answer(request, row, partial(_remember, principal, row))


def answer(request: HttpRequest, row: Attachment, seen: Callable[..., None] | None = None) -> HttpResponseBase:
    """Answer with a file of which the caller knows that the asker may see it: in place with `?inline=1`, or a part.

    `seen` is told before bytes go out, with `partly` (it is one part of many) and `inline`. AttachmentGone.
    """
    inline = request.GET.get("inline") == "1" and row.media_type in media.INLINE
    if request.headers.get("If-None-Match") == _etag(row):
        return _headed(HttpResponse(status=304), row, inline=inline)
    try:
        span = _span(request, row)
    except Unsatisfiable:
        return _headed(HttpResponse(status=416, headers={"Content-Range": f"bytes */{row.size}"}), row, inline=inline)
    if seen is not None:
        seen(partly=span is not None, inline=inline)
    return _headed(_bytes(row, span, inline=inline), row, inline=inline)


def _remember(principal: Principal, row: Attachment, *, partly: bool, inline: bool) -> None:
    """Log who fetched a file; of the many parts that a player asks for, one in a few minutes, whichever it is."""
    seen = f"attachment.part:{principal.kind}:{principal.id}:{row.id}:{inline}"
    if not partly or cache.add(seen, True, timeout=_ONE_LOOK_S):
        log_access(principal, "attachment", row.id, "attachment.shown" if inline else "attachment.fetched")


def _bytes(row: Attachment, span: Span | None, *, inline: bool) -> FileResponse:
    _, file = attachments.open(row.id)
    source: Any = file if span is None else Part(file, span)
    response = FileResponse(source, content_type=_type(row), as_attachment=not inline, filename=row.name)
    response["Content-Length"] = str(row.size if span is None else span.length)
    if span is not None:
        response.status_code = 206
        response["Content-Range"] = f"bytes {span.first}-{span.first + span.length - 1}/{row.size}"
    return response


def _headed(response: HttpResponseBase, row: Attachment, *, inline: bool) -> HttpResponseBase:
    response["ETag"] = _etag(row)
    response["Accept-Ranges"] = "bytes"
    response["Cache-Control"] = "private, no-cache"  # kept by this browser only, and asked anew whether it still may
    response["Content-Security-Policy"] = _POLICIES.get(row.media_type, f"{_SHOWN}; sandbox") if inline else _SANDBOX
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["X-Content-Type-Options"] = "nosniff"
    response["X-Frame-Options"] = "SAMEORIGIN" if inline else "DENY"
    return response


_SANDBOX = f"{_NOTHING}; frame-ancestors 'none'; sandbox"


def _span(request: HttpRequest, row: Attachment) -> Span | None:
    """Return the one part that is asked for, None for the whole: also when several are, or it has changed since."""
    wanted = _RANGE.fullmatch(request.headers.get("Range", "").strip())
    if wanted is None or wanted.groups() == ("", "") or request.headers.get("If-Range", _etag(row)) != _etag(row):
        return None
    first, last = wanted.groups()
    if not first:  # the last so many bytes
        length = min(int(last), row.size)
        return _known(Span(row.size - length, length), row)
    if last and int(last) < int(first):
        return None  # no range at all: it is as if nothing had been asked
    end = min(int(last), row.size - 1) if last else row.size - 1
    return _known(Span(int(first), end - int(first) + 1), row)


def _known(span: Span, row: Attachment) -> Span:
    if span.length < 1 or span.first >= row.size:
        raise Unsatisfiable
    return span


def _type(row: Attachment) -> str:
    return f"{row.media_type}; charset=utf-8" if row.media_type.startswith("text/") else row.media_type


def _etag(row: Attachment) -> str:
    return f'"{row.sha256}"'
