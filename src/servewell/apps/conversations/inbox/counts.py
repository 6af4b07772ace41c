"""How many lie in each list? Up to 99, all lists in one statement; nobody counts a thousand rows at a glance."""

from collections.abc import Sequence
from dataclasses import dataclass

from servewell.apps.base import statements
from servewell.apps.base.principal import Principal
from servewell.apps.conversations.inbox import builtin, parts, sets, walks
from servewell.apps.conversations.inbox.builtin import View
from servewell.apps.conversations.inbox.parts import Values
from servewell.apps.conversations.inbox.sql import SQL
from servewell.apps.people import permissions

SHOWN = 99
LOOK = 1000  # rows that a view asks at most
LOOK_TOGETHER = 10_000  # rows that all views of one call ask at most: the more there are, the sooner each says "12+"
_LEAST = 5  # rows that each of a view's walks asks, however many there are
BATCH = 60  # views of one statement


@dataclass(frozen=True, slots=True)
class Count:
    """How many a view holds, as far as anybody wants to know."""

    id: str  # of the view
    count: int  # at most SHOWN
    more: bool  # there are more, or not all were looked at: "99+", or "12+"


def count(principal: Principal, views: Sequence[View]) -> list[Count]:
    """Return the counts of views, in their order; NotAllowed."""
    permissions.demand(principal, "conversations.read")
    found: dict[int, tuple[int, bool]] = {}
    look = min(LOOK, LOOK_TOGETHER // max(1, sum(_asks(principal, view) for view in views)))
    for first in range(0, len(views), BATCH):
        found |= _counted(principal, views[first : first + BATCH], first, look)
    return [Count(view.id, min(SHOWN, found[n][0]), found[n][0] > SHOWN or found[n][1]) for n, view in enumerate(views)]


def _counted(principal: Principal, views: Sequence[View], first: int, look: int) -> dict[int, tuple[int, bool]]:
    values = Values()
    counted = [
        SQL["count"].format(place=first + n, walked=walks.walked(_walk(principal, view, look), values))
        for n, view in enumerate(views)
    ]
    # Planning dozens of walks takes longer than walking them; but a plan for each mixture of saved views would be kept.
    ask = statements.prepared if all(builtin.is_everybodys(view.filters) for view in views) else statements.rows
    rows = ask(" union all ".join(f"({part})" for part in counted), values.given)
    return {place: (found, cut) for place, found, cut in rows}


def _asks(principal: Principal, view: View) -> bool:
    """Are its rows asked for more than an index knows? Only then it may look at many in vain."""
    return bool(parts.asked(principal, view.filters, sets.chosen(view.filters), Values()))


def _walk(principal: Principal, view: View, look: int) -> walks.Walk:
    rows = sets.chosen(view.filters)
    order = sets.order_of(rows, view.order)
    rare = min(walks.RARE, look)
    return walks.Walk(principal, view.filters, rows, order, SHOWN + 1, look=look, least=_LEAST, rare=rare)
