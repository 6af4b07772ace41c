import { expect, it } from 'vitest'

import { edge, node } from './testing'
import { compose } from './arrange'
import { place } from './layout'
import { tableWidth } from './measure'
import { curves, spread } from './ports'
import { simplify } from './simplify'

const words = { duration: () => '1 s', count: (n: number | null) => String(n) }

it('works: a line ends at the border of its box', () => {
  const graph = { nodes: [node('a', { starts: 1 }), node('b', { ends: 1 })], edges: [edge('a', 'b')] }
  const layout = place({ direction: 'LR', ...compose(simplify(graph, { activities: 1, paths: 1 }), 'count', words, tableWidth) })
  const { tip, angle } = curves(layout).get('a\u001fb')!
  const box = layout.boxes.b!
  expect(tip.x).toBeCloseTo(box.x)
  expect(tip.y).toBeGreaterThan(box.y)
  expect(tip.y).toBeLessThan(box.y + box.height)
  expect(angle).toBe(0)
})

it('a line that runs back enters at the far side', () => {
  const graph = { nodes: [node('a', { starts: 9 }), node('b', { ends: 9 })], edges: [edge('a', 'b', 9), edge('b', 'a', 1)] }
  const layout = place({ direction: 'TB', ...compose(simplify(graph, { activities: 1, paths: 1 }), 'count', words, tableWidth) })
  const { tip, angle } = curves(layout).get('b\u001fa')!
  expect(tip.y).toBeCloseTo(layout.boxes.a!.y + layout.boxes.a!.height)
  expect(angle).toBe(270)
})

it.each([
  [[50], [50]], // alone: where it wishes
  [[5], [10]], // never beyond the ends
  [[50, 50], [50, 61]], // never on one another
  [[200, 200], [89, 100]], // pushed back from the end
  [[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], [10, 19, 28, 37, 46, 55, 64, 73, 82, 91, 100]], // crowded: evenly
])('spreads %j between 10 and 100 as %j', (wishes, places) => {
  expect(spread(wishes, 10, 100)).toEqual(places)
})
