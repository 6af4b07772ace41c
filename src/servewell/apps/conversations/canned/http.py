"""Canned replies over HTTP: find one by what is typed, fill it for a conversation, keep them."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema, Status

from servewell.apps.base import texts
from servewell.apps.conversations.actions.canned import (
    CannedWanted,
    change_canned,
    create_canned,
    use_canned,
)
from servewell.apps.conversations.canned import replies, variables
from servewell.apps.conversations.models import Field as CustomField
from servewell.apps.conversations.models.canned import CannedReply
from servewell.apps.customers.models import Attribute
from servewell.apps.people import permissions
from servewell.apps.people.auth import acting, language_of

router = Router()
Texts = Annotated[dict[str, str], Field(description="language (zh-Hans, en) to text with places", max_length=2)]
Title = Annotated[str, Field(max_length=120)]
Shortcut = Annotated[str, Field(max_length=41)]


class CannedShown(Schema):
    """A canned reply."""

    id: UUID
    title: str
    shortcut: str  # with the `/`
    texts: dict[str, str]  # language -> text with places
    shared: Literal["own", "team", "everybody"]
    team: UUID | None
    used: int  # how often
    used_at: datetime | None
    archived_at: datetime | None
    changed_at: datetime


class CannedFound(Schema):
    """Up to 100 canned replies by shortcut."""

    items: list[CannedShown]


class NewCanned(Schema):
    """A canned reply to keep, for oneself, a team or everybody."""

    title: Title
    shortcut: Shortcut
    texts: Texts
    shared: Literal["own", "team", "everybody"] = "own"
    team: UUID | None = None


class CannedChange(Schema):
    """What is to change; what is left out stays."""

    title: Title | None = None
    shortcut: Shortcut | None = None
    texts: Texts | None = None
    archived: bool | None = None


class Use(Schema):
    """For which conversation, and in which language if not in its own."""

    conversation: UUID
    language: Annotated[str | None, Field(max_length=35)] = None


class CannedFilled(Schema):
    """A canned reply as it can be sent."""

    text: str
    html: str  # the same, safe
    language: str
    missing: list[str]  # names of which nothing is known; their places hold the words given instead, or nothing


class Variable(Schema):
    """What a place may hold."""

    name: str
    sentence: str  # what it is, in the person's language


@router.get("/canned", response=CannedFound)
def list_canned(
    request: HttpRequest, prefix: Annotated[str, Query(max_length=200)] = "", archived: bool = False
) -> dict[str, Any]:
    """List the canned replies whose shortcut, or a word of whose title, begins with `prefix`."""
    permissions.demand(acting(request), replies.READ)
    return {"items": [shown(row) for row in replies.found(acting(request), prefix, archived=archived)]}


@router.post("/canned", response={201: CannedShown})
def keep_canned(request: HttpRequest, body: NewCanned) -> Status[dict[str, Any]]:
    """Keep a canned reply; an unknown place is refused, with where it stands."""
    return Status(201, shown(create_canned(acting(request), CannedWanted(**body.model_dump()))))


@router.get("/canned/variables", response=list[Variable])
def list_variables(request: HttpRequest) -> list[dict[str, str]]:
    """List what a place may hold: names of the house's own fields included."""
    permissions.demand(acting(request), replies.READ)
    language = language_of(request)
    key = "conversations.canned.variable."
    fixed = [
        {"name": name, "sentence": texts.say(key + name.replace(".", "_"), language)} for name in variables.VARIABLES
    ]
    return [*fixed, *_own(language)]


@router.patch("/canned/{canned_id}", response=CannedShown)
def alter_canned(request: HttpRequest, canned_id: UUID, body: CannedChange) -> dict[str, Any]:
    """Change a canned reply, archive it, or offer it again."""
    return shown(change_canned(acting(request), canned_id, body.model_dump(exclude_none=True)))


@router.delete("/canned/{canned_id}", response={204: None})
def archive_canned(request: HttpRequest, canned_id: UUID) -> None:
    """Offer a canned reply no more; `archived: false` brings it back."""
    change_canned(acting(request), canned_id, {"archived": True})


@router.post("/canned/{canned_id}/render", response=CannedFilled)
def render_canned(request: HttpRequest, canned_id: UUID, body: Use) -> dict[str, Any]:
    """Fill a canned reply for a conversation; its use is counted."""
    used = use_canned(acting(request), canned_id, body.conversation, language=body.language)
    return {
        "text": used.filled.text,
        "html": used.filled.html,
        "language": used.language,
        "missing": used.filled.missing,
    }


def shown(row: CannedReply) -> dict[str, Any]:
    """Return a canned reply as the API tells it."""
    return {
        **{
            name: getattr(row, name)
            for name in ("id", "title", "texts", "used", "used_at", "archived_at", "changed_at")
        },
        "shortcut": f"/{row.shortcut}",
        "shared": "own" if row.owner_id else "team" if row.team_id else "everybody",
        "team": row.team_id,
    }


def _own(language: str) -> list[dict[str, str]]:
    attributes = Attribute.objects.filter(archived_at=None)
    told = [(variables.ATTRIBUTE + row.code, row.name_en if language == "en" else row.name_zh) for row in attributes]
    fields = CustomField.objects.filter(archived_at=None)
    told += [(variables.FIELD + field.key, field.names.get(language) or field.key) for field in fields]
    return [{"name": name, "sentence": sentence} for name, sentence in told]
