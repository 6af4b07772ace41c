"""What is done again? Activities that happen more than once in a case."""

from dataclasses import dataclass

import ibis

from servewell.engines.mining.steps import Steps
from servewell.engines.mining.tables import Rows, fetch


@dataclass(frozen=True, slots=True)
class Rework:
    """One activity that is done again."""

    activity: str  # its label
    cases: int  # in which it happens more than once
    extra: int  # occurrences beyond the first of a case


def rework(steps: Steps) -> tuple[Rework, ...]:
    """Return the activities that some case repeats, in the order of their labels."""
    return repeated(steps, activity_rows(steps))


def repeated(steps: Steps, rows: Rows) -> tuple[Rework, ...]:
    """Read `rework` in the rows of `activity_rows`."""
    found = [row for row in rows if row["rework_cases"]]
    again = [Rework(steps.labels[row["activity"]], row["rework_cases"], row["rework_extra"]) for row in found]
    return tuple(sorted(again, key=lambda one: one.activity))


def activity_rows(steps: Steps) -> Rows:
    """Return per activity id its events, cases, rework_cases and rework_extra; frequent ones first."""
    per_case = steps.steps.group_by("case", "activity").agg(n=ibis._.count())
    groups = per_case.group_by("activity").agg(
        events=per_case.n.sum(),
        cases=per_case.count(),
        rework_cases=per_case.count(where=per_case.n > 1),
        rework_extra=per_case.n.sum() - per_case.count(),
    )
    return fetch(groups.order_by(ibis.desc("events"), "activity"))
