"""How does a log lie in memory? As one table of steps, coded in integers and put in order once.

Times are whole microseconds: sums of them are exact, whatever the order in which they are added up.
Every question (map, variants, rework, hand-overs, cases) is then a single grouping of it, with no further sorting.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

import ibis
from ibis.expr import types as ir

from servewell.engines.mining import backend
from servewell.engines.mining.backend import Connection
from servewell.engines.mining.tables import fetch

EPOCH = ibis.timestamp("1970-01-01 00:00:00")


@dataclass(frozen=True)
class Steps:
    """A log, or the part of one that a filter left."""

    connection: Connection  # where the tables live
    steps: (
        ir.Table
    )  # case, position (from 1), activity, previous, resource, previous_resource (ids, or null), at_us, since_us
    cases: ir.Table  # case, name, start_us, end_us, duration_us, steps, first, last (activity ids), variant (64 bits)
    activities: ir.Table  # activity (id, in the order of the labels), label
    resources: ir.Table  # resource (id, in the order of the names), name

    @cached_property
    def labels(self) -> dict[int, str]:
        """The label of each activity id."""
        return {row["activity"]: row["label"] for row in fetch(self.activities)}

    def keep(self, cases: ir.Table) -> "Steps":
        """Return only the given cases (rows of `self.cases`, better stored than computed each time)."""
        return replace(self, cases=cases, steps=self.steps.semi_join(cases, "case"))


def materialise(connection: Connection, rows: ir.Table, release: Callable[[], object] | None = None) -> Steps:
    """Turn `rows` (see Columns) into Steps, ordered within a case by time and then by original row.

    A named table or view is read four times as it stands, any other expression is computed once and kept until it is
    coded. `release` is called as soon as `rows` are no longer needed, so that a large log need not lie in memory twice.
    In DuckDB `rows` may lack the column `row`; the order of the table is then the original one.
    """
    named = isinstance(rows.op(), ibis.expr.operations.DatabaseTable)
    log = rows if named else backend.store(connection, rows, "rows")
    names = backend.store(connection, _case_names(connection, log), "names")
    activities = backend.store(connection, _dictionary(log.activity, "activity", "label"), "activities")
    resources = backend.store(connection, _dictionary(log.resource, "resource", "name"), "resources")
    coded = _coded(connection, log, names, activities, resources)
    coded = backend.store(connection, coded.order_by("case", "at_us", "row"), "coded")
    if not named:
        backend.discard(connection, log)
    if release is not None:
        release()
    followed = backend.follow(connection, coded)
    steps = backend.store(connection, in_order(coded), "steps") if followed is None else followed
    backend.discard(connection, coded)
    cases = backend.store(connection, _cases(connection, steps, activities, names), "cases")
    backend.discard(connection, names)
    return Steps(connection, steps, cases, activities, resources)


def _case_names(connection: Connection, log: ir.Table) -> ir.Table:
    """Number the cases by first appearance: neighbours in the file stay neighbours in the sort."""
    first = log.select(name=log.case, row=backend.original_order(connection, log))
    first = first.group_by("name").agg(row=first.row.min())
    return first.select("name", case=ibis.row_number().over(order_by=first.row).cast("int32"))


def _dictionary(column: ir.StringColumn, id_name: str, text_name: str) -> ir.Table:
    """Number the distinct values of a column in their order."""
    values = column.name(text_name).as_table().filter(column.notnull()).distinct()
    number = ibis.row_number().over(order_by=values[text_name]).cast("int32")
    return values.select(number.name(id_name), text_name)


def _coded(
    connection: Connection, log: ir.Table, names: ir.Table, activities: ir.Table, resources: ir.Table
) -> ir.Table:
    log = log.select(
        name=log.case,
        label=log.activity,
        who=log.resource,
        at_us=log.time.delta(EPOCH, unit="microsecond"),
        row=backend.original_order(connection, log),
    )
    joined = log.join(names, "name").join(activities, "label").left_join(resources, log.who == resources.name)
    return joined.select("case", "activity", "resource", "at_us", "row")


def in_order(coded: ir.Table) -> ir.Table:
    """Give each step its place in the case, its predecessor and the time since then, wherever its row may lie."""
    within = ibis.window(group_by="case", order_by=[coded.at_us, coded.row])
    return coded.select(
        "case",
        "activity",
        "resource",
        "at_us",
        position=(ibis.row_number().over(within) + 1).cast("int32"),
        previous=coded.activity.lag().over(within),
        previous_resource=coded.resource.lag().over(within),
        since_us=coded.at_us - coded.at_us.lag().over(within),
    )


def _cases(connection: Connection, steps: ir.Table, activities: ir.Table, names: ir.Table) -> ir.Table:
    """Sum up each case; its variant is a hash of the labels in their places, the same in every log."""
    marks = activities.select("activity", mark=backend.mark(connection, activities.label))
    marked = steps.join(marks, "activity")
    place = backend.mark(connection, marked.position)
    marked = marked.mutate(print=backend.mark(connection, marked.mark ^ place))
    cases = marked.group_by("case").agg(
        start_us=marked.at_us.min(),
        end_us=marked.at_us.max(),
        steps=marked.count(),
        first=marked.activity.max(where=marked.position == 1),
        last=marked.activity.argmax(marked.position),
        variant=backend.mark_of_all(connection, marked.print),
    )
    cases = cases.mutate(duration_us=cases.end_us - cases.start_us)
    return cases.join(names, "case")
