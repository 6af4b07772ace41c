"""The customer's page over HTTP, for whoever knows its link; and the link itself, for us."""

from typing import Any, BinaryIO, cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from ninja import File, Router, Status
from ninja.files import UploadedFile

from servewell.apps.base import attachments
from servewell.apps.base.errors import AttachmentGone
from servewell.apps.channels.frame import links
from servewell.apps.channels.frame.case import actions, asking, files, view
from servewell.apps.channels.frame.case.actions import Words
from servewell.apps.channels.frame.case.errors import NoPublicUrl
from servewell.apps.channels.frame.case.shapes import Answered, CaseAnswer, CaseLinkShown, CaseShown, Earlier, Sent
from servewell.apps.channels.frame.errors import NoSuchMessage
from servewell.apps.conversations.attachments import serving
from servewell.apps.conversations.models import Message
from servewell.apps.people.auth import acting, language_of

router = Router()


@router.get("/case/{token}", auth=None, response=CaseShown, by_alias=True)
def read_case(request: HttpRequest, response: HttpResponse, token: str) -> dict[str, Any]:
    """Show a customer their conversation: how it stands, what comes next, what was said."""
    _hidden(response)
    bound, row = asking.opened(request, token)
    return view.case(bound, row, language_of(request))


@router.get("/case/{token}/messages", auth=None, response=Earlier, by_alias=True)
def read_earlier(request: HttpRequest, response: HttpResponse, token: str, before: UUID) -> dict[str, Any]:
    """Show the messages before one."""
    _hidden(response)
    _, row = asking.opened(request, token)
    family = links.own_family(row)
    edge = Message.objects.filter(pk=before, conversation_id__in=family, kind="public").first()
    if edge is None:
        raise NoSuchMessage
    found, more = view.part(family, (edge.created_at, edge.id), row)
    return {"messages": view.messages(found, row), "more": more}


@router.post("/case/{token}/messages", auth=None, response={201: Answered, 200: Answered})
def answer_case(request: HttpRequest, token: str, said: CaseAnswer) -> Status[dict[str, Any]]:
    """Write as the customer; the same `client_id` twice is one message (200 the second time)."""
    bound, row = asking.opened(request, token)
    asking.hold_message(request, bound)
    received = actions.write(bound, row, Words(said.client_id, said.text, said.files))
    here = received.conversation_id in {bound, row.id}
    path = links.path_of(token if here else links.token_of(received.conversation_id))
    told = {"id": received.message_id, "client_id": said.client_id, "number": received.number, "path": path}
    return Status(200 if received.is_repeat else 201, told)


@router.post("/case/{token}/files", auth=None, response={201: Sent})
def send_case_file(request: HttpRequest, token: str, file: File[UploadedFile]) -> Status[dict[str, Any]]:
    """Send a file, as the field `file` of a form; a message then names its id. Unused, it is forgotten after a day."""
    bound, _ = asking.opened(request, token)
    if not request.META.get("servewell.admitted"):  # else it was counted before it was taken in
        asking.hold_file(request, bound)
    kept = attachments.upload(cast(BinaryIO, file), file.name or "", file.content_type or "", bound)
    return Status(201, {"id": kept.id, "name": kept.name, "media_type": kept.media_type, "size": kept.size})


@router.post("/case/{token}/solved", auth=None, response=CaseShown, by_alias=True)
def say_solved(request: HttpRequest, token: str) -> dict[str, Any]:
    """Say as the customer that it is solved."""
    bound, row = asking.opened(request, token)
    asking.hold_message(request, bound)
    actions.solve(row)
    bound, row = links.opened(token)  # anew: it may be another one by now, or none
    return view.case(bound, row, language_of(request))


@router.get("/case/files/{file_id}/{name}", auth=None)
def fetch_case_file(request: HttpRequest, file_id: UUID, name: str, until: int = 0, key: str = "") -> HttpResponseBase:
    """Fetch a file of the page by the address it named, within the hour."""
    if not files.is_good(file_id, until, key):
        raise AttachmentGone
    response = serving.answer(request, attachments.row(file_id))
    response["Referrer-Policy"] = "no-referrer"
    return response


@router.post("/conversations/{conversation_id}/link", response=CaseLinkShown)
def make_link(request: HttpRequest, conversation_id: UUID) -> dict[str, str]:
    """Return the address of the customer's page of a conversation; after a revocation a new one."""
    url = actions.renew_link(acting(request), conversation_id)
    if not url:
        raise NoPublicUrl
    return {"url": url}


@router.delete("/conversations/{conversation_id}/link", response={204: None})
def revoke_link(request: HttpRequest, conversation_id: UUID) -> None:
    """Let no link to a conversation's page open it any more, nor stand in mails, until one is made again."""
    actions.revoke_link(acting(request), conversation_id)


def _hidden(response: HttpResponse) -> None:
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex, nofollow"
