/** Do two things lie on each other? Figures that do slide along their line, or give way. */
import type { PlacedLine, Point, Rect } from './layout'

const AIR = 1

/** True where the rectangles share more than an edge. */
export function overlaps(a: Rect, b: Rect, air = 0): boolean {
  return (
    a.x < b.x + b.width + air &&
    b.x < a.x + a.width + air &&
    a.y < b.y + b.height + air &&
    b.y < a.y + a.height + air
  )
}

/**
 * The same lines with figures that lie on no box and on no other figure. The first lines choose first; a
 * figure in the way of another slides along its own line, and is left out where it finds no room.
 */
export function clearOverlaps(lines: PlacedLine[], boxes: Rect[]): PlacedLine[] {
  const taken = [...boxes]
  return lines.map((line) => {
    if (!line.label) return line
    const label = seats(line, line.label).find((seat) => !taken.some((other) => overlaps(seat, other, AIR))) ?? null
    if (label) taken.push(label)
    return { ...line, label }
  })
}

/** Where the figure could stand: where it is, then along the line outwards from its middle. */
function seats(line: PlacedLine, label: Rect): Rect[] {
  if (line.loop) return [label]
  const along = alongLine(line.points, 24)
  const middle = (along.length - 1) / 2
  const ordered = along.map((at, i) => ({ at, far: Math.abs(i - middle) })).sort((a, b) => a.far - b.far)
  return [label, ...ordered.map(({ at }) => ({ ...label, x: at.x - label.width / 2, y: at.y - label.height / 2 }))]
}

function alongLine(points: Point[], count: number): Point[] {
  if (points.length < 2) return points
  const last = points.length - 1
  return Array.from({ length: count + 1 }, (_, i) => {
    const at = (i / count) * last
    const from = points[Math.min(last - 1, Math.floor(at))] as Point
    const to = points[Math.min(last, Math.floor(at) + 1)] as Point
    const share = at - Math.min(last - 1, Math.floor(at))
    return { x: from.x + (to.x - from.x) * share, y: from.y + (to.y - from.y) * share }
  })
}
