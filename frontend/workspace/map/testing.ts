/** Logs made by chance, for tests: the same seed makes the same graph. */
import type { MapEdge, MapNode } from '@/api/types'

import type { Graph } from './simplify'

/** Numbers in 0..1 that look random and never change (mulberry32). */
export function chance(seed: number): () => number {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}

const NAMES = ['核对身份', 'Take in charge ticket', '交给人工', 'W_Nabellen incomplete dossiers', '退款', 'Accepted/Wait - User', '财务组复核并且登记台账']

export function node(id: string, more: Partial<MapNode> = {}): MapNode {
  const events = more.events ?? 10
  return { id, label: id, events, cases: events, starts: 0, ends: 0, rework_cases: 0, rework_extra: 0, before_s: null, department: null, ...more }
}

export function edge(from: string, to: string, n = 1, seconds = 60): MapEdge {
  return { from, to, n, cases: n, sum: n * seconds, mean: seconds, median: seconds, p90: 2 * seconds }
}

/** The graph of `cases` walks over at most `activities` activities: as in a real log, all is reached and all ends. */
export function walked(activities: number, cases: number, seed: number): Graph {
  const next = chance(seed)
  const nodes = new Map<string, MapNode>()
  const edges = new Map<string, MapEdge>()
  const visit = (i: number) => {
    const id = `a${i}`
    const known = nodes.get(id) ?? node(id, { events: 0, label: `${NAMES[i % NAMES.length]} ${i}` })
    nodes.set(id, { ...known, events: known.events + 1, cases: known.cases + 1 })
    return id
  }
  for (let at = 0; at < cases; at += 1) {
    let here = Math.floor(next() * 3) % activities
    let from = visit(here)
    nodes.set(from, { ...(nodes.get(from) as MapNode), starts: (nodes.get(from)?.starts ?? 0) + 1 })
    for (let left = 2 + Math.floor(next() * 12); left > 0; left -= 1) {
      const jump = next() < 0.15 ? -Math.floor(next() * 4) : 1 + Math.floor(next() ** 3 * (activities / 3))
      here = (((here + jump) % activities) + activities) % activities
      const to = visit(here)
      const known = edges.get(`${from} ${to}`)
      edges.set(`${from} ${to}`, edge(from, to, (known?.n ?? 0) + 1, 1 + next() * 100_000))
      from = to
    }
    nodes.set(from, { ...(nodes.get(from) as MapNode), ends: (nodes.get(from)?.ends ?? 0) + 1 })
  }
  return { nodes: [...nodes.values()], edges: [...edges.values()] }
}
