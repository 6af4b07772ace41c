"""Who hands work to whom? Consecutive steps of a case by different resources.

A step without a resource neither gives nor takes: it is not known that the work changed hands.
"""

from dataclasses import dataclass

import ibis

from servewell.engines.mining import backend
from servewell.engines.mining.steps import Steps
from servewell.engines.mining.tables import fetch, fetch_one


@dataclass(frozen=True, slots=True)
class Handover:
    """One pair of resources, in this direction."""

    source: str  # names
    target: str
    n: int


@dataclass(frozen=True, slots=True)
class Handovers:
    """All of them in numbers, and the most frequent."""

    total: int
    pairs: int  # distinct ones
    top: tuple[Handover, ...]


def handovers(steps: Steps, limit: int = 20) -> Handovers:
    """Count the hand-overs of a log; `top` holds the `limit` most frequent pairs."""
    table = steps.steps
    moves = table.filter(table.previous_resource != table.resource)
    groups = moves.group_by("previous_resource", "resource").agg(n=ibis._.count())
    with backend.held(steps.connection, groups, "handovers") as pairs:
        ranked = fetch(pairs.order_by(ibis.desc("n"), "previous_resource", "resource").limit(limit))
        totals = fetch_one(pairs.agg(total=pairs.n.sum().fill_null(0), pairs=pairs.count()))
    names = _names(steps, {row[side] for row in ranked for side in ("previous_resource", "resource")})
    top = tuple(Handover(names[row["previous_resource"]], names[row["resource"]], row["n"]) for row in ranked)
    return Handovers(totals["total"], totals["pairs"], top)


def _names(steps: Steps, ids: set[int]) -> dict[int, str]:
    wanted = steps.resources.filter(steps.resources.resource.isin(sorted(ids))) if ids else steps.resources.limit(0)
    return {row["resource"]: row["name"] for row in fetch(wanted)}
