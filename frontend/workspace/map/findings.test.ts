import { describe, expect, it } from 'vitest'

import type { ProcessMap } from '@/api/types'

import { findings, headline } from './findings'
import { edge, node } from './testing'

function map(more: Partial<ProcessMap>): ProcessMap {
  const totals = { events: 0, cases: 10, log_events: 0, log_cases: 10, variants: 1, first_at: null, last_at: null }
  const none = { total: 0, pairs: 0, top: [] }
  return { log: {} as never, totals, nodes: [], edges: [], case_duration_s: { mean: 0, median: 0, p90: 0, max: 0 }, handovers: none, ...more }
}

describe('the findings', () => {
  it('work', () => {
    const found = findings(map({ edges: [edge('a', 'b', 1, 20), edge('b', 'c', 6, 10), edge('c', 'd', 2, 10)] }))
    expect(found.between).toBe(100)
    expect(found.stretches.map(({ edge: { from }, share }) => [from, share])).toEqual([['b', 0.6], ['a', 0.2], ['c', 0.2]])
  })
  it('rank repeated steps by how often they came too often, with the share of cases', () => {
    const nodes = [node('a', { rework_cases: 5, rework_extra: 5 }), node('b', { rework_cases: 1, rework_extra: 9 }), node('c')]
    expect(findings(map({ nodes })).repeats.map(({ node: { id }, share }) => [id, share])).toEqual([['b', 0.1], ['a', 0.5]])
  })
  it('give hand-overs their share of all hand-overs', () => {
    const handovers = { total: 8, pairs: 3, top: [{ from: 'x', to: 'y', n: 2 }] }
    expect(findings(map({ handovers })).handovers).toEqual([{ ...handovers.top[0], share: 0.25 }])
  })
  it('see work pass between teams, also when it comes back', () => {
    const nodes = [node('a', { department: 'X' }), node('b', { department: 'Y' }), node('c', { department: 'Y' }), node('d')]
    const edges = [edge('a', 'b', 5), edge('a', 'c', 2), edge('b', 'a', 3), edge('b', 'c', 99), edge('c', 'd', 99)]
    expect(findings(map({ nodes, edges })).teams.map(({ from, to, n, share, mainly, only }) => [from, to, n, share, mainly.to, only])).toEqual([
      ['X', 'Y', 7, 0.7, 'b', false],
      ['Y', 'X', 3, 0.3, 'a', true],
    ])
  })
  it('leave out steps without time between them', () => {
    expect(findings(map({ edges: [edge('a', 'b', 5, 0)] }))).toMatchObject({ between: 0, stretches: [] })
  })
  it('list no more than wanted', () => {
    const edges = Array.from({ length: 9 }, (_, i) => edge('a', `b${i}`))
    expect(findings(map({ edges }), 3).stretches).toHaveLength(3)
  })
})

describe('the headline', () => {
  const says = (...seconds: number[]) => headline(findings(map({ edges: seconds.map((s, i) => edge('a', `b${i}`, 1, s)) })))

  it('names where the time mainly goes', () => expect(says(10, 30)).toMatchObject({ kind: 'main', stretch: { share: 0.75 } }))
  it('says that it is spread out where nothing takes a quarter', () => expect(says(1, 1, 1, 1, 1).kind).toBe('spread'))
  it('says that there is none', () => expect(says(0).kind).toBe('nothing'))
})
