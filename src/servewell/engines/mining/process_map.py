"""Where does the work go, and how long does it take? The directly-follows graph with its times."""

from dataclasses import dataclass

import ibis
from ibis.expr import types as ir

from servewell.engines.mining.cases import end_activities, start_activities
from servewell.engines.mining.rework import activity_rows
from servewell.engines.mining.steps import Steps
from servewell.engines.mining.tables import Rows, Times, fetch, read_times, times


@dataclass(frozen=True, slots=True)
class Node:
    """One activity."""

    activity: str  # its label
    events: int
    cases: int  # in which it happens
    starts: int  # cases it begins
    ends: int  # cases it ends
    rework_cases: int  # cases in which it happens more than once
    rework_extra: int  # occurrences beyond the first of a case
    before: Times | None  # since the previous step of the case; None: it only ever begins cases


@dataclass(frozen=True, slots=True)
class Edge:
    """One activity directly after another."""

    source: str  # labels
    target: str
    n: int  # how often
    cases: int  # in how many cases
    times: Times  # from one step to the next


@dataclass(frozen=True, slots=True)
class ProcessMap:
    """The whole graph, frequent parts first."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]


def process_map(steps: Steps) -> ProcessMap:
    """Return the directly-follows graph: an edge joins each step to the next one of its case."""
    return ProcessMap(nodes=_nodes(steps, steps.labels), edges=_edges(steps, steps.labels))


def edge_rows(steps: Steps, **more: ir.Value) -> Rows:
    """Return per edge its activity ids `previous` and `activity`, `n`, times and `more` sums; frequent ones first."""
    moves = steps.steps.filter(steps.steps.previous.notnull())
    groups = moves.group_by("previous", "activity").agg(n=ibis._.count(), **times(moves.since_us), **more)
    return fetch(groups.order_by(ibis.desc("n"), "previous", "activity"))


def _edges(steps: Steps, names: dict[int, str]) -> tuple[Edge, ...]:
    rows = edge_rows(steps, cases=ibis._["case"].nunique())
    return tuple(
        Edge(names[row["previous"]], names[row["activity"]], row["n"], row["cases"], read_times(row)) for row in rows
    )


def _nodes(steps: Steps, names: dict[int, str]) -> tuple[Node, ...]:
    before = {row["activity"]: read_times(row) for row in _before(steps)}
    starts, ends = start_activities(steps), end_activities(steps)
    return tuple(
        Node(
            activity=(label := names[row["activity"]]),
            events=row["events"],
            cases=row["cases"],
            starts=starts.get(label, 0),
            ends=ends.get(label, 0),
            rework_cases=row["rework_cases"],
            rework_extra=row["rework_extra"],
            before=before.get(row["activity"]),
        )
        for row in activity_rows(steps)
    )


def _before(steps: Steps) -> Rows:
    moves = steps.steps.filter(steps.steps.previous.notnull())
    return fetch(moves.group_by("activity").agg(**times(moves.since_us)))
