"""Where the boxes of a map stand."""

import random
from itertools import combinations, pairwise

import pytest

from servewell.engines.mining.report.layout import Box, Drawing, Line, placed


def draw(*edges: str, weights: dict[str, float] | None = None) -> Drawing:
    """Place boxes and lines given as `a-b`."""
    names = dict.fromkeys(name for edge in edges for name in edge.split("-"))
    boxes = [Box(name, 100, 50) for name in names]
    lines = [Line(*edge.split("-"), (weights or {}).get(edge, 1.0), 60) for edge in edges]
    return placed(boxes, lines)


def test_it_works() -> None:
    """What follows stands below."""
    drawing = draw("a-b", "b-c")
    heights = [drawing.centres[name][1] for name in "abc"]
    assert heights == sorted(heights)
    assert len({drawing.centres[name][0] for name in "abc"}) == 1


def test_the_rarer_half_of_a_circle_runs_back() -> None:
    """The frequent direction points down."""
    drawing = draw("a-b", "b-a", "b-c", weights={"a-b": 9, "b-a": 1, "b-c": 9})
    assert {(way.line.source, way.line.target) for way in drawing.ways if way.is_back} == {("b", "a")}
    back = next(way for way in drawing.ways if way.is_back)
    assert back.points[0][1] > back.points[-1][1]


def test_a_line_to_itself_needs_no_way() -> None:
    """It is drawn beside its box."""
    assert draw("a-a", "a-b").ways[0].line.target == "b"


def test_nothing_and_one() -> None:
    """The smallest maps."""
    assert placed([], []).ways == ()
    assert placed([Box("a", 10, 10)], []).centres == {"a": (5.0, 5.0)}


@pytest.mark.parametrize("seed", range(8))
def test_no_boxes_or_labels_overlap(seed: int) -> None:
    """Whatever the graph."""
    dice = random.Random(seed)
    names = [f"n{n}" for n in range(18)]
    edges = {f"{a}-{b}" for a, b in (dice.sample(names, 2) for _ in range(34))}
    drawing = draw(*sorted(edges), weights={edge: dice.random() * 20 for edge in sorted(edges)})
    rectangles = [(x, y, 100.0, 50.0) for x, y in drawing.centres.values()]
    rectangles += [(*way.label, 60.0, 16.0) for way in drawing.ways]
    for (x1, y1, w1, h1), (x2, y2, w2, h2) in combinations(rectangles, 2):
        assert abs(x1 - x2) >= (w1 + w2) / 2 - 0.01 or abs(y1 - y2) >= (h1 + h2) / 2 - 0.01
    assert all(x - w / 2 + 0.01 >= 0 and x + w / 2 <= drawing.width + 0.01 for x, _y, w, _h in rectangles)


@pytest.mark.parametrize("seed", range(4))
def test_ways_run_in_one_direction(seed: int) -> None:
    """Down, or for those that run back, up; from box to box."""
    dice = random.Random(seed)
    edges = {f"n{a}-n{b}" for a, b in (dice.sample(range(12), 2) for _ in range(20))}
    drawing = draw(*sorted(edges))
    for way in drawing.ways:
        rising = [y2 - y1 for (_x1, y1), (_x2, y2) in pairwise(way.points)]
        assert all(step < 0 for step in rising) if way.is_back else all(step > 0 for step in rising)
        assert way.points[0] == drawing.centres[way.line.source]
        assert way.points[-1] == drawing.centres[way.line.target]
