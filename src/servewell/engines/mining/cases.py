"""How do cases begin and end, and how long do they take?"""

from dataclasses import dataclass

from servewell.engines.mining.steps import Steps
from servewell.engines.mining.tables import MICROSECONDS, counted, fetch, fetch_one, read_times, times


@dataclass(frozen=True, slots=True)
class Durations:
    """How long cases take from first to last step, in seconds; None everywhere: there are no cases."""

    mean: float | None
    median: float | None
    p90: float | None
    max: float | None


def start_activities(steps: Steps) -> dict[str, int]:
    """Return how many cases begin with each activity, frequent ones first."""
    return _count_cases(steps, "first")


def end_activities(steps: Steps) -> dict[str, int]:
    """Return how many cases end with each activity, frequent ones first."""
    return _count_cases(steps, "last")


def case_durations(steps: Steps) -> Durations:
    """Return the durations of the cases in four figures."""
    lasted = steps.cases.duration_us
    row = fetch_one(steps.cases.agg(**times(lasted), max=lasted.max()))
    if not row["timed"]:
        return Durations(None, None, None, None)
    found = read_times(row)
    return Durations(found.mean, found.median, found.p90, row["max"] / MICROSECONDS)


def _count_cases(steps: Steps, column: str) -> dict[str, int]:
    return {steps.labels[row[column]]: row["n"] for row in fetch(counted(steps.cases, column))}
