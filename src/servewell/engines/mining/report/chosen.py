"""Which part of a map fits on a page? The frequent steps, and of the edges those that explain how each is reached."""

from collections.abc import Iterable
from dataclasses import dataclass

from servewell.engines.mining.report.figures import Figures

MOST_STEPS, EDGES_A_STEP = 24, 1.6
START, END = "\x00start", "\x00end"  # no label has these names: readers refuse no text, but drop such signs


@dataclass(frozen=True, slots=True)
class Arrow:
    """An edge to draw, also from the start or to the end."""

    source: str
    target: str
    n: int
    seconds: float | None  # median; None: to or from an end
    share: float  # of all time that passes


@dataclass(frozen=True, slots=True)
class Choice:
    """What is drawn."""

    steps: tuple[str, ...]
    arrows: tuple[Arrow, ...]


def chosen(figures: Figures) -> Choice:
    """Return the steps by frequency and time, each with its strongest way in and out, then the strongest edges."""
    slow = {edge.target for edge in figures.slowest[:5]} | {edge.source for edge in figures.slowest[:5]}
    nodes = sorted(figures.map.nodes, key=lambda node: (node.activity not in slow, -node.events))[:MOST_STEPS]
    steps = tuple(node.activity for node in sorted(nodes, key=lambda node: -node.events))
    arrows = [arrow for arrow in _arrows(figures) if {arrow.source, arrow.target} <= {*steps, START, END}]
    kept = _strongest(steps, arrows)
    room = EDGES_A_STEP * len(steps) + 2
    kept |= dict.fromkeys(arrows[: max(0, int(room) - len(kept))])
    kept |= {arrow: None for arrow in arrows if arrow.source == arrow.target and _matters(arrow, figures)}
    return Choice(steps, tuple(kept))


def _matters(arrow: Arrow, figures: Figures) -> bool:
    """A step that repeats itself costs the drawing no room."""
    return arrow.share > 0.005 or arrow.n > figures.events / 200


def _strongest(steps: Iterable[str], arrows: list[Arrow]) -> dict[Arrow, None]:
    kept: dict[Arrow, None] = {}
    for step in steps:
        for end in ("target", "source"):
            others = (a for a in arrows if getattr(a, end) == step and a.source != a.target)
            if strongest := next(others, None):
                kept[strongest] = None
    for end, name in (("source", START), ("target", END)):
        ways = [arrow for arrow in arrows if getattr(arrow, end) == name]
        much = sum(arrow.n for arrow in ways) / 10
        kept |= {arrow: None for place, arrow in enumerate(ways) if place == 0 or (place < 4 and arrow.n >= much)}
    return kept


def _arrows(figures: Figures) -> list[Arrow]:
    """All edges, frequent and slow ones first."""
    whole = figures.passed_s or 1.0
    between = [
        Arrow(edge.source, edge.target, edge.n, edge.times.median, edge.times.sum / whole) for edge in figures.map.edges
    ]
    starts = [Arrow(START, step, n, None, 0.0) for step, n in figures.starts.items()]
    ends = [Arrow(step, END, n, None, 0.0) for step, n in figures.ends.items()]
    return sorted(between + starts + ends, key=lambda a: -(a.n / (figures.events or 1) + a.share))
