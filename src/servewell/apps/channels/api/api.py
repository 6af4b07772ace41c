"""The API channel over HTTP: outside systems hand in what customers write, fetch what we answer, and report."""

from dataclasses import replace
from typing import Any, BinaryIO, cast
from uuid import UUID

from django.http import FileResponse, HttpRequest
from ninja import File, Router, Status
from ninja.files import UploadedFile

from servewell.apps.base import attachments, cursors
from servewell.apps.base.models import Attachment
from servewell.apps.base.principal import Principal
from servewell.apps.channels.api import links, outgoing, receiving, sending, sources
from servewell.apps.channels.api.shapes import (
    Answers,
    DeliveryNoted,
    DeliveryReport,
    Incoming,
    ReceivedShown,
    received,
)
from servewell.apps.channels.frame.models import Account
from servewell.apps.conversations import actions as conversations
from servewell.apps.conversations.attachments.http import AttachmentShown
from servewell.apps.conversations.attachments.http import shown as shown_file
from servewell.apps.people import permissions
from servewell.apps.people.auth import acting

VERB = "conversations.receive"
CURSOR = "channels_api.outgoing"
router = Router()
coming = Router()
ELSEWHERE = {"/conversations": coming}  # where it stood before it was a channel, and where every guide names it


@coming.post("/incoming", response={200: ReceivedShown, 201: ReceivedShown})
def receive(request: HttpRequest, body: Incoming) -> Status[dict[str, Any]]:
    """Hand in what a customer wrote: 201, or 200 for a message we had already.

    It joins the conversation of its thread, or the customer's own that it names, or begins a new one, whose team the
    reception finds. Text that is too long is cut and kept whole as an attachment; HTML is made safe; nothing a customer
    wrote is refused for its form.
    """
    what = receiving.receive(_program(request), body.message())
    return Status(200 if what.is_repeat else 201, received(what))


@coming.post("/incoming/attachments", response={201: AttachmentShown})
def receive_file(request: HttpRequest, file: File[UploadedFile]) -> Status[dict[str, Any]]:
    """Send a file of a customer, as the field `file` of a form; an incoming message then names its id."""
    principal = _program(request)
    kept = attachments.upload(cast(BinaryIO, file), file.name or "", file.content_type or "", principal.id)
    return Status(201, shown_file(kept))


@coming.put("/messages/{uuid:message_id}/delivery", response=DeliveryNoted)
def note_delivery(request: HttpRequest, message_id: UUID, body: DeliveryReport) -> dict[str, Any]:
    """Report how far a message of ours got; what tells less than is known changes nothing.

    Only of what an outside system carries, by a key that may speak for it: mailboxes and chats report by themselves.
    """
    program = _program(request)
    sources.demand_may_report(program, message_id)
    principal = replace(program, kind="system", scopes=None)
    is_news = conversations.deliver(principal, message_id, body.state, reason=body.reason, external_id=body.external_id)
    return {"is_news": is_news}


@router.get("/{uuid:account_id}/outgoing", response=Answers)
def list_answers(request: HttpRequest, account_id: UUID, cursor: str | None = None) -> dict[str, Any]:
    """List what we answered and nobody has fetched yet, oldest first, 50 a page; for accounts without a callback.

    An answer stays here until it is reported as `sent` or more (`PUT /conversations/messages/{id}/delivery`).
    """
    account = _account(request, account_id)
    after = cursors.decode(cursor, CURSOR)[0] if cursor else None
    page = outgoing.waiting(account, after)
    items = [sending.body_of(account, message) for message in page.messages]
    return {"items": items, "next": cursors.encode((page.next,), CURSOR) if page.next else None}


@router.get("/{uuid:account_id}/files/{uuid:attachment_id}", response={200: Any})
def fetch_file(request: HttpRequest, account_id: UUID, attachment_id: UUID) -> FileResponse:
    """Fetch a file of one of this account's answers."""
    return _download(outgoing.file_of(_account(request, account_id), attachment_id))


@router.get("/files/{token}", response={200: Any}, auth=None)
def fetch_linked_file(request: HttpRequest, token: str) -> FileResponse:
    """Fetch a file by the link of a call; it is good for an hour."""
    named = links.opened(token)
    return _download(outgoing.file_of_message(named.message, named.attachment))


def _program(request: HttpRequest) -> Principal:
    principal = acting(request)
    permissions.demand(principal, VERB)
    return principal


def _account(request: HttpRequest, account_id: UUID) -> Account:
    principal = _program(request)
    found = outgoing.account(account_id)
    source = sources.by_account(found.id)
    if source is not None:
        sources.demand_its_key(principal, source)
    return found


def _download(row: Attachment) -> FileResponse:
    """Answer with the bytes, as a download in which nothing can act."""
    _, file = attachments.open(row.id)
    response = FileResponse(file, content_type=row.media_type, as_attachment=True, filename=row.name)
    response["Content-Length"] = str(row.size)
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    return response
