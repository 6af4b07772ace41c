"""Two customers that are one: merged, parted again, suggested."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Schema

from servewell.apps.base import cursors
from servewell.apps.customers import actions, queries
from servewell.apps.customers.api import changing, shown
from servewell.apps.customers.api.routes import router
from servewell.apps.customers.api.shown import CustomerOut
from servewell.apps.customers.errors import NoSuchSurvivor
from servewell.apps.customers.models import Suggestion
from servewell.apps.journal.actions import log_access
from servewell.apps.people import permissions
from servewell.apps.people.auth import acting

PAGE = 50
LIST = "customers.suggestions"  # whose cursors these are


class NewMerge(Schema):
    """Who goes on for both."""

    into: UUID


class ConflictOut(Schema):
    """Something both said, and differently; the survivor's counts."""

    field: str
    kept: Any
    other: Any


class MergeOut(Schema):
    """What a merge gave: who goes on, who can be parted again, what both said differently."""

    customer: CustomerOut
    gone: UUID
    conflicts: list[ConflictOut]


class Suggested(Schema):
    """One of two customers that may be one."""

    id: UUID
    name: str


class SuggestionOut(Schema):
    """Two customers that may be one, since a contact carried identities of both."""

    id: UUID
    one: Suggested
    other: Suggested
    kind: str  # of the identity that pointed at the one not chosen
    is_claim: bool  # one of the two only typed it
    state: str
    found_at: datetime


class Suggestions(Schema):
    """A page of open suggestions, newest first."""

    items: list[SuggestionOut]
    next: str | None  # cursor


@router.get("/suggestions", response=Suggestions)
def list_suggestions(request: HttpRequest, cursor: str | None = None) -> dict[str, Any]:
    """List customers that may be one and that one sees both; 50 a page."""
    principal = acting(request)
    permissions.demand(principal, "customers.read")
    log_access(principal, "customer", None, "customer.suggestions")
    rows = queries.suggestions(principal, cursors.decode(cursor, LIST)[0] if cursor else None, PAGE + 1)
    following = cursors.encode((rows[PAGE - 1].id,), LIST) if len(rows) > PAGE else None
    return {"items": [_suggestion(row) for row in rows[:PAGE]], "next": following}


@router.post("/suggestions/{suggestion_id}/dismiss", response=SuggestionOut)
def dismiss_suggestion(request: HttpRequest, suggestion_id: UUID) -> dict[str, Any]:
    """Say that two customers are not one."""
    principal = changing.writer(request)
    row = queries.suggestion(principal, suggestion_id, "customers.write")
    dismissed = actions.dismiss(principal, row.id)
    log_access(principal, "customer", None, "customer.suggestions")
    return _suggestion(dismissed)


@router.post("/{customer_id}/merge", response=MergeOut)
def merge_customer(request: HttpRequest, customer_id: UUID, body: NewMerge) -> dict[str, Any]:
    """Let another customer go on for this one; nothing is lost, and `unmerge` undoes it."""
    principal = changing.writer(request)
    changing.reached(principal, customer_id)
    if not all(queries.reaches(principal, body.into, verb) for verb in changing.VERBS):
        raise NoSuchSurvivor
    merged = actions.merge(principal, customer_id, body.into)
    return {"customer": shown.whole(principal, merged.customer), "gone": merged.gone, "conflicts": merged.conflicts}


@router.post("/{customer_id}/unmerge", response=CustomerOut)
def unmerge_customer(request: HttpRequest, customer_id: UUID) -> dict[str, Any]:
    """Undo the merge of this customer into another; both are as they were before."""
    principal = changing.writer(request)
    changing.reached(principal, customer_id)
    return shown.whole(principal, actions.unmerge(principal, customer_id))


def _suggestion(row: Suggestion) -> dict[str, Any]:
    pair = {side: {"id": one.root_id, "name": one.name} for side, one in (("one", row.one), ("other", row.other))}
    fields = ("id", "kind", "is_claim", "state", "found_at")
    return {**pair, **{field: getattr(row, field) for field in fields}}
