"""How many lie in each list? Up to 99, all lists in one statement; nobody counts a thousand rows at a glance."""

from collections.abc import Sequence
from dataclasses import dataclass

from servewell.apps.base import statements
from servewell.apps.base.principal import Principal
from servewell.apps.conversations.inbox import sets, walks
from servewell.apps.conversations.inbox.builtin import View
from servewell.apps.conversations.inbox.parts import Values
from servewell.apps.conversations.inbox.sql import SQL
from servewell.apps.people import permissions

SHOWN = 99
LOOK = 1000  # rows that a view asks at most
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
    for first in range(0, len(views), BATCH):
        found |= _counted(principal, views[first : first + BATCH], first)
    return [Count(view.id, min(SHOWN, found[n][0]), found[n][0] > SHOWN or found[n][1]) for n, view in enumerate(views)]


def _counted(principal: Principal, views: Sequence[View], first: int) -> dict[int, tuple[int, bool]]:
    values = Values()
    parts = [
        SQL["count"].format(place=first + n, walked=walks.walked(_walk(principal, view), values))
        for n, view in enumerate(views)
    ]
    rows = statements.rows(" union all ".join(f"({part})" for part in parts), values.given)
    return {place: (found, cut) for place, found, cut in rows}


def _walk(principal: Principal, view: View) -> walks.Walk:
    rows = sets.chosen(view.filters)
    return walks.Walk(principal, view.filters, rows, sets.order_of(rows, view.order), SHOWN + 1, look=LOOK)
