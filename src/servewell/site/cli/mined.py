"""What does a person read after `servewell mine`? The figures in a screenful of words."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from servewell.site.cli.talk import text

if TYPE_CHECKING:
    from servewell.engines.mining.readers import ReadReport

LINES = 5  # of each list
WAY_STEPS = 8  # of a way, before it is shortened
_UNITS = ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s"))


def sentences(name: str, figures: dict[str, Any]) -> str:
    """Return the summary of a log as text."""
    if not figures["events"]:
        return text("mining.summary.nothing")
    parts = [_counts(name, figures), _durations(figures), _shares("starts", figures["start_activities"], figures)]
    parts += [_shares("ends", figures["end_activities"], figures), _ways(figures), _edges(figures)]
    parts += [_rework(figures), _handovers(figures), text("mining.summary.more")]
    return "\n\n".join(part for part in parts if part)


def set_aside(report: "ReadReport") -> str:
    """Say how many rows could not be used, and why."""
    reasons = ", ".join(f"{text(f'mining.reason.{reason}')} {n:,}" for reason, n in report.reasons.items())
    return text("mining.summary.set-aside", rows=f"{report.rows_set_aside:,}", reasons=reasons)


def duration(seconds: float) -> str:
    """Return seconds in the largest unit that leaves at least 1.5 of it."""
    size, unit = next(((size, unit) for size, unit in _UNITS if seconds >= 1.5 * size), _UNITS[-1])
    value = seconds / size
    return text(f"mining.unit.{unit}", n=f"{value:,.0f}" if value >= 100 else f"{value:.1f}")


def _counts(name: str, figures: dict[str, Any]) -> str:
    counts = {key: f"{figures[key]:,}" for key in ("events", "cases", "activities", "variants")}
    return text("mining.summary.counts", name=name, **counts)


def _durations(figures: dict[str, Any]) -> str:
    return text("mining.summary.duration", **{key: duration(s) for key, s in figures["case_duration_s"].items()})


def _shares(kind: str, counts: dict[str, int], figures: dict[str, Any]) -> str:
    rows = [(_share(n, figures["cases"]), label) for label, n in list(counts.items())[:LINES]]
    return _list(text(f"mining.summary.{kind}"), rows)


def _ways(figures: dict[str, Any]) -> str:
    rows = [(f"{n:,}", _share(n, figures["cases"]), _way(steps)) for steps, n in figures["top_variants"][:LINES]]
    return _list(text("mining.summary.ways"), rows)


def _way(steps: list[str]) -> str:
    shown = steps if len(steps) <= WAY_STEPS else [*steps[: WAY_STEPS - 2], f"… ({len(steps)})", steps[-1]]
    return " → ".join(shown)


def _edges(figures: dict[str, Any]) -> str:
    slowest = sorted(figures["edges"], key=lambda edge: -edge[3])[:LINES]
    rows = [(f"{source} → {target}", _edge(n, total, median)) for source, target, n, total, _, median, _ in slowest]
    return _list(text("mining.summary.edges"), rows)


def _edge(n: int, total: float, median: float) -> str:
    return text("mining.summary.edge", total=duration(total), n=f"{n:,}", median=duration(median))


def _rework(figures: dict[str, Any]) -> str:
    again = sorted(figures["rework"].items(), key=lambda one: -one[1][1])[:LINES]
    rows = [(label, text("mining.summary.again", cases=f"{n:,}", extra=f"{extra:,}")) for label, (n, extra) in again]
    return _list(text("mining.summary.rework"), rows)


def _handovers(figures: dict[str, Any]) -> str:
    found = figures["resource_handovers"]
    rows = [(f"{n:,}", f"{source} → {target}") for source, target, n in found["top"][:LINES]]
    title = text("mining.summary.handovers", total=f"{found['total']:,}", pairs=f"{found['pairs']:,}")
    return _list(title, rows)


def _share(n: int, total: int) -> str:
    return f"{n / total:.1%}"


def _list(title: str, rows: Sequence[tuple[str, ...]]) -> str:
    """Set rows under a title, figures to the right of their column."""
    if not rows:
        return ""
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]) - 1)]
    lines = [
        "  ".join((*(f"{cell:>{width}}" for cell, width in zip(row, widths, strict=False)), row[-1])) for row in rows
    ]
    return "\n".join([title, *(f"  {line}" for line in lines)])
