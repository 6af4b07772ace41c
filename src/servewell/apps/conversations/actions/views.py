"""How does somebody keep a list? As filters and an order with a name, for themselves, a team or everybody.

What is shared needs `conversations.configure`; everybody keeps their own.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.db import transaction

from servewell.apps.base import texts
from servewell.apps.base.principal import Principal
from servewell.apps.conversations import events
from servewell.apps.conversations.errors import OnlyPeople
from servewell.apps.conversations.inbox import sets, views
from servewell.apps.conversations.inbox.filters import Filters
from servewell.apps.conversations.models import SavedView
from servewell.apps.conversations.refusals import BadView, NoSuchView, TooManyViews
from servewell.apps.journal.actions import record
from servewell.apps.journal.events import Actor, Event, EventType
from servewell.apps.people import permissions
from servewell.apps.people.models import Team

SHARE = "conversations.configure"
MOST = 50  # views of one owner: a person, a team, or everybody
NAME = 80  # characters


@dataclass(frozen=True, slots=True)
class Wanted:
    """A view as it is to be kept."""

    name: str
    filters: Filters
    order: str | None = None  # None: the usual one of what it lists
    shared: str = "own"  # own | team | everybody
    team: UUID | None = None  # whose it is to be, when it is a team's
    position: int = 0


@transaction.atomic
def save_view(principal: Principal, wanted: Wanted) -> SavedView:
    """Keep a view; NotAllowed, OnlyPeople, BadView, OrderNotPossible, TooManyViews."""
    owner, team = _of_whom(principal, wanted)
    of_one = SavedView.objects.filter(owner=owner, team=team)
    if of_one.count() >= MOST:
        raise TooManyViews(most=MOST)
    view = SavedView.objects.create(owner_id=owner, team_id=team, **_checked(principal, wanted))
    _tell(principal, events.VIEW_SAVED, view)
    return view


@transaction.atomic
def change_view(principal: Principal, view_id: UUID, changes: Mapping[str, Any]) -> SavedView:
    """Change what is given of a view (names of `Wanted`), the rest stays; as `save_view`, and NoSuchView."""
    view = _locked(principal, view_id)
    wanted = replace(_as_it_is(view), **changes)
    if "filters" in changes and "order" not in changes:
        wanted = replace(wanted, order=_possible(wanted))
    owner, team = _of_whom(principal, wanted)
    for name, value in {**_checked(principal, wanted), "owner_id": owner, "team_id": team}.items():
        setattr(view, name, value)
    view.save()
    _tell(principal, events.VIEW_SAVED, view)
    return view


@transaction.atomic
def remove_view(principal: Principal, view_id: UUID) -> None:
    """Forget a view; NoSuchView, NotAllowed."""
    view = _locked(principal, view_id)
    _tell(principal, events.VIEW_REMOVED, view)
    view.delete()


def _locked(principal: Principal, view_id: UUID) -> SavedView:
    permissions.demand(principal, "conversations.read")
    view = views.visible_to(principal).select_for_update(of=("self",)).filter(pk=view_id).first()
    if view is None:
        raise NoSuchView
    if view.owner_id is None:
        permissions.demand(principal, SHARE)
    return view


def _of_whom(principal: Principal, wanted: Wanted) -> tuple[UUID | None, UUID | None]:
    permissions.demand(principal, "conversations.read")
    if wanted.shared == "own":
        if principal.kind != "agent":
            raise OnlyPeople
        return principal.id, None
    permissions.demand(principal, SHARE)
    if wanted.shared == "everybody":
        return None, None
    if wanted.team is None or not _sees(principal, wanted.team):
        raise _bad(principal, "team", "no_team")
    return None, wanted.team


def _as_it_is(view: SavedView) -> Wanted:
    shared = views.shown(view)["shared"]
    filters = views.of(view).filters
    return Wanted(view.name, filters, view.order, shared, view.team_id, view.position)


def _possible(wanted: Wanted) -> str | None:
    """Keep the order where the new filters can be listed in it."""
    return wanted.order if wanted.order in sets.chosen(wanted.filters).orders else None


def _sees(principal: Principal, team: UUID) -> bool:
    everywhere = permissions.scope_of(principal, "conversations.read") == permissions.ALL
    return team in principal.teams or (everywhere and Team.objects.filter(pk=team).exists())


def _checked(principal: Principal, wanted: Wanted) -> dict[str, Any]:
    name = " ".join(wanted.name.split())
    if not name:
        raise _bad(principal, "name", "no_name")
    if len(name) > NAME:
        raise _bad(principal, "name", "long_name", most=NAME)
    order = sets.order_of(sets.chosen(wanted.filters), wanted.order)
    return {"name": name, "filters": wanted.filters.given(), "order": order.name, "position": wanted.position}


def _bad(principal: Principal, field: str, reason: str, **values: Any) -> BadView:
    return BadView(field=field, reason=texts.say(f"conversations.view.{reason}", principal.language, **values))


def _tell(principal: Principal, event: EventType, view: SavedView) -> None:
    record(Event(event.name, actor=Actor.of(principal), attributes={"view": view.id}))
