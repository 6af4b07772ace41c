"""What is in a log, in one page of figures? The answer of `servewell mine --json`."""

from dataclasses import asdict, astuple
from typing import Any

from servewell.engines.mining.cases import case_durations, end_activities, start_activities
from servewell.engines.mining.handovers import Handovers, handovers
from servewell.engines.mining.process_map import edge_rows
from servewell.engines.mining.rework import activity_rows, repeated
from servewell.engines.mining.steps import Steps
from servewell.engines.mining.tables import read_times
from servewell.engines.mining.variants import variants

TOP = 20  # the length of the lists that show only the most frequent


def summary(steps: Steps) -> dict[str, Any]:
    """Return counts, times in seconds and the most frequent ways and hand-overs, ready for JSON.

    Edges are `[from, to, n, sum, mean, median, p90]`; top_variants `[[labels], cases]`; rework
    `{activity: [cases, occurrences beyond the first of a case]}`.
    """
    ways, done = variants(steps, limit=TOP), activity_rows(steps)
    return {
        "events": sum(row["events"] for row in done),
        "cases": ways.cases,
        "activities": len(done),
        "variants": ways.total,
        "start_activities": start_activities(steps),
        "end_activities": end_activities(steps),
        "edges": _edges(steps),
        "case_duration_s": asdict(case_durations(steps)),
        "top_variants": [[list(one.steps), one.cases] for one in ways.items],
        "rework": {one.activity: [one.cases, one.extra] for one in repeated(steps, done)},
        "resource_handovers": _handovers(handovers(steps, limit=TOP)),
    }


def _edges(steps: Steps) -> list[list[Any]]:
    names = steps.labels
    return [
        [names[row["previous"]], names[row["activity"]], row["n"], *astuple(read_times(row))]
        for row in edge_rows(steps)
    ]


def _handovers(found: Handovers) -> dict[str, Any]:
    top = [[one.source, one.target, one.n] for one in found.top]
    return {"total": found.total, "pairs": found.pairs, "top": top}
