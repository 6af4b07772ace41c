"""Lists over HTTP: a page of conversations, the counts of all views, and the views somebody keeps."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Field, Query, Router, Schema, Status
from pydantic_core import to_json

from servewell.apps.conversations import actions
from servewell.apps.conversations.actions.views import Wanted
from servewell.apps.conversations.inbox import lists, views
from servewell.apps.conversations.inbox.filters import Filters
from servewell.apps.journal.actions import log_access
from servewell.apps.people.auth import acting

router = Router()
Orders = Literal["due", "newest", "oldest", "waiting", "priority", "number", "snoozed"]


class Named(Schema):
    """A team or a person."""

    id: UUID
    name: str


class CustomerShown(Schema):
    """Whose conversation it is, after merges."""

    id: UUID
    name: str
    tier: str


class RowTag(Schema):
    """A tag of a row."""

    id: UUID
    name: str
    colour: str


class Looker(Named):
    """Who has it open just now."""

    state: Literal["looking", "typing"]


class ConversationRow(Schema):
    """One conversation of a list."""

    id: UUID
    number: int
    subject: str
    customer: CustomerShown
    status: str
    priority: Literal["low", "normal", "high", "urgent"]
    channel: str
    language: str
    contact_type: str | None
    sentiment: str | None
    team: Named | None
    assignee: Named | None
    tags: list[RowTag]
    preview: str  # beginning of the last public message
    preview_author: str  # customer | agent | bot | system
    messages: int = Field(
        description="number of the last message or note: how many there are, and those that were split off or erased"
    )
    unread: int | None  # of these, how many whoever asks has not seen; null for a program
    looking: list[Looker]
    snoozed_until: datetime | None
    next_due_at: datetime | None
    due_state: str
    waiting_since: datetime | None
    last_message_at: datetime
    created_at: datetime
    updated_at: datetime
    solved_at: datetime | None
    closed_at: datetime | None
    version: int


class ConversationPage(Schema):
    """Some conversations of a list."""

    items: list[ConversationRow]
    next: str | None = Field(description="cursor of the following page; null: this is the last")
    partial: bool = Field(
        description="looking was stopped before the page was full, because most conversations did not fit the filters;"
        " more may follow: ask with `next`, or add a team, a tag or a time"
    )
    order: Orders


class Listing(Schema):
    """Which list, from where on."""

    view: str | None = Field(
        default=None, max_length=40, description="one that everybody has, or the id of a saved view"
    )
    order: Orders | None = Field(default=None, description="null: that of the view, or the usual one")
    cursor: str | None = None


class ViewShown(Schema):
    """A saved view."""

    id: UUID
    name: str
    shared: Literal["own", "team", "everybody"]
    team: UUID | None
    filters: Filters
    order: Orders
    position: int


class ViewWanted(Schema):
    """A view to keep."""

    name: str
    filters: Filters = Filters()
    order: Orders | None = None
    shared: Literal["own", "team", "everybody"] = "own"
    team: UUID | None = None
    position: int = Field(default=0, ge=0, le=1000)

    def wanted(self) -> Wanted:
        """Return it as the verb takes it."""
        return Wanted(self.name, self.filters, self.order, self.shared, self.team, self.position)


class ViewChange(Schema):
    """What is to change of a view; what is left out stays."""

    name: str = ""
    filters: Filters = Filters()
    order: Orders | None = None
    shared: Literal["own", "team", "everybody"] = "own"
    team: UUID | None = None
    position: int = Field(default=0, ge=0, le=1000)


class CountShown(Schema):
    """How many lie in a view."""

    view: str  # as in the list's address
    name: str | None  # of a saved view; the others' names are the workspace's
    count: int = Field(description="at most 99")
    more: bool = Field(description="there are more, or not all were looked at: show `99+`, or `12+`")


@router.get("", response=ConversationPage)
def list_conversations(request: HttpRequest, wanted: Query[Filters], listing: Query[Listing]) -> HttpResponse:
    """List conversations, 50 a page. What the address names is asked beside, or instead of, what the view says."""
    principal = acting(request)
    view = views.named(principal, listing.view) if listing.view else None
    named = {name: getattr(wanted, name) for name in wanted.model_fields_set}
    filters = view.filters.model_copy(update=named) if view else wanted
    order = listing.order or (view.order if view and not named.keys() & {"status", "snoozed"} else None)
    page = lists.page(principal, filters, order, listing.cursor)
    log_access(principal, "customer", filters.customer, "conversation.list")
    return _as_json({"items": page.items, "next": page.next, "partial": page.partial, "order": page.order})


@router.get("/counts", response=list[CountShown])
def count_views(request: HttpRequest) -> list[dict[str, Any]]:
    """Count what lies in each view, up to 99."""
    return [
        {"view": view.id, "name": saved.name if saved else None, "count": count.count, "more": count.more}
        for view, saved, count in views.with_counts(acting(request))
    ]


@router.get("/views", response=list[ViewShown])
def list_views(request: HttpRequest) -> list[dict[str, Any]]:
    """List the saved views one may use: one's own, one's teams' and everybody's."""
    return [views.shown(saved) for saved in views.all_of(acting(request))]


@router.post("/views", response={201: ViewShown})
def save_view(request: HttpRequest, body: ViewWanted) -> Status[dict[str, Any]]:
    """Keep filters and an order under a name."""
    return Status(201, views.shown(actions.save_view(acting(request), body.wanted())))


@router.patch("/views/{uuid:view_id}", response=ViewShown)
def change_view(request: HttpRequest, view_id: UUID, body: ViewChange) -> dict[str, Any]:
    """Change a saved view; what is left out stays."""
    changes = {name: getattr(body, name) for name in body.model_fields_set}
    return views.shown(actions.change_view(acting(request), view_id, changes))


@router.delete("/views/{uuid:view_id}", response={204: None})
def remove_view(request: HttpRequest, view_id: UUID) -> None:
    """Forget a saved view."""
    actions.remove_view(acting(request), view_id)


def _as_json(page: dict[str, Any]) -> HttpResponse:
    """Rows come out of one statement of ours: holding each to its schema again took half of the time of a page.

    A test holds them to it.
    """
    return HttpResponse(to_json(page), content_type="application/json; charset=utf-8")
