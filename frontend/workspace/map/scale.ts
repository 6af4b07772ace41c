/** Which heat and which width does a figure get? Five steps of heat, as the tokens `--heat-1` to `--heat-5`. */
import type { MapEdge, MapNode } from '@/api/types'

import type { Measure } from './edges'

export type Heat = 1 | 2 | 3 | 4 | 5
export const HEATS: readonly Heat[] = [1, 2, 3, 4, 5]

export interface HeatScale {
  min: number
  max: number
  /** The least figure of steps 2 to 5. */
  bounds: number[]
  heat: (value: number | null) => Heat
}

export type Curve = 'root' | 'log'
/** On the logarithmic scale nothing is cooler than a thousandth of the hottest. */
const DECADES = 1000

/**
 * Five steps between the least and the greatest. `root`: of equal size in the square root, so that a few giants
 * do not make all else pale (sums, counts); `log`: each step the same number of times hotter (typical times, which
 * run from seconds to weeks). No figure is the coolest; where all are equal, all are.
 */
export function heatScale(values: (number | null)[], curve: Curve = 'root'): HeatScale {
  const known = values.filter((value): value is number => value !== null && Number.isFinite(value))
  const min = known.length ? Math.max(0, Math.min(...known)) : 0
  const max = known.length ? Math.max(min, ...known) : 0
  const bounds = curve === 'root' ? rootBounds(min, max) : logBounds(min, max)
  const heat = (value: number | null): Heat => {
    if (value === null || max === min) return 1
    return (1 + bounds.filter((bound) => value >= bound).length) as Heat
  }
  return { min, max, bounds, heat }
}

/** Which scale suits a measure. */
export function curveOf(measure: Measure): Curve {
  return measure === 'median' || measure === 'p90' ? 'log' : 'root'
}

const INNER = [1, 2, 3, 4]

function rootBounds(min: number, max: number): number[] {
  const [low, high] = [Math.sqrt(min), Math.sqrt(max)]
  return INNER.map((step) => (low + ((high - low) * step) / 5) ** 2)
}

function logBounds(min: number, max: number): number[] {
  const low = Math.max(min, max / DECADES)
  return INNER.map((step) => (max > 0 ? low * (max / low) ** (step / 5) : 0))
}

const THIN = 1.2
const THICK = 6

/** How wide is a line that was taken `n` times, the busiest being `most`? In pixels; area grows with the number. */
export function lineWidth(n: number | null, most: number): number {
  if (n === null || n <= 0 || most <= 0) return THIN
  return THIN + (THICK - THIN) * Math.sqrt(Math.min(1, n / most))
}

/** The figure of an activity: how often, in how many cases, or the time since the step before. */
export function nodeFigure(node: MapNode, measure: Measure): number | null {
  if (measure === 'count') return node.events
  if (measure === 'cases') return node.cases
  return node.before_s && node.before_s[TIME_FIELD[measure]]
}

/** The figure of a path. */
export function edgeFigure(edge: MapEdge, measure: Measure): number {
  if (measure === 'count') return edge.n
  if (measure === 'cases') return edge.cases
  return edge[TIME_FIELD[measure]]
}

const TIME_FIELD = { median: 'median', p90: 'p90', total: 'sum' } as const

export function isTime(measure: Measure): measure is 'median' | 'p90' | 'total' {
  return measure !== 'count' && measure !== 'cases'
}
