/** Where on its boxes does a line start and end, and which curve does it draw? */
import { LOOP, type Layout, type PlacedLine, type Point, type Rect } from './layout'

/** A line ready to draw: the curve, and the tip of its arrow head. */
export interface Curve {
  d: string
  tip: Point
  /** Where the arrow head points, in degrees; 0 is to the right. */
  angle: number
}

export const ARROW = 9
const LEAST_GAP = 11
/** The part of a side that takes lines; the corners are round. */
const USED = 0.7

interface Dock {
  line: PlacedLine
  end: 'from' | 'to'
  box: Rect
  /** The coordinate along the side that the line would like. */
  wish: number
}

/** The curves of all lines, by key. Lines that meet one side of a box share it out in the order they come. */
export function curves(layout: Layout): Map<string, Curve> {
  const wide = layout.direction === 'LR'
  const docks = new Map<string, Dock[]>()
  for (const line of layout.lines.filter((one) => !one.loop)) {
    for (const dock of docksOf(line, layout)) {
      const key = `${dock.end === 'from' ? line.from : line.to} ${leavesAhead(dock) ? 'ahead' : 'behind'}`
      docks.set(key, [...(docks.get(key) ?? []), dock])
    }
  }
  const points = new Map<string, Partial<Record<'from' | 'to', Point>>>()
  for (const group of docks.values()) share(group, wide, points)
  return new Map(layout.lines.map((line) => [line.key, line.loop ? loopCurve(line, wide) : curve(line, points.get(line.key) as Record<'from' | 'to', Point>, wide)]))
}

function docksOf(line: PlacedLine, layout: Layout): Dock[] {
  const across = layout.direction === 'LR' ? 'y' : 'x'
  const from = layout.boxes[line.from] as Rect
  const to = layout.boxes[line.to] as Rect
  const first = line.points[0] ?? centre(to)
  const last = line.points[line.points.length - 1] ?? centre(from)
  return [
    { line, end: 'from', box: from, wish: first[across] },
    { line, end: 'to', box: to, wish: last[across] },
  ]
}

function centre(box: Rect): Point {
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 }
}

/** True at the side of the box that looks towards the end of the map. */
function leavesAhead(dock: Dock): boolean {
  return (dock.end === 'from') !== dock.line.back
}

function share(group: Dock[], wide: boolean, points: Map<string, Partial<Record<'from' | 'to', Point>>>): void {
  const box = (group[0] as Dock).box
  const [low, size] = wide ? [box.y, box.height] : [box.x, box.width]
  const ordered = [...group].sort((a, b) => a.wish - b.wish)
  const places = spread(
    ordered.map((dock) => dock.wish),
    low + (size * (1 - USED)) / 2,
    low + (size * (1 + USED)) / 2,
  )
  ordered.forEach((dock, i) => {
    const side = leavesAhead(dock) ? (wide ? box.x + box.width : box.y + box.height) : wide ? box.x : box.y
    const along = places[i] as number
    const known = points.get(dock.line.key) ?? {}
    points.set(dock.line.key, { ...known, [dock.end]: wide ? { x: side, y: along } : { x: along, y: side } })
  })
}

/** Each as near to its wish as the order, the gap between neighbours and the ends of the side allow. */
export function spread(wishes: number[], low: number, high: number): number[] {
  const gap = wishes.length > 1 ? Math.min(LEAST_GAP, (high - low) / (wishes.length - 1)) : 0
  const places = wishes.map((wish) => Math.min(high, Math.max(low, wish)))
  for (let i = 1; i < places.length; i += 1) places[i] = Math.max(places[i] as number, (places[i - 1] as number) + gap)
  const over = (places[places.length - 1] ?? high) - high
  if (over > 0) places[places.length - 1] = high
  for (let i = places.length - 2; i >= 0; i -= 1) places[i] = Math.min(places[i] as number, (places[i + 1] as number) - gap)
  return places
}

function curve(line: PlacedLine, ends: Record<'from' | 'to', Point>, wide: boolean): Curve {
  const { from: start, to: tip } = ends
  const forward = line.back ? -1 : 1
  const stop = wide ? { x: tip.x - ARROW * forward, y: tip.y } : { x: tip.x, y: tip.y - ARROW * forward }
  const angle = wide ? (line.back ? 180 : 0) : line.back ? 270 : 90
  return { d: through([start, ...line.points, stop], wide), tip, angle }
}

/** One S-bend from each point to the next, level at each, so that lines flow along the reading direction. */
function through(points: Point[], wide: boolean): string {
  const [first, ...rest] = points as [Point, ...Point[]]
  let d = `M${at(first)}`
  let from = first
  for (const to of rest) {
    d += bend(from, to, wide)
    from = to
  }
  return d
}

function bend(from: Point, to: Point, wide: boolean): string {
  const level = wide ? Math.abs(from.y - to.y) < 0.5 : Math.abs(from.x - to.x) < 0.5
  if (level) return `L${at(to)}`
  if (wide) {
    const half = (from.x + to.x) / 2
    return `C${at({ x: half, y: from.y })} ${at({ x: half, y: to.y })} ${at(to)}`
  }
  const half = (from.y + to.y) / 2
  return `C${at({ x: from.x, y: half })} ${at({ x: to.x, y: half })} ${at(to)}`
}

/** Out of the top and back into it where the map runs left to right; at the right side where it runs down. */
function loopCurve(line: PlacedLine, wide: boolean): Curve {
  const [start, tip] = line.points as [Point, Point]
  const reach = LOOP * 1.3 // the bend of such a curve stays a quarter short of its handles
  if (wide) {
    const high = start.y - reach
    const d = `M${at(start)}C${at({ x: start.x + 4, y: high })} ${at({ x: tip.x - 4, y: high })} ${at({ x: tip.x, y: tip.y - ARROW + 2 })}`
    return { d, tip, angle: 90 }
  }
  const far = start.x + reach
  const d = `M${at(start)}C${at({ x: far, y: start.y - 3 })} ${at({ x: far, y: tip.y + 3 })} ${at({ x: tip.x + ARROW - 2, y: tip.y })}`
  return { d, tip, angle: 180 }
}

function at(point: Point): string {
  return `${round(point.x)} ${round(point.y)}`
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}

/** The arrow head as a path, tip at the origin, pointing right. */
export const ARROW_HEAD = `M0 0L${-ARROW} ${-ARROW / 2}L${-ARROW} ${ARROW / 2}Z`
