"""How are the ways into the rows walked? This writes the SQL: at the end stand `id`, the order's keys, `ok` and `cut`.

Two plans lie in one statement where an index knows a condition (a tag, a facet). When few rows meet it, these are
fetched and sorted; otherwise an ordered walk meets a page of them soon, unless they all lie far back: then it is walked
on (`lists.page`). The database counts up to RARE of them and runs one of both. A customer's rows are a way in.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from servewell.apps.base.principal import Principal
from servewell.apps.conversations.inbox import parts
from servewell.apps.conversations.inbox.filters import Filters
from servewell.apps.conversations.inbox.orders import Order
from servewell.apps.conversations.inbox.parts import Values
from servewell.apps.conversations.inbox.routes import Route, routes
from servewell.apps.conversations.inbox.sets import Rows
from servewell.apps.conversations.inbox.sql import SQL

LOOK = 3000  # rows that the walks of a page ask, together
LEAST_LOOK = 200  # rows that each may ask, however many there are
RARE = 1000  # rows that meet an index's condition and are sorted
GATHERED = 2000  # of what somebody follows or is called on in, the newest


@dataclass(frozen=True, slots=True)
class Walk:
    """What to list, and how far."""

    principal: Principal
    filters: Filters
    rows: Rows
    order: Order
    limit: int  # rows to find
    look: int = field(default_factory=lambda: LOOK)  # rows to ask
    least: int = field(default_factory=lambda: LEAST_LOOK)  # rows that each way may ask, however many there are
    rare: int = field(default_factory=lambda: RARE)  # rows that are sorted
    after: tuple[Any, ...] | None = None  # values of the order, as a cursor keeps them


def walked(walk: Walk, values: Values) -> str:
    """Return a SELECT of `id`, k0, k1, ..., `ok` (does it meet everything?) and `cut` (was more left unlooked at?)."""
    gathered = _gathered(walk, values)
    if gathered:
        return _with_rare(gathered, [_few(walk, values, "true")])
    ways = routes(walk.principal, walk.filters, walk.rows, values)
    if not ways:
        return SQL["nothing"].format(selected=walk.order.selected)
    known = [] if walk.filters.customer else parts.indexed(walk.filters, walk.rows, values)
    if not known:
        return _joined(_walk(walk, way, len(ways), values, "true") for way in ways)
    rare = SQL["rare"].format(where=" and ".join(known), limit=walk.rare + 1)
    is_rare, is_common = (SQL[name].format(rare=walk.rare) for name in ("is_rare", "is_common"))
    walked_few = _few(walk, values, is_rare)
    return _with_rare(rare, [walked_few, *(_walk(walk, way, len(ways), values, is_common) for way in ways)])


def _gathered(walk: Walk, values: Values) -> str:
    """Return a SELECT of the few conversations that somebody has to do with, where only these are wanted."""
    wanted = (("followed", walk.filters.following), ("called_on", walk.filters.mentioned))
    names = [name for name, is_wanted in wanted if is_wanted]
    user = values.put(walk.principal.id, "uuid") if names else ""
    return " intersect ".join(f"({SQL[name].format(user=user, limit=GATHERED)})" for name in names)


def _with_rare(rare: str, walks: Iterable[str]) -> str:
    return f"with rare as materialized ({rare}) {_joined(walks)}"


def _joined(walks: Iterable[str]) -> str:
    return " union all ".join(f"({walk})" for walk in walks)


def _few(walk: Walk, values: Values, gate: str) -> str:
    """Fetch the gathered rows, keep those that meet everything, and sort them."""
    asked = parts.asked(walk.principal, walk.filters, walk.rows, values)
    whose = parts.whose(walk.principal, walk.filters, values)
    where = [gate, walk.rows.sql, parts.reach(walk.principal, values), *whose, *asked, *_after(walk, values)]
    return SQL["few"].format(
        selected=walk.order.selected, where=" and ".join(where), by=walk.order.by, limit=walk.limit
    )


def _walk(walk: Walk, route: Route, ways: int, values: Values, gate: str) -> str:
    """Walk an index in its order; what is asked of a row is asked outside of the bounded walk."""
    ranged = parts.ranged(walk.filters, walk.order, values)
    told = {"waiting": None, "waiting_over_s": None} if ranged else {}  # what the walk itself sees to
    rest = walk.filters.model_copy(update={**told, "customer": None})
    asks = [*route.asks, *parts.asked(walk.principal, rest, walk.rows, values)]
    statement = SQL["asking_walk" if asks else "walk"].format(
        selected=walk.order.selected,
        where=" and ".join([gate, walk.rows.sql, route.where, *ranged, *_after(walk, values)]),
        by=f"{route.lead}, {walk.order.by}" if route.lead else walk.order.by,
        limit=walk.limit,
        asks=" and ".join(asks),
        look=max(walk.least, walk.look // (ways * route.walks)),
    )
    return SQL["each"].format(each=route.each, walk=statement) if route.each else statement


def _after(walk: Walk, values: Values) -> list[str]:
    """Return the condition for what comes after the cursor: one comparison of rows, which an index can start from."""
    if walk.after is None:
        return []
    given = walk.order.values(walk.after)
    named = [values.put(value, key.kind) for key, value in zip(walk.order.keys, given, strict=True)]
    columns = ", ".join(key.sql for key in walk.order.keys)
    return [f"({columns}) {'<' if walk.order.descending else '>'} ({', '.join(named)})"]
