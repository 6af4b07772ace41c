"""Draws a map as SVG that stands alone: boxes with their figures, edges as wide as they are frequent, heat by time."""

import math
from html import escape
from itertools import pairwise

from servewell.engines.mining.process_map import Node
from servewell.engines.mining.report.chosen import END, START, Arrow, chosen
from servewell.engines.mining.report.figures import Figures
from servewell.engines.mining.report.layout import Box, Drawing, Line, Way, placed
from servewell.engines.mining.report.words import Say, duration, number, percent, width, wrapped

BOX_WIDTH, BOX_HEIGHT, MARGIN = 158.0, 58.0, 22.0
_LABEL, _SMALL = 12.5, 11.0  # sizes of text
_HEATS = (0.02, 0.06, 0.14, 0.3)  # shares of all time at which the heat rises


def map_svg(figures: Figures, say: Say) -> tuple[str, int, int]:
    """Return the drawing and how many steps and edges it shows."""
    choice = chosen(figures)
    nodes = {node.activity: node for node in figures.map.nodes}
    arrows = {(arrow.source, arrow.target): arrow for arrow in choice.arrows}
    wide = {step: BOX_WIDTH + 2 * _loop_room(arrows.get((step, step))) for step in choice.steps}
    boxes = [Box(START, 22, 22), *(Box(step, wide[step], BOX_HEIGHT) for step in choice.steps), Box(END, 22, 22)]
    lines = [_line(arrow, figures, say) for arrow in choice.arrows]
    drawing = placed(boxes, lines)
    most = max((arrow.n for arrow in choice.arrows), default=1)
    parts = [_edge(way, arrows[way.line.source, way.line.target], most, say) for way in drawing.ways]
    parts += [_loop(arrow, drawing, most, say) for arrow in choice.arrows if arrow.source == arrow.target]
    parts += [_box(nodes[step], drawing, figures, say) for step in choice.steps]
    parts += [_end(name, drawing, say) for name in (START, END)]
    parts += [_edge_label(way, arrows[way.line.source, way.line.target], say) for way in drawing.ways]
    shown = sum(arrow.seconds is not None for arrow in choice.arrows)
    return _framed(drawing, parts, say), len(choice.steps), shown


def heat(share: float) -> int:
    """Return the class, 1 to 5, of a share of all time."""
    return 1 + sum(share >= bound for bound in _HEATS)


def _line(arrow: Arrow, figures: Figures, say: Say) -> Line:
    weight = 1 + 24 * arrow.n / (figures.cases or 1)
    return Line(arrow.source, arrow.target, weight, width(_words(arrow, say), _SMALL) + 10)


def _words(arrow: Arrow, say: Say) -> str:
    time = "" if arrow.seconds is None else f" · {duration(arrow.seconds, say)}"
    return number(arrow.n) + time


def _framed(drawing: Drawing, parts: list[str], say: Say) -> str:
    wide, high = drawing.width + 2 * MARGIN + 40, drawing.height + 2 * MARGIN
    heads = "".join(
        f'<marker id="head{n}" viewBox="0 0 10 10" refX="8.5" refY="5" markerUnits="userSpaceOnUse" '
        f'markerWidth="10" markerHeight="10" orient="auto"><path d="M0 1L9 5L0 9z" class="head heat{n}"/></marker>'
        for n in range(1, 6)
    )
    body = "\n".join(parts)
    return (
        f'<svg class="map" viewBox="{-MARGIN} {-MARGIN} {wide:.0f} {high:.0f}" width="{wide:.0f}" height="{high:.0f}" '
        f'role="img" aria-label="{say("map")}"><defs>{heads}</defs>\n{body}\n</svg>'
    )


def _box(node: Node, drawing: Drawing, figures: Figures, say: Say) -> str:
    x, y = drawing.centres[node.activity]
    share = node.before.sum / figures.passed_s if node.before and figures.passed_s else 0.0
    label = figures.label(node.activity)
    lines = wrapped(label, BOX_WIDTH - 18, _LABEL)
    before = f" · {duration(node.before.median, say)}" if node.before else ""
    tops = (y - 5,) if len(lines) == 1 else (y - 13, y + 2)
    texts = "".join(
        f'<text x="{x:.1f}" y="{top:.1f}">{escape(line)}</text>' for top, line in zip(tops, lines, strict=True)
    )
    low = y + (16 if len(lines) == 1 else 20)
    figure = f'<text class="n" x="{x:.1f}" y="{low:.1f}">{number(node.events)}{before}</text>'
    rect = (
        f'<rect x="{x - BOX_WIDTH / 2:.1f}" y="{y - BOX_HEIGHT / 2:.1f}" width="{BOX_WIDTH:.0f}" '
        f'height="{BOX_HEIGHT:.0f}" rx="9"/>'
    )
    tip = say("tip", cases=number(node.cases), share=percent(share))
    return f'<g class="step heat{heat(share)}"><title>{escape(label)}: {tip}</title>{rect}{texts}{figure}</g>'


def _end(name: str, drawing: Drawing, say: Say) -> str:
    x, y = drawing.centres[name]
    kind = "start" if name == START else "end"
    return f'<g class="{kind}"><title>{say(kind)}</title><circle cx="{x:.1f}" cy="{y:.1f}" r="10"/></g>'


def _edge(way: Way, arrow: Arrow, most: int, say: Say) -> str:
    points = _trimmed(way, arrow)
    curve = f"M{points[0][0]:.1f} {points[0][1]:.1f}"
    for (x1, y1), (x2, y2) in pairwise(points):
        middle = (y1 + y2) / 2
        curve += f"C{x1:.1f} {middle:.1f} {x2:.1f} {middle:.1f} {x2:.1f} {y2:.1f}"
    return _path(curve, arrow, most, "edge back" if way.is_back else "edge", say)


def _path(curve: str, arrow: Arrow, most: int, kind: str, say: Say) -> str:
    grade = heat(arrow.share)
    thick = 1.1 + 4.4 * math.sqrt(arrow.n / most)
    tip = "" if arrow.seconds is None else f"<title>{say('share', share=percent(arrow.share))}</title>"
    return (
        f'<path class="{kind} heat{grade}" d="{curve}" stroke-width="{thick:.1f}" '
        f'marker-end="url(#head{grade})">{tip}</path>'
    )


def _trimmed(way: Way, arrow: Arrow) -> list[tuple[float, float]]:
    """Begin and end at the rim of the boxes, beside each other where several meet."""
    points = list(way.points)
    points[0] = _rim(points[0], points[1], 11 if arrow.source == START else BOX_HEIGHT / 2)
    points[-1] = _rim(points[-1], points[-2], 11 if arrow.target == END else BOX_HEIGHT / 2, 2)
    return points


def _rim(at: tuple[float, float], towards: tuple[float, float], half: float, gap: float = 0) -> tuple[float, float]:
    (x, y), (tx, ty) = at, towards
    lean = 0.0 if half < BOX_HEIGHT / 2 else max(-BOX_WIDTH * 0.36, min(BOX_WIDTH * 0.36, (tx - x) * 0.35))
    return x + lean, y + (half + gap if ty > y else -half - gap)


def _edge_label(way: Way, arrow: Arrow, say: Say) -> str:
    x, y = way.label
    words = _words(arrow, say)
    wide = width(words, _SMALL) + 6
    back = f'<rect class="halo" x="{x - wide / 2:.1f}" y="{y - 9:.1f}" width="{wide:.1f}" height="16" rx="4"/>'
    return f'{back}<text class="on" x="{x:.1f}" y="{y + 3.5:.1f}">{words}</text>'


def _loop_room(arrow: Arrow | None) -> float:
    return 0.0 if arrow is None else 18 + width(number(arrow.n), _SMALL)


def _loop(arrow: Arrow, drawing: Drawing, most: int, say: Say) -> str:
    x, y = drawing.centres[arrow.source]
    right = x + BOX_WIDTH / 2
    curve = f"M{right:.1f} {y - 13:.1f}c26 -6 26 32 2 26"
    label = f'<text class="on loop" x="{right + 24:.1f}" y="{y + 3.5:.1f}">{number(arrow.n)}</text>'
    return _path(curve, arrow, most, "edge", say) + label
