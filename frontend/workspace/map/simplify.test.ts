import { describe, expect, it } from 'vitest'

import { END, keptNodes, MOST_EDGES, MOST_NODES, readableShares, simplify, START, type Simplified } from './simplify'
import { edge, node, walked } from './testing'

const ALL = { activities: 1, paths: 1 }

/** What can be reached from `root` along the drawn edges, or against them. */
function reached(map: Simplified, root: string, against = false): Set<string> {
  const seen = new Set([root])
  const open = [root]
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    for (const one of map.edges) {
      const [from, to] = against ? [one.to, one.from] : [one.from, one.to]
      if (from === at && !seen.has(to)) {
        seen.add(to)
        open.push(to)
      }
    }
  }
  return seen
}

describe('a simplified map', () => {
  it('works', () => {
    const graph = {
      nodes: [node('a', { starts: 10 }), node('b', { events: 9 }), node('rare', { events: 1 }), node('c', { ends: 10 })],
      edges: [edge('a', 'b', 9), edge('b', 'c', 9), edge('a', 'rare'), edge('rare', 'c')],
    }
    const map = simplify(graph, { activities: 0.75, paths: 1 })
    expect(map.nodes.map((one) => one.id)).toEqual(['a', 'c', 'b'])
    expect(map.edges.map((one) => `${one.from}>${one.to}`).sort()).toEqual([`${START}>a`, 'a>b', 'b>c', `c>${END}`].sort())
    expect(map.hidden).toEqual({ nodes: 1, edges: 2 })
  })

  it('keeps each activity within reach of start and end, whatever the shares, over 300 random logs', () => {
    for (let seed = 1; seed <= 300; seed += 1) {
      const graph = walked(3 + (seed % 40), 5 + (seed % 60), seed)
      const map = simplify(graph, { activities: (seed % 11) / 10, paths: (seed % 7) / 6 })
      const [ahead, behind] = [reached(map, START), reached(map, END, true)]
      expect(map.nodes.length).toBeGreaterThan(0)
      for (const one of map.nodes) expect([seed, one.id, ahead.has(one.id), behind.has(one.id)]).toEqual([seed, one.id, true, true])
    }
  })

  it('draws everything of a small log when asked for all of it', () => {
    const graph = walked(20, 60, 5)
    const map = simplify(graph, ALL)
    expect(map.hidden).toEqual({ nodes: 0, edges: 0 })
    expect(map.edges.filter((one) => one.kind === 'log')).toHaveLength(graph.edges.length)
    expect(map.edges.some((one) => one.kind === 'bridge')).toBe(false)
  })

  it('stands a bridge without figures for a way through hidden steps', () => {
    const graph = {
      nodes: [node('a', { starts: 9, events: 9 }), node('x', { events: 5, cases: 1 }), node('z', { ends: 9, events: 9 })],
      edges: [edge('a', 'x', 9), edge('x', 'z', 9)],
    }
    const bridges = simplify(graph, { activities: 0.67, paths: 1 }).edges.filter((one) => one.kind === 'bridge')
    expect(bridges).toEqual([{ key: 'a\u001fz', from: 'a', to: 'z', kind: 'bridge', n: null, edge: null }])
  })

  it('keeps the backbone even with no paths wanted, and adds the most frequent ones first', () => {
    const graph = {
      nodes: [node('a', { starts: 10 }), node('b'), node('c', { ends: 10 })],
      edges: [edge('a', 'b', 10), edge('b', 'c', 10), edge('a', 'c', 3), edge('c', 'b', 5), edge('b', 'b', 1)],
    }
    const names = (paths: number) => simplify(graph, { activities: 1, paths }).edges.filter((one) => one.kind === 'log').map((one) => one.from + one.to)
    expect(names(0).sort()).toEqual(['ab', 'bc'])
    expect(names(0.6).sort()).toEqual(['ab', 'bc', 'cb'])
    expect(simplify(graph, ALL).bounds).toEqual({ nodes: 3, edges: 5, backbone: 2 })
  })

  it('draws what is wanted however rare it is, with both ends and a way to them', () => {
    const graph = {
      nodes: [node('a', { starts: 10 }), node('b', { ends: 10 }), node('rare', { events: 1 })],
      edges: [edge('a', 'b', 10), edge('a', 'rare'), edge('rare', 'b')],
    }
    const map = simplify(graph, { activities: 0.5, paths: 0 }, { nodes: [], edges: ['rare\u001fb'], notable: [] })
    expect(map.nodes.map((one) => one.id)).toEqual(['a', 'b', 'rare'])
    expect(map.edges.map((one) => one.from + one.to)).toEqual(expect.arrayContaining(['arare', 'rareb']))
  })

  it('draws a notable path however rare, but no activity for its sake', () => {
    const graph = {
      nodes: [node('a', { starts: 10 }), node('b', { ends: 10 }), node('rare', { events: 1 })],
      edges: [edge('a', 'b', 10), edge('b', 'a'), edge('a', 'rare'), edge('rare', 'b')],
    }
    const map = simplify(graph, { activities: 0.5, paths: 0 }, { nodes: [], edges: [], notable: ['b\u001fa', 'a\u001frare'] })
    expect(map.edges.filter((one) => one.kind === 'log').map((one) => one.from + one.to)).toEqual(['ab', 'ba'])
  })

  it('does not depend on the order of the input', () => {
    const graph = walked(30, 80, 11)
    const shares = { activities: 0.6, paths: 0.3 }
    const turned = { nodes: [...graph.nodes].reverse(), edges: [...graph.edges].reverse() }
    const keys = (map: Simplified) => map.edges.map((one) => one.key).sort()
    expect(keys(simplify(turned, shares))).toEqual(keys(simplify(graph, shares)))
  })

  it('takes a map without any case', () => {
    expect(simplify({ nodes: [], edges: [] }, ALL)).toMatchObject({ nodes: [], edges: [], hidden: { nodes: 0 } })
  })
})

describe('a log of 10,000 activities', () => {
  const graph = walked(10_000, 20_000, 3)

  it('is drawn as the frequent part of itself, within a second', () => {
    const began = performance.now()
    const map = simplify(graph, readableShares(graph))
    expect(performance.now() - began).toBeLessThan(1000)
    expect(graph.nodes.length).toBeGreaterThan(9_000)
    expect(map.nodes).toHaveLength(25)
    expect(map.hidden.nodes).toBe(graph.nodes.length - 25)
  })

  it('never draws more than can be drawn', () => {
    const map = simplify(graph, ALL)
    expect(map.nodes).toHaveLength(MOST_NODES)
    expect(map.edges.filter((one) => one.kind === 'log').length).toBeLessThanOrEqual(MOST_EDGES)
    expect(keptNodes(10_000, 0)).toBe(1)
  })
})

describe('readable shares', () => {
  it('show a small log whole', () => {
    const graph = { nodes: [node('a', { starts: 1 }), node('b', { ends: 1 })], edges: [edge('a', 'b')] }
    expect(readableShares(graph)).toEqual(ALL)
  })

  it('leave out what hardly ever happens', () => {
    const nodes = Array.from({ length: 12 }, (_, i) => node(`a${i}`, { events: i < 9 ? 1000 : 2, starts: i === 0 ? 1 : 0, ends: i === 8 ? 1 : 0 }))
    const edges = nodes.slice(1).map((one, i) => edge(`a${i}`, one.id, one.events))
    expect(simplify({ nodes, edges }, readableShares({ nodes, edges })).nodes).toHaveLength(9)
  })
})
