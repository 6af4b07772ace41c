"""Where does each step of a map stand, and along which way does each edge run? A layered drawing, top to bottom.

1. The most frequent edges that make no circle point down; the others run back up.
2. A step stands below all that lead to it (longest path); every edge gets a rank of its own for its label.
3. Steps and the points of long edges are ordered within their rank so that few edges cross (barycentres).
4. They move towards their neighbours as far as their order and their widths allow (isotonic regression per rank).
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

SWEEPS = 16
GAP, ROW = 26.0, 62.0  # between neighbours of a rank; between ranks
_STRAIGHT = 8.0  # how much more than a step the inside of an edge wants to be straight


@dataclass(frozen=True, slots=True)
class Box:
    """A step to be placed."""

    name: str
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Line:
    """An edge to be placed."""

    source: str
    target: str
    weight: float  # frequent edges are short and straight
    label_width: float


@dataclass(frozen=True, slots=True)
class Way:
    """A placed edge."""

    line: Line
    points: tuple[tuple[float, float], ...]  # from source to target
    label: tuple[float, float]  # the middle of its label
    is_back: bool  # it runs up


@dataclass(frozen=True, slots=True)
class Drawing:
    """A placed map."""

    width: float
    height: float
    centres: dict[str, tuple[float, float]]
    ways: tuple[Way, ...]  # without edges from a step to itself


def placed(boxes: Sequence[Box], lines: Sequence[Line]) -> Drawing:
    """Place boxes and lines; the last box stands at the bottom, if no line leaves it."""
    between = [line for line in lines if line.source != line.target]
    back = _back(between)
    ranks = _ranks(boxes, between, back)
    graph = _Graph(boxes, between, back, ranks)
    graph.order()
    graph.spread()
    return graph.drawing()


def _back(lines: Sequence[Line]) -> set[Line]:
    """Take the lines by weight, what leads most to each step before all others; what would close a circle runs back."""
    strongest = {line.target: line for line in sorted(lines, key=lambda line: line.weight)}
    below: dict[str, set[str]] = defaultdict(set)  # all that can be reached
    back = set()
    for line in sorted(lines, key=lambda line: (strongest[line.target] is not line, -line.weight)):
        if line.source in below[line.target]:
            back.add(line)
            continue
        gained = below[line.target] | {line.target}
        for name in [line.source, *(name for name in below if line.source in below[name])]:
            below[name] |= gained
    return back


def _ranks(boxes: Sequence[Box], lines: Sequence[Line], back: set[Line]) -> dict[str, int]:
    """Longest path, two ranks a step; the last box stands at the bottom, if nothing follows it."""
    ranks = {box.name: 0 for box in boxes}
    ways = [(line.target, line.source) if line in back else (line.source, line.target) for line in lines]
    for _round in boxes:
        changed = False
        for upper, lower in ways:
            if ranks[lower] < ranks[upper] + 2:
                ranks[lower] = ranks[upper] + 2
                changed = True
        if not changed:
            break
    lowest = boxes[-1].name if boxes else None
    if lowest and all(upper != lowest for upper, _lower in ways):
        ranks[lowest] = max((rank for name, rank in ranks.items() if name != lowest), default=-2) + 2
    return ranks


@dataclass(slots=True)
class _Point:
    """A step, or a point on the way of an edge."""

    rank: int
    width: float
    height: float
    x: float = 0.0


class _Graph:
    def __init__(self, boxes: Sequence[Box], lines: Sequence[Line], back: set[Line], ranks: dict[str, int]) -> None:
        self._back = back
        self._boxes = boxes
        self._points: list[_Point] = []
        self._of_box: dict[str, int] = {}
        self._chains: dict[Line, list[int]] = {}  # from upper to lower end
        self._near: dict[int, list[tuple[int, float]]] = defaultdict(list)  # neighbours and how strong they pull
        for box in boxes:
            self._of_box[box.name] = self._point(ranks[box.name], box.width, box.height)
        for line in lines:
            self._chain(line)
        self._layers = self._layered()
        self._heights = {
            self._points[layer[0]].rank: max(self._points[point].height for point in layer) for layer in self._layers
        }

    def _point(self, rank: int, width: float, height: float) -> int:
        self._points.append(_Point(rank, width, height))
        return len(self._points) - 1

    def _chain(self, line: Line) -> None:
        upper, lower = (self._of_box[name] for name in (line.source, line.target))
        if line in self._back:
            upper, lower = lower, upper
        first, last = self._points[upper].rank, self._points[lower].rank
        middle = (first + last) // 2
        inside = [
            self._point(rank, line.label_width if rank == middle else 6.0, 16.0) for rank in range(first + 1, last)
        ]
        chain = [upper, *inside, lower]
        self._chains[line] = chain
        for a, b in pairwise(chain):
            straight = _STRAIGHT if a in inside and b in inside else 1.0
            self._near[a].append((b, line.weight * straight))
            self._near[b].append((a, line.weight * straight))

    def _layered(self) -> list[list[int]]:
        layers: dict[int, list[int]] = defaultdict(list)
        for number, point in enumerate(self._points):
            layers[point.rank].append(number)
        return [layers[rank] for rank in sorted(layers)]

    def order(self) -> None:
        """Sweep down and up, and keep the order with the fewest crossings."""
        best, fewest = [list(layer) for layer in self._layers], self._crossings()
        for sweep in range(SWEEPS):
            self._sweep(down=sweep % 2 == 0)
            crossings = self._crossings()
            if crossings < fewest:
                best, fewest = [list(layer) for layer in self._layers], crossings
        self._layers = best

    def _sweep(self, *, down: bool) -> None:
        place = self._places()
        for layer in self._layers if down else reversed(self._layers):
            if not layer:
                continue
            rank = self._points[layer[0]].rank
            wanted = {}
            for point in layer:
                near = [(place[b], w) for b, w in self._near[point] if (self._points[b].rank < rank) == down]
                total = sum(w for _p, w in near)
                wanted[point] = sum(p * w for p, w in near) / total if total else place[point]
            layer.sort(key=wanted.__getitem__)
            place.update({point: self._relative(at, layer) for at, point in enumerate(layer)})

    def _places(self) -> dict[int, float]:
        return {point: self._relative(at, layer) for layer in self._layers for at, point in enumerate(layer)}

    @staticmethod
    def _relative(at: int, layer: list[int]) -> float:
        return at - (len(layer) - 1) / 2

    def _crossings(self) -> float:
        place = {point: at for layer in self._layers for at, point in enumerate(layer)}
        crossings = 0
        for layer in self._layers:
            ends = sorted(
                (place[a], place[b])
                for a in layer
                for b, _w in self._near[a]
                if self._points[b].rank == self._points[a].rank + 1
            )
            crossings += sum(ends[i][1] > ends[j][1] for i in range(len(ends)) for j in range(i + 1, len(ends)))
        return crossings

    def spread(self) -> None:
        """Give each point its place across."""
        for layer in self._layers:
            for point, x in zip(layer, self._fitted(layer, [0.0] * len(layer), [1.0] * len(layer)), strict=True):
                self._points[point].x = x
        for sweep in range(SWEEPS * 4):
            for layer in self._layers if sweep % 2 == 0 else reversed(self._layers):
                wanted = [self._wanted(point) for point in layer]
                fitted = self._fitted(layer, [x for x, _w in wanted], [w for _x, w in wanted])
                for point, x in zip(layer, fitted, strict=True):
                    self._points[point].x = x

    def _wanted(self, point: int) -> tuple[float, float]:
        near = self._near[point]
        total = sum(w for _b, w in near)
        if not total:
            return self._points[point].x, 1.0
        return sum(self._points[b].x * w for b, w in near) / total, total

    def _fitted(self, layer: list[int], wanted: list[float], weights: list[float]) -> list[float]:
        """Come as near to the wanted places as order and widths allow: pool what would overlap (least squares)."""
        offsets, at = [], 0.0
        for number, point in enumerate(layer):
            width = self._points[point].width
            at += width / 2 if number == 0 else (self._points[layer[number - 1]].width + width) / 2 + GAP
            offsets.append(at)
        pools: list[list[float]] = []  # [mean, weight, members]
        for x, offset, weight in zip(wanted, offsets, weights, strict=True):
            pools.append([x - offset, weight, 1])
            while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
                mean, w, n = pools.pop()
                last = pools[-1]
                last[0] = (last[0] * last[1] + mean * w) / (last[1] + w)
                last[1] += w
                last[2] += n
        means = [pool[0] for pool in pools for _member in range(int(pool[2]))]
        return [mean + offset for mean, offset in zip(means, offsets, strict=True)]

    def drawing(self) -> Drawing:
        """Return places with the upper left corner at (0, 0)."""
        left = min((p.x - p.width / 2 for p in self._points), default=0.0)
        right = max((p.x + p.width / 2 for p in self._points), default=0.0)
        tops = self._tops()

        def at(number: int) -> tuple[float, float]:
            point = self._points[number]
            return point.x - left, tops[point.rank]

        centres = {box.name: at(self._of_box[box.name]) for box in self._boxes}
        ways = tuple(self._way(line, chain, tops, left) for line, chain in self._chains.items())
        bottom = max((tops[point.rank] + point.height / 2 for point in self._points), default=0.0)
        return Drawing(right - left, bottom, centres, ways)

    def _tops(self) -> dict[int, float]:
        """Return the middle of each rank: ranks of labels are lower than those of steps."""
        tops: dict[int, float] = {}
        at = 0.0
        for rank, height in self._heights.items():
            at += height / 2 if not tops else 0
            tops[rank] = at
            at += ROW * (0.62 + height / 200)
        return tops

    def _way(self, line: Line, chain: list[int], tops: dict[int, float], left: float) -> Way:
        points = []
        for number in chain:
            point = self._points[number]
            # Beside boxes an edge runs straight down, so that no bend of it touches one.
            beside = 0.0 if number in (chain[0], chain[-1]) or point.rank % 2 else self._heights[point.rank] / 2
            points += [(point.x - left, tops[point.rank] + dy) for dy in ((-beside, beside) if beside else (0.0,))]
        middle = self._points[chain[(len(chain) - 1) // 2]]
        is_back = line in self._back
        way = tuple(reversed(points)) if is_back else tuple(points)
        return Way(line, way, (middle.x - left, tops[middle.rank]), is_back)
