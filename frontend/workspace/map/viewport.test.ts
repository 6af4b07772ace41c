import { describe, expect, it } from 'vitest'

import { cutAt, fit, opening, panned, READABLE, reveal, zoomAt } from './viewport'

const room = { width: 800, height: 600 }

describe('the view', () => {
  it('works: fits a large drawing into the room, in the middle', () => {
    expect(fit({ width: 1536, height: 200 }, room)).toEqual({ scale: 0.5, x: 16, y: 250 })
  })
  it('does not blow up a small drawing', () => expect(fit({ width: 10, height: 10 }, room).scale).toBe(1.25))
  it('opens a drawing too large to read at its start', () => {
    const view = opening({ width: 4000, height: 300 }, room, { x: 12, y: 137, width: 26, height: 26 }, true)
    expect(view.scale).toBe(READABLE)
    expect(12 * view.scale + view.x).toBeGreaterThan(0)
    expect(12 * view.scale + view.x).toBeLessThan(40)
  })
  it('keeps the point under the pointer where it is', () => {
    const view = { x: 30, y: -20, scale: 0.8 }
    const at = { x: 250, y: 130 }
    const next = zoomAt(view, 1.5, at)
    expect((at.x - next.x) / next.scale).toBeCloseTo((at.x - view.x) / view.scale)
    expect((at.y - next.y) / next.scale).toBeCloseTo((at.y - view.y) / view.scale)
  })
  it('zooms neither to nothing nor beyond measure', () => {
    expect(zoomAt({ x: 0, y: 0, scale: 1 }, 1e-9, { x: 0, y: 0 }).scale).toBe(0.1)
    expect(zoomAt({ x: 0, y: 0, scale: 1 }, 1e9, { x: 0, y: 0 }).scale).toBe(4)
  })
  it('never loses the drawing', () => {
    const view = panned({ x: 0, y: 0, scale: 1 }, { x: 99_999, y: -99_999 }, { width: 500, height: 400 }, room)
    expect(view).toEqual({ x: 740, y: -340, scale: 1 })
  })
  it('knows at which edges the drawing goes on', () => {
    const tall = { width: 700, height: 1000 }
    expect(cutAt({ x: 0, y: 0, scale: 1 }, tall, room)).toEqual({ below: true, right: false })
    expect(cutAt({ x: 0, y: -400, scale: 1 }, tall, room)).toEqual({ below: false, right: false })
    expect(cutAt(fit(tall, room), tall, room)).toEqual({ below: false, right: false })
    expect(cutAt({ x: 200, y: 0, scale: 0.6 }, { width: 1200, height: 900 }, room)).toEqual({ below: false, right: true })
  })
  it('moves only as far as needed to show a box', () => {
    const view = { x: 0, y: 0, scale: 1 }
    expect(reveal(view, { x: 300, y: 300, width: 50, height: 50 }, room)).toEqual(view)
    expect(reveal(view, { x: 900, y: 300, width: 50, height: 50 }, room)).toEqual({ x: -190, y: 0, scale: 1 })
    expect(reveal(view, { x: -100, y: 300, width: 50, height: 50 }, room)).toEqual({ x: 140, y: 0, scale: 1 })
  })
})
