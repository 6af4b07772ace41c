"""What does a customer see of their case? Public words and files, and of us only what we call ourselves."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from servewell.apps.base import attachments, media, settings, statements
from servewell.apps.base.models import Attachment
from servewell.apps.channels.frame import links, progress
from servewell.apps.channels.frame.case import files
from servewell.apps.conversations.models import Author, Conversation, Message, MessageKind
from servewell.apps.customers.models import Customer
from servewell.apps.people.models import Team, User

PAGE = 50  # messages at once
LONGEST = 10_000  # characters of a message
MOST_FILES = 10
_CID = re.compile(r'src="cid:([^"]+)"')
_FROM = {Author.CUSTOMER: "customer", Author.AGENT: "us", Author.BOT: "us", Author.SYSTEM: "system"}
Shown = dict[str, Any]


def case(bound: UUID, row: Conversation, language: str) -> Shown:
    """Return the page of a conversation that goes on for the one a link was made for."""
    family = links.own_family(row)
    found, more = part(family, None, row)
    status = progress.status_of(row)
    return {
        "house": settings.get("people.installation"),
        "number": row.number,
        "subject": row.subject,
        "language": row.language,
        "status": status,
        "since": since(row, status),
        "created_at": row.created_at,
        "team": _team(row),
        "next": [asdict(step) for step in progress.expected(row, language)],
        "promises": [asdict(promise) for promise in progress.promised(row, language)],
        "can_answer": True,
        "can_solve": status in ("working", "waiting_for_you"),
        "begins_new": status == "closed",
        "goes_on": _goes_on(family, row) if status == "closed" else None,
        "messages": messages(found, row),
        "more": more,
        "limits": {"characters": LONGEST, "files": MOST_FILES, "megabytes": settings.get(attachments.MEGABYTES.name)},
    }


def part(family: Sequence[UUID], before: tuple[datetime, UUID] | None, row: Conversation) -> tuple[list[Message], bool]:
    """Return up to `PAGE` public messages, oldest first: the last ones, or those before one; and whether more are.

    Of customers only what the one whose page it is wrote.
    """
    public: QuerySet[Message] = Message.objects.filter(conversation_id__in=family, kind=MessageKind.PUBLIC)
    rows = public.filter(links.readable(row.customer_id))
    if before is not None:
        at, id_ = before
        rows = rows.filter(Q(created_at__lt=at) | Q(created_at=at, id__lt=id_))
    found = list(rows.prefetch_related("files__attachment").order_by("-created_at", "-id")[: PAGE + 1])
    return found[:PAGE][::-1], len(found) > PAGE


def messages(rows: Iterable[Message], row: Conversation) -> list[Shown]:
    """Return messages as the customer reads them: no notes, nothing quoted, names as we and they call themselves."""
    found = list(rows)
    us = _names(User, [one.author for one in found if one.author_kind == Author.AGENT])
    them = _names(Customer, [one.author for one in found if one.author_kind == Author.CUSTOMER])
    return [_message(one, us if one.author_kind == Author.AGENT else them) for one in found]


def file(one: Attachment, content_id: str = "") -> Shown:
    """Return a file, with an address that opens it for an hour."""
    return {
        "id": one.id,
        "name": one.name,
        "media_type": one.media_type,
        "size": one.size,
        "inline": one.media_type in media.INLINE,
        "in_text": bool(content_id),
        "url": files.to(one),
    }


def since(row: Conversation, status: str) -> datetime:
    """Return since when it is so, as well as the row knows."""
    known = {
        "received": row.created_at,
        "working": row.waiting_since,
        "solved": row.solved_at,
        "closed": row.closed_at,
    }
    return known.get(status) or row.last_message_at


def _goes_on(family: Sequence[UUID], row: Conversation) -> Shown | None:
    values = {"closed": list(family), "customer": row.customer_id}
    found = statements.rows(links.SQL["goes_on"], values)
    token = links.token_of(found[0][0]) if found else ""
    if not token:
        return None
    return {"number": Conversation.objects.get(pk=found[0][0]).number, "path": links.path_of(token)}


def _message(one: Message, names: dict[UUID, str]) -> Shown:
    carried = list(one.files.all())
    shown = [file(each.attachment, _named_in(one.html, each.content_id)) for each in carried]
    pictures = {each.content_id: files.to(each.attachment) for each in carried if each.content_id}
    return {
        "id": one.id,
        "from": _FROM[one.read_as],
        "name": names.get(one.author, "") if one.author else "",
        "text": one.text,
        "html": _CID.sub(lambda found: _picture(found[1], pictures), one.html),
        "files": shown,
        "at": one.created_at,
        "client_id": client_id(one.external_id),
        "failed": one.delivery == "failed",
    }


def client_id(external_id: str) -> str:
    """Return what the page called a message that it sent; "" for others."""
    room, _, rest = external_id.partition(":")
    return rest.partition(":")[2] if room == "case" else ""


def _named_in(html: str, content_id: str) -> str:
    return content_id if content_id and f'src="cid:{content_id}"' in html else ""


def _picture(content_id: str, pictures: dict[str, str]) -> str:
    """Only pictures of the same message; what is not there shows as nothing."""
    address = pictures.get(content_id, "").replace("&", "&amp;")
    return f'src="{address}"' if address else 'data-src=""'


def _team(row: Conversation) -> str:
    found = Team.objects.filter(pk=row.team_id).first() if row.team_id else None
    return str(found) if found else ""


def _names(model: type[Any], wanted: Iterable[UUID | None]) -> dict[UUID, str]:
    ids = {one for one in wanted if one}
    return dict(model.objects.filter(pk__in=ids).values_list("pk", "name")) if ids else {}
