"""The same figures by plain loops over plain lists: what the engine is held against."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

TOP = 20


@dataclass(frozen=True)
class Row:
    """One line of a log."""

    case: str
    activity: str
    time: datetime
    resource: str | None = None


def quantile(values: list[float], share: float) -> float:
    """Interpolate linearly between neighbours."""
    values = sorted(values)
    place = (len(values) - 1) * share
    low = int(place)
    high = min(low + 1, len(values) - 1)
    return values[low] + (values[high] - values[low]) * (place - low)


def traces(rows: list[Row]) -> dict[str, list[Row]]:
    """Gather cases, each ordered by time and then by original row."""
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[row.case].append(row)
    return {case: sorted(steps, key=lambda row: row.time) for case, steps in found.items()}


def times(seconds: list[float]) -> list[float]:
    return [sum(seconds), sum(seconds) / len(seconds), quantile(seconds, 0.5), quantile(seconds, 0.9)]


def gaps(cases: dict[str, list[Row]]) -> dict[tuple[str, str], list[float]]:
    found: dict[tuple[str, str], list[float]] = defaultdict(list)
    for steps in cases.values():
        for before, after in pairwise(steps):
            found[before.activity, after.activity].append((after.time - before.time).total_seconds())
    return found


def durations(cases: dict[str, list[Row]]) -> list[float]:
    return [(steps[-1].time - steps[0].time).total_seconds() for steps in cases.values()]


def rework(cases: dict[str, list[Row]]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for steps in cases.values():
        for activity, n in Counter(row.activity for row in steps).items():
            if n > 1:
                so_far = found.setdefault(activity, [0, 0])
                so_far[0] += 1
                so_far[1] += n - 1
    return found


def handovers(cases: dict[str, list[Row]]) -> Counter[tuple[str | None, str | None]]:
    names = [[row.resource for row in steps] for steps in cases.values()]
    return Counter(pair for case in names for pair in pairwise(case) if all(pair) and pair[0] != pair[1])


def summary(rows: list[Row]) -> dict[str, Any]:
    """Return what the engine's `summary` must return, but for the order of ties and the cut of the top lists."""
    cases = traces(rows)
    lasted = durations(cases)
    ways = Counter(tuple(row.activity for row in steps) for steps in cases.values())
    handed = handovers(cases)
    return {
        "events": len(rows),
        "cases": len(cases),
        "activities": len({row.activity for row in rows}),
        "variants": len(ways),
        "start_activities": dict(Counter(steps[0].activity for steps in cases.values())),
        "end_activities": dict(Counter(steps[-1].activity for steps in cases.values())),
        "edges": [[*edge, len(seconds), *times(seconds)] for edge, seconds in gaps(cases).items()],
        "case_duration_s": {
            "mean": sum(lasted) / len(lasted) if lasted else None,
            "median": quantile(lasted, 0.5) if lasted else None,
            "p90": quantile(lasted, 0.9) if lasted else None,
            "max": max(lasted) if lasted else None,
        },
        "top_variants": [[list(way), n] for way, n in ways.items()],
        "rework": rework(cases),
        "resource_handovers": {
            "total": handed.total(),
            "pairs": len(handed),
            "top": [[*pair, n] for pair, n in handed.items()],
        },
    }


def differences(got: dict[str, Any], expected: dict[str, Any]) -> list[str]:
    """Name what differs: counts exactly, seconds beyond 1e-6 or 0.01 s, top lists beyond ties."""
    found = [key for key in ("events", "cases", "activities", "variants") if got[key] != expected[key]]
    found += [key for key in ("start_activities", "end_activities") if got[key] != expected[key]]
    found += ["rework"] if {k: tuple(v) for k, v in got["rework"].items()} != _tuples(expected["rework"]) else []
    found += _of_edges(got["edges"], expected["edges"])
    found += [
        f"case_duration_s.{key}"
        for key, seconds in expected["case_duration_s"].items()
        if not close(got["case_duration_s"][key], seconds)
    ]
    found += _of_top("top_variants", got["top_variants"], expected["top_variants"], expected["variants"])
    return found + _of_handovers(got["resource_handovers"], expected["resource_handovers"])


def close(got: float | None, expected: float | None) -> bool:
    """Are two times the same within DESIGN's tolerance?"""
    if got is None or expected is None:
        return got is expected
    return abs(got - expected) <= max(0.01, abs(expected) * 1e-6)


def _tuples(found: dict[str, Any]) -> dict[str, tuple[int, ...]]:
    return {key: tuple(value) for key, value in found.items()}


def _of_edges(got: list[list[Any]], expected: list[list[Any]]) -> list[str]:
    ours = {(edge[0], edge[1]): edge[2:] for edge in got}
    theirs = {(edge[0], edge[1]): edge[2:] for edge in expected}
    if ours.keys() != theirs.keys() or len(ours) != len(got):
        return ["edges"]
    return [
        f"edge {edge}"
        for edge, (n, *seconds) in theirs.items()
        if ours[edge][0] != n or not all(map(close, ours[edge][1:], seconds))
    ]


def _of_handovers(got: dict[str, Any], expected: dict[str, Any]) -> list[str]:
    found = [f"resource_handovers.{key}" for key in ("total", "pairs") if got[key] != expected[key]]
    return found + _of_top("resource_handovers.top", got["top"], expected["top"], expected["pairs"])


def _of_top(name: str, got: list[list[Any]], expected: list[list[Any]], total: int) -> list[str]:
    """Compare lists whose ties may come in any order, and at whose end one tie may stand for another."""
    expected = sorted(expected, key=lambda one: -one[-1])[:TOP]
    counts = [one[-1] for one in expected]
    if [one[-1] for one in got] != counts:
        return [name]
    cut = counts[-1] if len(expected) < total else -1
    ours, theirs = (sorted(map(repr, (one for one in top if one[-1] != cut))) for top in (got, expected))
    return [] if ours == theirs else [name]
