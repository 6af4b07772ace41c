/**
 * Where does each box, line and figure of the map stand?
 *
 * Ranks and order come from dagre; each line's figure takes part as a box of its own, so that nothing lies on
 * anything. Which lines run backwards we decide ourselves (the most travelled ones go forward), as a person
 * expects the main way to read from start to end.
 */
import { Graph, layout as dagre } from '@dagrejs/dagre'

import { backwards } from './backwards'
import { clearOverlaps } from './labels'
import { END, START } from './simplify'

export type Direction = 'LR' | 'TB'

export interface Size {
  width: number
  height: number
}

export interface Rect extends Size {
  /** Upper left corner. */
  x: number
  y: number
}

export interface Point {
  x: number
  y: number
}

export interface BoxIn extends Size {
  id: string
}

export interface LineIn {
  key: string
  from: string
  to: string
  /** How much passes: heavier lines are kept straight and forward. */
  weight: number
  /** The figure on the line; null for none. */
  label: Size | null
}

export interface LayoutIn {
  direction: Direction
  /** Pixels more between the ranks, where there is room to fill. */
  air?: number
  boxes: BoxIn[]
  lines: LineIn[]
}

export interface PlacedLine {
  key: string
  from: string
  to: string
  /** Where it passes between its boxes; empty between neighbours. A loop has its two ends. */
  points: Point[]
  /** Runs against the main way. */
  back: boolean
  loop: boolean
  /** Null where the line has no figure, or none found room. */
  label: Rect | null
}

export interface Layout extends Size {
  direction: Direction
  boxes: Record<string, Rect>
  lines: PlacedLine[]
}

/** How far a loop reaches out of its box. */
export const LOOP = 20
const LABEL_GAP = 2
const MARGIN = 12
/** With more lines than this, figures get what room is left, instead of each making room for itself. */
const ROOM_FOR_ALL = 90

/** Places everything. Pure and deterministic; about 100 ms for 60 activities with 120 paths. */
export function place(input: LayoutIn): Layout {
  const straight = input.lines.filter((line) => line.from !== line.to)
  const loops = new Map(input.lines.filter((line) => line.from === line.to).map((line) => [line.from, line]))
  const back = backwards(straight, START)
  const graph = build(input, straight, loops, back)
  dagre(graph)
  const boxes = Object.fromEntries(input.boxes.map((box) => [box.id, boxIn(graph.node(box.id) as Centre, box, input.direction)]))
  const lines = [
    ...straight.map((line) => placedLine(line, graph, boxes, back.has(line.key))),
    ...[...loops.values()].map((line) => placedLoop(line, boxes[line.from] as Rect, input.direction)),
  ]
  const { width = 0, height = 0 } = graph.graph() as Partial<Size>
  return { direction: input.direction, boxes, lines: clearOverlaps(lines, Object.values(boxes)), width, height }
}

interface Centre extends Point, Size {}

function build(input: LayoutIn, straight: LineIn[], loops: Map<string, LineIn>, back: Set<string>): Graph {
  const graph = new Graph({ multigraph: true })
  const wide = input.direction === 'LR'
  graph.setGraph({
    rankdir: input.direction,
    nodesep: wide ? 18 : 24,
    edgesep: 12,
    ranksep: (wide ? 36 : 22) + (input.air ?? 0),
    marginx: MARGIN,
    marginy: MARGIN,
    ranker: 'network-simplex',
  })
  for (const box of input.boxes) graph.setNode(box.id, roomFor(box, loops.get(box.id), wide))
  const most = Math.max(1, ...straight.map((line) => line.weight))
  const crowded = straight.length > ROOM_FOR_ALL
  for (const line of straight) {
    const [from, to] = back.has(line.key) ? [line.to, line.from] : [line.from, line.to]
    graph.setEdge(from, to, lineRoom(line, most, crowded), line.key)
  }
  return graph
}

/**
 * A box with the room its loop needs: above it, and as much below, where lines run left to right and meet the
 * box in its middle; at its right where they run down and can enter anywhere along its top.
 */
function roomFor(box: BoxIn, loop: LineIn | undefined, wide: boolean): Size {
  if (!loop) return { width: box.width, height: box.height }
  const label = loop.label ?? { width: 0, height: 0 }
  if (!wide) return { width: box.width + LOOP + LABEL_GAP + label.width, height: box.height }
  return { width: Math.max(box.width, label.width), height: box.height + 2 * (LOOP + LABEL_GAP + label.height) }
}

function lineRoom(line: LineIn, most: number, crowded: boolean): Record<string, unknown> {
  const symbol = line.from === START || line.to === END
  const room = crowded || !line.label ? { width: 0, height: 0 } : { ...line.label }
  return { ...room, labelpos: 'c', minlen: 1, weight: (symbol ? 1 : 2) + Math.round(10 * Math.sqrt(line.weight / most)) }
}

/** The box within the room it was given: in the middle across, at the left where its loop is at the right. */
function boxIn(room: Centre, box: BoxIn, direction: Direction): Rect {
  const x = direction === 'TB' ? room.x - room.width / 2 : room.x - box.width / 2
  return { x, y: room.y - box.height / 2, width: box.width, height: box.height }
}

function boxAt(centre: Centre, size: Size): Rect {
  return { x: centre.x - size.width / 2, y: centre.y - size.height / 2, width: size.width, height: size.height }
}

interface Routed {
  points: Point[]
  x?: number
  y?: number
}

function placedLine(
  line: LineIn,
  graph: Graph,
  boxes: Record<string, Rect>,
  back: boolean,
): PlacedLine {
  const [from, to] = back ? [line.to, line.from] : [line.from, line.to]
  const routed = graph.edge({ v: from, w: to, name: line.key }) as unknown as Routed
  const inner = routed.points.slice(1, -1)
  const points = back ? inner.reverse() : inner
  const between = points[points.length >> 1] ?? middle(boxes[line.from] as Rect, boxes[line.to] as Rect)
  const at = routed.x !== undefined && routed.y !== undefined ? { x: routed.x, y: routed.y } : between
  return {
    key: line.key,
    from: line.from,
    to: line.to,
    points,
    back,
    loop: false,
    label: line.label && boxAt({ ...at, ...line.label }, line.label),
  }
}

function placedLoop(line: LineIn, box: Rect, direction: Direction): PlacedLine {
  const centre = middle(box, box)
  const right = box.x + box.width
  const wide = direction === 'LR'
  const points = wide
    ? [{ x: centre.x + 16, y: box.y }, { x: centre.x - 16, y: box.y }]
    : [{ x: right, y: centre.y - 9 }, { x: right, y: centre.y + 9 }]
  const label = line.label && {
    ...line.label,
    x: wide ? centre.x - line.label.width / 2 : right + LOOP + LABEL_GAP,
    y: wide ? box.y - LOOP - LABEL_GAP - line.label.height : centre.y - line.label.height / 2,
  }
  return { key: line.key, from: line.from, to: line.to, points, back: false, loop: true, label }
}

function middle(a: Rect, b: Rect): Point {
  return { x: (a.x + a.width / 2 + b.x + b.width / 2) / 2, y: (a.y + a.height / 2 + b.y + b.height / 2) / 2 }
}
