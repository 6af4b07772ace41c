/** How is a simplified map laid out in the room it has: sizes of boxes and figures, and in which direction? */
import type { MapNode } from '@/api/types'

import { edgeFigure, isTime, nodeFigure } from './scale'
import type { Measure } from './edges'
import { place, type BoxIn, type Direction, type Layout, type LayoutIn, type LineIn, type Size } from './layout'
import { wrap, type WidthOf, type Wrapped } from './measure'
import { END, START, type DrawnEdge, type Simplified } from './simplify'
import { fit } from './viewport'

export const LABEL_SIZE = 12
export const FIGURE_SIZE = 11
export const SYMBOL = 26
export const LINE_HEIGHT = 15
const PADDING = 11
const ABOVE_AND_BELOW = 10
const WIDEST = 128
const NARROWEST = 84
/** With more boxes than this, one layout must do, and figures find more room where lines run down. */
const SOME = 40
const MOST_AIR = 48

/** How figures read; bound to the language by the caller. */
export interface Words {
  duration: (seconds: number | null) => string
  count: (n: number | null) => string
}

export interface BoxText extends Wrapped {
  figure: string
}

export interface Drawing {
  boxes: BoxIn[]
  lines: LineIn[]
  /** What stands in each box, by activity. */
  texts: Record<string, BoxText>
  /** What stands on each line, by edge key; empty for nothing. */
  figures: Record<string, string>
}

/** Sizes and texts of everything on the map. Pure, given a way to measure text. */
export function compose(map: Simplified, measure: Measure, words: Words, widthOf: WidthOf): Drawing {
  const texts = Object.fromEntries(map.nodes.map((node) => [node.id, boxText(node, measure, words, widthOf)]))
  const figures = Object.fromEntries(map.edges.map((edge) => [edge.key, lineFigure(edge, measure, words)]))
  const boxes = map.nodes.map((node) => ({ id: node.id, ...boxSize(texts[node.id] as BoxText, widthOf) }))
  const used = new Set(map.edges.flatMap((edge) => [edge.from, edge.to]))
  const symbols = [START, END].filter((id) => used.has(id)).map((id) => ({ id, width: SYMBOL, height: SYMBOL }))
  return { boxes: [...boxes, ...symbols], lines: map.edges.map((edge) => line(edge, figures[edge.key] ?? '', widthOf)), texts, figures }
}

/** Left to right where there is width, unless top to bottom shows clearly more of it at once. */
export function arrange(drawing: Pick<Drawing, 'boxes' | 'lines'>, room: Size): Layout {
  const laid = (direction: Direction, air = 0) => place({ boxes: drawing.boxes, lines: drawing.lines, direction, air } satisfies LayoutIn)
  const best = inDirection(laid, room, drawing.boxes.length)
  const air = spareAir(best, room)
  return air > 0 && drawing.boxes.length <= SOME ? laid(best.direction, air) : best
}

function inDirection(laid: (direction: Direction) => Layout, room: Size, boxes: number): Layout {
  if (room.width < 640 || boxes > SOME) return laid('TB')
  const across = laid('LR')
  const scale = fit(across, room).scale
  if (scale >= 0.8) return across
  const down = laid('TB')
  return fit(down, room).scale > scale * 1.1 ? down : across
}

/** Pixels by which the ranks can move apart before the map no longer fits as large: lines then bend less sharply. */
function spareAir(layout: Layout, room: Size): number {
  const wide = layout.direction === 'LR'
  const { scale } = fit(layout, room)
  const [long, space] = wide ? [layout.width, room.width] : [layout.height, room.height]
  const spare = space / scale - 32 - long
  const ranks = new Set(Object.values(layout.boxes).map((box) => Math.round(wide ? box.x + box.width / 2 : box.y + box.height / 2))).size
  return spare < 60 ? 0 : Math.min(MOST_AIR, Math.floor(spare / Math.max(1, ranks - 1)))
}

function boxText(node: MapNode, measure: Measure, words: Words, widthOf: WidthOf): BoxText {
  const figure = isTime(measure) ? nodeFigure(node, measure) : null
  const count = words.count(measure === 'cases' ? node.cases : node.events)
  const time = figure === null ? '' : ` · ${words.duration(figure)}`
  return { ...wrap(node.label, WIDEST, LABEL_SIZE, widthOf, 600), figure: count + time }
}

function boxSize(text: BoxText, widthOf: WidthOf): Size {
  const widths = [...text.lines.map((one) => widthOf(one, LABEL_SIZE, 600)), widthOf(text.figure, FIGURE_SIZE, 600)]
  const width = Math.max(NARROWEST, Math.ceil(Math.max(...widths)) + 2 * PADDING)
  return { width, height: (text.lines.length + 1) * LINE_HEIGHT + ABOVE_AND_BELOW }
}

function lineFigure(edge: DrawnEdge, measure: Measure, words: Words): string {
  if (!edge.edge) return isTime(measure) || edge.n === null ? '' : words.count(edge.n)
  const figure = edgeFigure(edge.edge, measure)
  return isTime(measure) ? words.duration(figure) : words.count(figure)
}

function line(edge: DrawnEdge, figure: string, widthOf: WidthOf): LineIn {
  const label = figure ? { width: Math.ceil(widthOf(figure, FIGURE_SIZE, 600)) + 8, height: 16 } : null
  return { key: edge.key, from: edge.from, to: edge.to, weight: edge.n ?? 1, label }
}
