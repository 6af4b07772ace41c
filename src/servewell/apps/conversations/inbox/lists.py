"""Which fifty conversations come next? One statement, whatever is asked and however many there are."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from servewell.apps.base import clock, cursors, statements
from servewell.apps.base.principal import Principal
from servewell.apps.conversations.inbox import builtin, sets, walks
from servewell.apps.conversations.inbox.filters import Filters
from servewell.apps.conversations.inbox.parts import Values
from servewell.apps.conversations.inbox.sql import SQL
from servewell.apps.conversations.models import PRIORITIES
from servewell.apps.people import permissions

PAGE = 50
LOOKING_COUNTS = timedelta(seconds=30)  # somebody who was not heard of for so long has it open no more
_FURTHER = (1, 8)  # times as many rows are asked, one walk after the other, while a page is empty
_TRIES = 40  # walks that look for all that filters find
_Ask = Callable[[str, dict[str, Any]], tuple[list[str], list[tuple[Any, ...]]]]
_WORDS = {int(number): word for word, number in PRIORITIES.items()}


@dataclass(frozen=True, slots=True)
class Page:
    """Some conversations of a list."""

    items: list[dict[str, Any]]  # rows as the API shows them
    next: str | None  # cursor of what follows; None at the end
    partial: bool  # it stopped looking before the page was full: ask with `next` to look on
    order: str  # in which they are


def page(
    principal: Principal, filters: Filters, order: str | None = None, cursor: str | None = None, limit: int = PAGE
) -> Page:
    """Return a page of what `principal` may read; NotAllowed, OrderNotPossible, BadCursor.

    A cursor is of one set and order. What is inserted or moves meanwhile makes nothing else come twice or be left out.
    """
    permissions.demand(principal, "conversations.read")
    rows = sets.chosen(filters)
    ordered = sets.order_of(rows, order)
    of = f"conversations.{rows.name}.{ordered.name}"
    after = cursors.decode(cursor, of) if cursor else None
    found = _some(walks.Walk(principal, filters, rows, ordered, limit + 1, after=after), limit)
    following = cursors.encode(found.place, of) if found.place else None
    return Page(found.items, following, found.partial, ordered.name)


def ids(principal: Principal, filters: Filters, most: int) -> list[UUID] | None:
    """Return the conversations that filters find, up to `most`; None when looking for them all takes too long."""
    permissions.demand(principal, "conversations.read")
    rows = sets.chosen(filters)
    order = sets.order_of(rows, None)
    found: list[UUID] = []
    place: tuple[Any, ...] | None = None
    for _ in range(_TRIES):
        walk = walks.Walk(principal, filters, rows, order, most - len(found) + 1, after=place)
        part = _shortened(_found(walk), most - len(found))
        found += [item["id"] for item in part.items]
        place = part.place
        if place is None or len(found) >= most:
            return found
    return None


def named(principal: Principal, conversations: Sequence[UUID]) -> list[dict[str, Any]]:
    """Return these conversations as a list shows them, in their order; who may read them was asked before."""
    values = Values()
    ids = values.put(conversations, "uuid[]")
    walked = f"select u.id, u.k0, true as ok, false as cut from unnest({ids}) with ordinality as u(id, k0)"  # noqa: S608 - a name
    sql = SQL["page"].format(walked=walked, keys="k0", by_place="k0", read_back="p.k0", limit=len(conversations))
    return [_shown(row) for row, _ in _rows(sql, principal, values, width=1, ask=_planned_anew)]


@dataclass(frozen=True, slots=True)
class _Found:
    items: list[dict[str, Any]]
    place: tuple[Any, ...] | None  # where what follows begins; None: nothing does
    partial: bool


def _some(walk: walks.Walk, limit: int) -> _Found:
    """Return a page; where a walk comes upon nothing, another goes on further back, so that hardly a page is empty."""
    found = _Found([], walk.after, partial=False)
    for times in _FURTHER:
        found = _shortened(_found(replace(walk, look=walk.look * times, after=found.place)), limit)
        if found.items or found.place is None:
            break
    return found


def _found(walk: walks.Walk) -> list[tuple[dict[str, Any], tuple[Any, ...]]]:
    """Return the rows with their places in the order."""
    values = Values()
    keys = ", ".join(f"k{place}" for place in range(len(walk.order.keys)))
    sql = SQL["page"].format(
        walked=walks.walked(walk, values),
        keys=keys,
        by_place=walk.order.by_place,
        read_back=walk.order.read_back("p"),
        limit=walk.limit,
    )
    ask = statements.described if builtin.is_everybodys(walk.filters) else _planned_anew
    return _rows(sql, walk.principal, values, width=len(walk.order.keys), ask=ask)


def _rows(
    sql: str, principal: Principal, values: Values, *, width: int, ask: _Ask
) -> list[tuple[dict[str, Any], tuple[Any, ...]]]:
    """Return the rows, and apart from them their last `width` columns."""
    user = principal.id if principal.kind == "agent" else None
    given = {**values.given, "user": user, "looking_since": clock.now() - LOOKING_COUNTS}
    names, found = ask(sql, given)
    return [(dict(zip(names[:-width], row, strict=False)), row[-width:]) for row in found]


def _planned_anew(sql: str, given: dict[str, Any]) -> tuple[list[str], list[tuple[Any, ...]]]:
    """Which plan is good depends on how rare it is what filters ask for."""
    with connection.cursor() as cursor:
        cursor.execute(sql, given)
        return [column.name for column in cursor.description], list(cursor.fetchall())


def _shortened(rows: list[tuple[dict[str, Any], tuple[Any, ...]]], limit: int) -> _Found:
    """End the page where a walk stopped looking: behind it, another's rows may come too early."""
    items: list[dict[str, Any]] = []
    for position, (row, place) in enumerate(rows):
        if row["ok"]:
            items.append(_shown(row))
        if row["cut"]:
            return _Found(items, place, len(items) < limit)
        if len(items) == limit:
            return _Found(items, place if position + 1 < len(rows) else None, partial=False)
    return _Found(items, None, partial=False)


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    customer = {"id": row["customer_id"], "name": row["customer_name"], "tier": row["customer_tier"]}
    return {
        **{name: value for name, value in row.items() if name not in _FOLDED},
        "priority": _WORDS[row["priority"]],
        "customer": customer,
        "team": _named(row["team_id"], row["team_name"]),
        "assignee": _named(row["assignee_id"], row["assignee_name"]),
        "tags": row["tags"] or [],
        "looking": row["looking"] or [],
    }


_FOLDED = {
    *("ok", "cut", "customer_id", "customer_name", "customer_tier"),
    *("team_id", "team_name", "assignee_id", "assignee_name"),
}


def _named(pk: Any, name: str | None) -> dict[str, Any] | None:
    return None if pk is None else {"id": pk, "name": name}
