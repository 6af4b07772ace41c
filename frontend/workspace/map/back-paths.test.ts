import { describe, expect, it } from 'vitest'

import { backPaths } from './back-paths'
import { edgeKey } from './edges'
import { readableShares, simplify } from './simplify'
import { edge, node } from './testing'

const chain = {
  nodes: [node('in', { starts: 100 }), node('check'), node('approve'), node('pay', { ends: 100 })],
  edges: [edge('in', 'check', 100), edge('check', 'approve', 110), edge('approve', 'pay', 100), edge('approve', 'check', 9), edge('pay', 'check', 1)],
}

describe('the way back to a repeated step', () => {
  it('works', () => expect(backPaths(chain, ['check'])).toEqual([edgeKey('approve', 'check')]))
  it('is the step itself where it follows on itself', () => {
    expect(backPaths({ ...chain, edges: [...chain.edges, edge('check', 'check', 20)] }, ['check'])).toEqual([edgeKey('check', 'check')])
  })
  it('is never the way on, however frequent', () => expect(backPaths(chain, ['approve', 'in'])).toEqual([]))
  it('comes from further on where no widest way leads through the step', () => {
    const fork = {
      nodes: [node('in', { starts: 9 }), node('x'), node('y'), node('z', { ends: 9 })],
      edges: [edge('in', 'x', 2), edge('in', 'y', 7), edge('y', 'z', 7), edge('x', 'z', 2), edge('z', 'x', 1)],
    }
    expect(backPaths(fork, ['x'])).toEqual([edgeKey('z', 'x')])
  })
  it('stays on the map that is thinned to its backbone', () => {
    const wanted = { nodes: [], edges: backPaths(chain, ['check']), notable: [] }
    const drawn = simplify(chain, { ...readableShares(chain), paths: 0 }, wanted).edges.map((one) => one.key)
    expect(drawn).toContain(edgeKey('approve', 'check'))
    expect(drawn).not.toContain(edgeKey('pay', 'check'))
  })
})
