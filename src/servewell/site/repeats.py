"""How is a write that comes twice answered? With its first answer, if Idempotency-Key and content are the same."""

import hashlib
import json
from collections.abc import Callable, Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.http.response import HttpResponseBase

from servewell.apps.base import idempotency
from servewell.apps.base.principal import Principal
from servewell.site import http


class _Refused(Exception):
    def __init__(self, response: HttpResponseBase) -> None:
        self.response = response
        super().__init__()


def once(principal: Principal, key: str, request: HttpRequest, run: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    """Answer a repeated write with its first answer; a refusal is not kept, so that it can be tried again."""
    given: list[HttpResponseBase] = []

    def work() -> tuple[int, Any]:
        response = run()
        given.append(response)
        if response.status_code >= 400 or not isinstance(response, HttpResponse):
            raise _Refused(response)
        return response.status_code, json.loads(response.content) if response.content else None

    try:
        answer = idempotency.once(principal, key, _fingerprint(request), work)
    except _Refused as refused:
        return refused.response
    if not answer.repeated:
        return given[0]
    body = b"" if answer.body is None else json.dumps(answer.body).encode()
    response = HttpResponse(body, status=answer.status, content_type="application/json")
    response["Idempotency-Replayed"] = "true"
    return response


def _fingerprint(request: HttpRequest) -> str:
    is_form = (request.content_type or "").startswith("multipart/")
    body = _form_hash(request) if is_form else request.body
    return idempotency.fingerprint(request.method or "", request.get_full_path(), body)


def _form_hash(request: HttpRequest) -> bytes:
    """Return the SHA-256 of a form's fields and files; the boundary, which each try draws anew, does not count."""
    digest = hashlib.sha256()
    try:
        for part in _parts(request):
            digest.update(len(part).to_bytes(8) + part)
    except MultiPartParserError as broken:
        raise http.Malformed from broken
    return digest.digest()


def _parts(request: HttpRequest) -> Iterator[bytes]:
    for name, values in sorted(request.POST.lists()):
        for value in values:
            yield from (b"field", name.encode(), str(value).encode())
    for name, files in sorted(request.FILES.lists()):
        for file in files:
            kind = (file.content_type or "").encode()
            yield from (b"file", name.encode(), (file.name or "").encode(), kind, _file_hash(file))


def _file_hash(file: Any) -> bytes:
    """Return the SHA-256 of a file that was received, in pieces, and leave the file at its beginning."""
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    file.seek(0)
    return digest.digest()
