"""Which lists does somebody have? The ones that everybody has, and those that were saved for them."""

from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from servewell.apps.base.principal import Principal
from servewell.apps.conversations.inbox import counts
from servewell.apps.conversations.inbox.builtin import VIEWS, View
from servewell.apps.conversations.inbox.filters import Filters
from servewell.apps.conversations.models import SavedView
from servewell.apps.conversations.refusals import NoSuchView
from servewell.apps.people import permissions


def visible_to(principal: Principal) -> QuerySet[SavedView]:
    """Return the saved views that `principal` may use: their own, their teams' and everybody's."""
    scope = permissions.scope_of(principal, "conversations.read")
    if scope is None:
        return SavedView.objects.none()
    shared = Q(owner=None) if scope == permissions.ALL else Q(owner=None, team=None) | Q(team__in=principal.teams)
    return SavedView.objects.filter(shared | Q(owner_id=principal.id) if principal.id else shared)


def named(principal: Principal, view_id: str) -> View:
    """Return a view by the word of one that everybody has, or the id of a saved one; NoSuchView."""
    if view_id in VIEWS:
        return VIEWS[view_id]
    try:
        saved = visible_to(principal).filter(pk=UUID(view_id)).first()
    except ValueError as no_id:
        raise NoSuchView from no_id
    if saved is None:
        raise NoSuchView
    return of(saved)


def of(saved: SavedView) -> View:
    """Return what a saved view lists."""
    return View(str(saved.id), Filters.model_validate(saved.filters), saved.order)


def all_of(principal: Principal) -> list[SavedView]:
    """Return the saved views `principal` may use, as arranged; NotAllowed."""
    permissions.demand(principal, "conversations.read")
    return list(visible_to(principal).order_by("position", "name", "id"))


def with_counts(principal: Principal) -> list[tuple[View, SavedView | None, counts.Count]]:
    """Return every view of `principal` with how many lie in it, in two statements."""
    saved = all_of(principal)
    every: list[tuple[View, SavedView | None]] = [(view, None) for view in VIEWS.values()]
    every += [(of(one), one) for one in saved]
    counted = counts.count(principal, [view for view, _ in every])
    return [(view, one, count) for (view, one), count in zip(every, counted, strict=True)]


def shown(saved: SavedView) -> dict[str, Any]:
    """Return a saved view as the API shows it."""
    shared = "own" if saved.owner_id else "team" if saved.team_id else "everybody"
    fields = ("id", "name", "filters", "order", "position")
    return {**{name: getattr(saved, name) for name in fields}, "shared": shared, "team": saved.team_id}
