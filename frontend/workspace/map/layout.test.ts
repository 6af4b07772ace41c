import { describe, expect, it, vi } from 'vitest'

import { arrange, compose } from './arrange'
import { backwards } from './backwards'
import { overlaps } from './labels'
import { place, type Layout, type Rect } from './layout'
import { tableWidth } from './measure'
import { curves } from './ports'
import { readableShares, simplify, START, type Shares } from './simplify'
import { edge, node, walked } from './testing'

const words = { duration: (s: number | null) => `${Math.round((s ?? 0) / 3600)} 小时 12 分`, count: (n: number | null) => String(n) }
/** Much is laid out here; a busy machine may take its time. */
vi.setConfig({ testTimeout: 120_000 })
const ALL: Shares = { activities: 1, paths: 1 }

function drawn(activities: number, cases: number, seed: number, shares: Shares = ALL) {
  return compose(simplify(walked(activities, cases, seed), shares), 'median', words, tableWidth)
}

/** Pairs of boxes and figures that lie on each other. */
function collisions(layout: Layout): [string, string][] {
  const things: [string, Rect][] = [
    ...Object.entries(layout.boxes),
    ...layout.lines.flatMap((line): [string, Rect][] => (line.label ? [[line.key, line.label]] : [])),
  ]
  return things.flatMap(([name, rect], i) => things.slice(i + 1).filter(([, other]) => overlaps(rect, other)).map(([other]): [string, string] => [name, other]))
}

describe('the layout', () => {
  it('works', () => {
    const graph = { nodes: [node('a', { starts: 2 }), node('b', { ends: 2 })], edges: [edge('a', 'b', 2), edge('b', 'b', 1)] }
    const layout = place({ direction: 'LR', ...compose(simplify(graph, ALL), 'count', words, tableWidth) })
    const { a, b } = layout.boxes as Record<string, Rect>
    expect(a!.x + a!.width).toBeLessThan(b!.x)
    expect(layout.lines.find((line) => line.loop)?.from).toBe('b')
    expect(collisions(layout)).toEqual([])
  })

  it('lays nothing on anything, over random maps of up to 60 activities in both directions', () => {
    let figures = 0
    for (let seed = 1; seed <= 10; seed += 1) {
      const drawing = drawn(4 + ((seed * 11) % 57), 10 + seed, seed, { activities: 1, paths: (seed % 4) / 6 })
      for (const direction of ['LR', 'TB'] as const) {
        const layout = place({ direction, boxes: drawing.boxes, lines: drawing.lines })
        expect([seed, direction, collisions(layout)]).toEqual([seed, direction, []])
        figures += layout.lines.filter((line) => line.label).length
      }
    }
    expect(figures).toBeGreaterThan(500)
  })

  it('finds room for every figure at the readable size', () => {
    for (let seed = 1; seed <= 4; seed += 1) {
      const graph = walked(60, 200, seed)
      const drawing = compose(simplify(graph, readableShares(graph)), 'median', words, tableWidth)
      const layout = arrange(drawing, { width: 1000, height: 640 })
      const missing = layout.lines.filter((line) => !line.label && drawing.figures[line.key])
      expect([seed, missing.map((line) => line.key)]).toEqual([seed, []])
    }
  })

  it('keeps everything inside its own size, with straight numbers everywhere', () => {
    const layout = place({ direction: 'TB', ...drawn(20, 40, 9, { activities: 1, paths: 0.4 }) })
    for (const box of Object.values(layout.boxes)) {
      expect(box.x).toBeGreaterThanOrEqual(0)
      expect(box.y + box.height).toBeLessThanOrEqual(layout.height)
      expect(box.x + box.width).toBeLessThanOrEqual(layout.width)
    }
    for (const { d } of curves(layout).values()) expect(d).toMatch(/^M[-\d. CL]+$/)
  })

  it('is the same for the same map', () => {
    const drawing = drawn(15, 30, 4)
    expect(place({ direction: 'LR', ...drawing })).toEqual(place({ direction: 'LR', ...drawing }))
  })

  it('runs top to bottom where it is narrow', () => {
    expect(arrange(drawn(6, 10, 2), { width: 360, height: 480 }).direction).toBe('TB')
  })

  it('takes 60 activities in under 300 ms', () => {
    const drawing = drawn(60, 200, 3, { activities: 1, paths: 0.15 })
    expect([drawing.boxes.length, drawing.lines.length > 100]).toEqual([62, true])
    const times = [1, 2, 3].map(() => processorTime(() => arrange(drawing, { width: 1000, height: 640 })))
    expect(Math.min(...times)).toBeLessThan(300)
  })
})

describe('lines that run back', () => {
  const line = (from: string, to: string, weight: number) => ({ key: from + to, from, to, weight })

  it('are the less travelled ones of a circle', () => {
    expect(backwards([line('a', 'b', 9), line('b', 'a', 2)], START)).toEqual(new Set(['ba']))
  })

  it('never leave a circle among the others, over random maps', () => {
    for (let seed = 1; seed <= 60; seed += 1) {
      const { edges } = walked(20, 40, seed)
      const lines = edges.filter((one) => one.from !== one.to).map((one) => line(one.from, one.to, one.n))
      const back = backwards(lines, START)
      expect([seed, hasCircle(lines.filter((one) => !back.has(one.key)))]).toEqual([seed, false])
    }
  })

  it('never start at the start', () => {
    expect(backwards([line('a', START, 99), line(START, 'a', 1)], START)).toEqual(new Set([`a${START}`]))
  })
})

function hasCircle(lines: { from: string; to: string }[]): boolean {
  let left = lines
  for (;;) {
    const entered = new Set(left.map((one) => one.to))
    const next = left.filter((one) => entered.has(one.from))
    if (next.length === left.length) return left.length > 0
    left = next
  }
}

/** Milliseconds of processor, so that a busy machine does not count. */
function processorTime(work: () => unknown): number {
  const before = process.cpuUsage()
  work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}
