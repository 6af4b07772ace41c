/** How is a case drawn as a time line: which gaps are long, and where does work change hands? */
import type { CaseEvent } from '@/api/types'

export interface Step {
  event: CaseEvent
  /** Seconds since the step before; null at the first. */
  gap: number | null
  /** 0..1 of the whole case. */
  share: number
  /** Height of the gap on the line in pixels: grows with its logarithm, so that seconds and weeks fit one page. */
  height: number
  /** One of the gaps that make up most of the case. */
  long: boolean
  /** Who handed over, where somebody else did the step before. */
  handedBy: string | null
  /** How many times the case had this step already. */
  repeat: number
}

const LOW = 6
const HIGH = 84

/** The steps of a case, in order. The long gaps are the fewest that make up 60% of its time, at most three. */
export function steps(events: CaseEvent[]): Step[] {
  const total = events.reduce((sum, event) => sum + (event.since_previous_s ?? 0), 0)
  const long = longest(events, total)
  const seen = new Map<string, number>()
  return events.map((event, i) => {
    const gap = i === 0 ? null : (event.since_previous_s ?? 0)
    const repeat = seen.get(event.activity) ?? 0
    seen.set(event.activity, repeat + 1)
    const before = events[i - 1]
    return {
      event,
      gap,
      share: gap === null || total <= 0 ? 0 : gap / total,
      height: gap === null ? 0 : gapHeight(gap),
      long: long.has(i),
      handedBy: before && before.resource !== null && event.resource !== null && before.resource !== event.resource ? before.resource : null,
      repeat,
    }
  })
}

function longest(events: CaseEvent[], total: number): Set<number> {
  const gaps = events.map((event, i) => ({ i, gap: i === 0 ? 0 : (event.since_previous_s ?? 0) })).sort((a, b) => b.gap - a.gap)
  const chosen = new Set<number>()
  let sum = 0
  for (const { i, gap } of gaps.slice(0, 3)) {
    if (total <= 0 || sum >= 0.6 * total || gap < 0.1 * total) break
    chosen.add(i)
    sum += gap
  }
  return chosen
}

function gapHeight(gap: number): number {
  const month = Math.log1p(30 * 86_400)
  return Math.round(LOW + (HIGH - LOW) * Math.min(1, Math.log1p(Math.max(0, gap)) / month))
}
