"""Which cases shall be looked at? Conditions on whole cases, all of which must hold."""

from dataclasses import dataclass
from datetime import datetime

import ibis
from ibis.expr import types as ir

from servewell.engines.mining import backend
from servewell.engines.mining.steps import Steps
from servewell.engines.mining.tables import MICROSECONDS, fetch, microseconds
from servewell.engines.mining.variants import is_key, number


@dataclass(frozen=True, slots=True)
class Filter:
    """Conditions; the empty filter keeps everything."""

    since: datetime | None = None  # the case begins then or later (aware)
    until: datetime | None = None  # the case begins before that (aware)
    having: tuple[str, ...] = ()  # labels, each of which happens in the case
    without: tuple[str, ...] = ()  # labels, none of which happens in the case
    paths: tuple[tuple[str, str], ...] = ()  # pairs of labels, each directly after the other in the case
    repeated: tuple[str, ...] = ()  # labels, each of which happens more than once in the case
    handovers: tuple[tuple[str, str], ...] = ()  # pairs of resources, of which one hands over to the other in the case
    variant: str | None = None  # a Variant.key
    min_s: float | None = None  # the case lasts at least so many seconds
    max_s: float | None = None  # and at most so many


def apply(steps: Steps, wanted: Filter) -> Steps:
    """Return the part of a log whose cases meet all conditions; labels and keys that no case has meet none."""
    if wanted == Filter():
        return steps
    ids = _ids(steps, wanted)
    cases = steps.cases.filter(_of_case(steps.cases, wanted)) if _asks_of_case(wanted) else steps.cases
    for label in wanted.having:
        cases = cases.semi_join(_with(steps, activity=ids.get(label)), "case")
    for source, target in wanted.paths:
        cases = cases.semi_join(_with(steps, previous=ids.get(source), activity=ids.get(target)), "case")
    for label in wanted.repeated:
        cases = cases.semi_join(_again(steps, ids.get(label)), "case")
    people = _resource_ids(steps, wanted)
    for source, target in wanted.handovers:
        moves = _with(steps, previous_resource=people.get(source), resource=people.get(target))
        cases = cases.semi_join(moves, "case")
    for label in set(wanted.without) & ids.keys():
        cases = cases.anti_join(_with(steps, activity=ids[label]), "case")
    return steps.keep(backend.store(steps.connection, cases, "kept"))


def _ids(steps: Steps, wanted: Filter) -> dict[str, int]:
    labels = {*wanted.having, *wanted.without, *wanted.repeated, *(label for path in wanted.paths for label in path)}
    if not labels:
        return {}
    rows = fetch(steps.activities.filter(steps.activities.label.isin(sorted(labels))))
    return {row["label"]: row["activity"] for row in rows}


def _resource_ids(steps: Steps, wanted: Filter) -> dict[str, int]:
    names = {name for pair in wanted.handovers for name in pair}
    if not names:
        return {}
    return {
        row["name"]: row["resource"] for row in fetch(steps.resources.filter(steps.resources.name.isin(sorted(names))))
    }


def _again(steps: Steps, activity: int | None) -> ir.Table:
    per_case = _with(steps, activity=activity).group_by("case").agg(n=ibis._.count())
    return per_case.filter(per_case.n > 1)


def _asks_of_case(wanted: Filter) -> bool:
    return any(one is not None for one in (wanted.since, wanted.until, wanted.variant, wanted.min_s, wanted.max_s))


def _of_case(cases: ir.Table, wanted: Filter) -> list[ir.BooleanValue]:
    conditions = []
    if wanted.since is not None:
        conditions.append(cases.start_us >= microseconds(wanted.since))
    if wanted.until is not None:
        conditions.append(cases.start_us < microseconds(wanted.until))
    if wanted.min_s is not None:
        conditions.append(cases.duration_us >= round(wanted.min_s * MICROSECONDS))
    if wanted.max_s is not None:
        conditions.append(cases.duration_us <= round(wanted.max_s * MICROSECONDS))
    if wanted.variant is not None:
        known = is_key(wanted.variant)
        conditions.append(
            cases.variant == number(wanted.variant, cases.variant) if known else ibis.literal(value=False)
        )
    return conditions


def _with(steps: Steps, **ids: int | None) -> ir.Table:
    """Return the steps with these ids; an id of None is nobody's."""
    table = steps.steps
    return table.filter([table[column] == (-1 if value is None else value) for column, value in ids.items()])
