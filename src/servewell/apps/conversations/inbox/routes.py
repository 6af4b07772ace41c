"""By which way into the rows? One ordered walk for each team, assignee, or for all: none of them sorts or skips much.

`team_id in (...) order by` cannot be walked in order, so a person with several teams has one walk for each, joined at
the end. A walk that asks its rows anything looks at LOOK of them at most and then says where it stopped.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from servewell.apps.base.principal import Principal
from servewell.apps.conversations.inbox import parts
from servewell.apps.conversations.inbox.filters import Filters
from servewell.apps.conversations.inbox.parts import Values
from servewell.apps.conversations.inbox.sets import INBOX, Rows
from servewell.apps.people import permissions


@dataclass(frozen=True, slots=True)
class Route:
    """A way into the rows: one walk for each of `each`."""

    each: str  # a relation t with one column `id`; "" for a single walk
    where: str  # condition over a row `c` and `t.id`
    lead: str = ""  # what the index begins with where the order must say so
    asks: tuple[str, ...] = ()  # conditions that only this way has to ask its rows for
    walks: int = 1  # about how many

    @property
    def is_all(self) -> bool:
        """Does it reach every row, without asking for a team?"""
        return self.where == "true"


# All rows, in one walk for each team and one for those of none: what nobody has is indexed by team.
_EVERY_TEAM = (
    Route("people_team t", "c.team_id = t.id", walks=10),
    Route("", "c.team_id is null", lead="c.team_id"),
)


def routes(principal: Principal, filters: Filters, rows: Rows, values: Values) -> list[Route]:
    """Return the ways that together reach everything the filters ask for and `principal` may read."""
    scope = permissions.scope_of(principal, "conversations.read")
    if scope is None:
        return []
    if filters.customer:
        return [_of_customer(principal, filters, rows, values)]
    if filters.assignee:
        return list(_by_assignee(principal, filters, rows, values, scope))
    if scope == permissions.OWN:
        return [_held(principal, [principal.id], filters, values)]
    return list(_by_team(principal, filters, values, scope))


def _of_customer(principal: Principal, filters: Filters, rows: Rows, values: Values) -> Route:
    """What one customer has, and those merged with them: one walk for each, past nobody else's rows."""
    asks = [parts.reach(principal, values), *parts.whose(principal, filters, values)]
    return Route(
        f"unnest({parts.family(filters.customer, values)}) t(id)",
        f"c.customer_id = t.id and ({rows.sql}) is true",
        asks=tuple(ask for ask in asks if ask != "true"),
    )


def _by_assignee(principal: Principal, filters: Filters, rows: Rows, values: Values, scope: str) -> Iterator[Route]:
    wanted = parts.people_wanted(principal, filters)
    people = [one for one in wanted if one is not None]
    if people:
        theirs = _held(principal, people, filters, values)
        reach = () if scope == permissions.ALL or people == [principal.id] else (parts.reach(principal, values),)
        yield replace(theirs, asks=theirs.asks + reach)
    if None in wanted and scope != permissions.OWN:
        for route in _by_team(principal, filters, values, scope, own=False):
            yield from (_unassigned(one, rows) for one in (_EVERY_TEAM if route.is_all else [route]))


def _unassigned(route: Route, rows: Rows) -> Route:
    """The inbox has indexes of what nobody has; elsewhere each row is asked."""
    nobody = "c.assignee_id is null"
    if rows is INBOX:
        return replace(route, where=f"{route.where} and {nobody}")
    return replace(route, asks=(*route.asks, nobody))


def _held(principal: Principal, people: Sequence[Any], filters: Filters, values: Values) -> Route:
    """What these people have; `filters` may still ask for teams."""
    asks = tuple(parts.whose(principal, filters.model_copy(update={"assignee": []}), values))
    return Route(f"unnest({values.put(people, 'uuid[]')}) t(id)", "c.assignee_id = t.id", asks=asks, walks=len(people))


def _by_team(
    principal: Principal, filters: Filters, values: Values, scope: str, *, own: bool = True
) -> Iterator[Route]:
    wanted = parts.teams_wanted(principal, filters)
    reached = principal.teams if scope == permissions.TEAM else None
    named = [one for one in (reached if wanted is None else wanted) or () if one is not None]
    if wanted is None and reached is None:
        yield Route("", "true")
    teams = [one for one in named if reached is None or one in reached]
    if teams:
        yield Route(f"unnest({values.put(teams, 'uuid[]')}) t(id)", "c.team_id = t.id", walks=len(teams))
    if wanted is not None and None in wanted and reached is None:
        yield Route("", "c.team_id is null", lead="c.team_id")
    if own and reached is not None and principal.id is not None:
        yield _held(principal, [principal.id], filters, values)
