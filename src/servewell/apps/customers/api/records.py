"""Customers: listed, made, read, changed, blocked; their time line, their export and their erasure."""

from datetime import datetime
from typing import Any, Literal
from urllib.parse import quote
from uuid import UUID

from django.http import FileResponse, HttpRequest
from ninja import Field, Query, Schema, Status
from pydantic import AwareDatetime

from servewell.apps.base import cursors
from servewell.apps.base.principal import Principal
from servewell.apps.customers import actions, proofs, queries, searching, timeline
from servewell.apps.customers.api import changing, shown
from servewell.apps.customers.api.erasures import ErasureOut, proof
from servewell.apps.customers.api.identities import NewIdentity
from servewell.apps.customers.api.routes import router
from servewell.apps.customers.api.shown import CustomerOut, Listed
from servewell.apps.customers.terms import DEFAULT_TIER
from servewell.apps.journal.actions import log_access
from servewell.apps.people import permissions
from servewell.apps.people.auth import acting
from servewell.apps.people.permissions import TEAM

PAGE = 50
LIST, LINE = "customers.list", "customers.timeline"  # whose cursors these are
Kind = Literal["external", "email", "phone", "visitor"]


class Customers(Schema):
    """A page of customers, newest first."""

    items: list[Listed]
    next: str | None  # cursor


class Search(Schema):
    """What a list is narrowed to."""

    q: str = Field("", description="the beginning of a name or identity, at most 200 characters")
    tier: str | None = None
    blocked: bool | None = None
    incomplete: int | None = Field(None, ge=0, le=101, description="completeness below so many percent")
    identity: Kind | None = Field(None, description="has an identity of this kind")
    cursor: str | None = None


class NewCustomer(Schema):
    """A customer to make by hand."""

    name: str = ""
    language: str = ""
    tier: str = DEFAULT_TIER
    attributes: dict[str, Any] = {}
    identities: list[NewIdentity] = Field([], max_length=50)


class CustomerChange(Schema):
    """What is to change of the version that was seen; what is left out stays, an attribute that is null is emptied."""

    version: int
    name: str | None = None
    language: str | None = None
    tier: str | None = None
    attributes: dict[str, Any] | None = None


class NewBlock(Schema):
    """Why, and until when; without an end until somebody lifts it."""

    reason: str
    until: AwareDatetime | None = None


class TimelineItem(Schema):
    """Something that happened with a customer."""

    id: UUID
    at: datetime
    room: str
    kind: str
    sentence: str
    conversation: UUID | None
    channel: str | None
    actor_kind: str
    actor: UUID | None
    details: dict[str, Any]


class Timeline(Schema):
    """A page of what happened, newest first."""

    items: list[TimelineItem]
    next: str | None  # cursor


@router.get("", response=Customers)
def list_customers(request: HttpRequest, search: Query[Search]) -> dict[str, Any]:
    """List the customers one may see, newest first, 50 a page; that they were listed is remembered."""
    principal = acting(request)
    permissions.demand(principal, "customers.read")
    log_access(principal, "customer", None, "customer.list")
    wanted = searching.Wanted(search.q, search.tier, search.blocked, search.incomplete, search.identity)
    after = cursors.decode(search.cursor, LIST)[0] if search.cursor else None
    rows = searching.page(principal, wanted, after, PAGE + 1)
    following = cursors.encode((rows[PAGE - 1].id,), LIST) if len(rows) > PAGE else None
    return {"items": shown.listed(rows[:PAGE]), "next": following}


@router.post("", response={201: CustomerOut})
def create_customer(request: HttpRequest, body: NewCustomer) -> Status[dict[str, Any]]:
    """Make a customer; whoever sees only their teams' customers makes one of all their teams."""
    principal = changing.writer(request)
    made = actions.create(
        principal,
        **body.model_dump(exclude={"identities"}),
        identities=[entry.given() for entry in body.identities],
        teams=_teams(principal),
    )
    return Status(201, shown.whole(principal, made))


@router.get("/{customer_id}", response=CustomerOut)
def read_customer(request: HttpRequest, customer_id: UUID) -> dict[str, Any]:
    """Read a customer with all that is known; one who was merged away reads as who goes on. It is remembered."""
    principal = acting(request)
    permissions.demand(principal, "customers.read")
    found = queries.reached(principal, customer_id)
    return shown.whole(principal, found)


@router.patch("/{customer_id}", response=CustomerOut)
def change_customer(request: HttpRequest, customer_id: UUID, body: CustomerChange) -> dict[str, Any]:
    """Change a customer; 409 names what somebody else changed since `version`, and what is there now."""
    principal = changing.writer(request)
    changing.reached(principal, customer_id)
    wanted = {field: value for field, value in body.model_dump(exclude={"version"}).items() if value is not None}
    return shown.whole(principal, actions.change(principal, customer_id, body.version, **wanted))


@router.delete("/{customer_id}", response=ErasureOut)
def erase_customer(request: HttpRequest, customer_id: UUID) -> dict[str, Any]:
    """Erase a customer and all that is held about them, for good; the proof comes back, also when asked again."""
    principal = acting(request)
    permissions.demand(principal, "customers.erase")
    if proofs.of_customer(customer_id) is None:
        queries.reached(principal, customer_id, "customers.erase")
    return proof(actions.erase(principal, customer_id))


@router.get("/{customer_id}/export")
def export_customer(request: HttpRequest, customer_id: UUID) -> FileResponse:
    """Take away all that is held about a customer, as a zip archive of JSON and files. It is remembered."""
    principal = acting(request)
    permissions.demand(principal, "customers.export")
    found = queries.reached(principal, customer_id, "customers.export")
    made = actions.export(principal, found.id)
    response = FileResponse(made.file, content_type="application/zip")
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(f'customer-{found.id}.zip')}"
    return response


@router.get("/{customer_id}/timeline", response=Timeline)
def read_timeline(
    request: HttpRequest, customer_id: UUID, cursor: str | None = None, room: str | None = None
) -> dict[str, Any]:
    """Read what happened with a customer over all channels, newest first, 50 a page; of one room if asked."""
    principal = acting(request)
    permissions.demand(principal, "customers.read")
    found = queries.reached(principal, customer_id)
    log_access(principal, "customer", found.id, "customer.timeline")
    before = cursors.decode(cursor, LINE) if cursor else None
    place = (before[0], before[1]) if before else None
    language = getattr(request, "language", principal.language)
    asked = timeline.Asked(principal, queries.family(found.id), place, PAGE + 1, language)
    items = timeline.page(asked, room)
    following = cursors.encode(items[PAGE - 1].place, LINE) if len(items) > PAGE else None
    return {"items": items[:PAGE], "next": following}


@router.put("/{customer_id}/block", response=CustomerOut)
def block_customer(request: HttpRequest, customer_id: UUID, body: NewBlock) -> dict[str, Any]:
    """Block a customer, or give the block another reason or end."""
    principal = changing.writer(request)
    found = changing.reached(principal, customer_id)
    return shown.whole(principal, actions.block(principal, found.id, body.reason, body.until))


@router.delete("/{customer_id}/block", response=CustomerOut)
def unblock_customer(request: HttpRequest, customer_id: UUID) -> dict[str, Any]:
    """Lift a customer's block."""
    principal = changing.writer(request)
    found = changing.reached(principal, customer_id)
    return shown.whole(principal, actions.unblock(principal, found.id))


def _teams(principal: Principal) -> list[UUID]:
    """Return the teams that a customer made by hand belongs to: without them its maker would not see it."""
    narrow = permissions.scope_of(principal, "customers.write") == TEAM
    return sorted(principal.teams) if narrow else []
