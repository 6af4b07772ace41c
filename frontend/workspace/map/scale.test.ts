import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'

import { describe, expect, it } from 'vitest'

import { edgeFigure, heatScale, HEATS, lineWidth, nodeFigure } from './scale'
import { edge, node } from './testing'

describe('heat', () => {
  it('works', () => {
    const scale = heatScale([0, 25, 100])
    expect([0, 3, 4, 25, 99, 100].map(scale.heat)).toEqual([1, 1, 2, 3, 5, 5])
    expect(scale.bounds.map(Math.round)).toEqual([4, 16, 36, 64])
  })
  it('tells seconds from hours beside one of weeks, on the logarithmic scale', () => {
    const { heat } = heatScale([1, 60, 3600, 86_400], 'log')
    expect([1, 60, 600, 3600, 86_400].map(heat)).toEqual([1, 1, 2, 3, 5])
  })
  it('takes zeros on the logarithmic scale', () => expect(heatScale([0, 0], 'log').heat(0)).toBe(1))
  it('is coolest where nothing is known', () => expect(heatScale([null, 5]).heat(null)).toBe(1))
  it('is coolest where all are equal', () => expect(heatScale([7, 7]).heat(7)).toBe(1))
  it('takes no figures at all', () => expect(heatScale([])).toMatchObject({ min: 0, max: 0 }))
  it('never falls as the figure grows', () => {
    const { heat } = heatScale([3, 1e9])
    const heats = [3, 10, 1e3, 1e5, 1e7, 1e8, 5e8, 1e9].map(heat)
    expect(heats).toEqual([...heats].sort((a, b) => a - b))
    expect(heats.at(-1)).toBe(5)
  })
})

describe('a line', () => {
  it('is as wide as it is travelled', () => expect([lineWidth(0, 9), lineWidth(9, 9)]).toEqual([1.2, 6]))
  it('is thin where the number is not known', () => expect(lineWidth(null, 9)).toBe(1.2))
})

describe('a figure', () => {
  it('is the one of the measure', () => {
    const one = edge('a', 'b', 4, 10)
    expect((['count', 'cases', 'median', 'p90', 'total'] as const).map((measure) => edgeFigure(one, measure))).toEqual([4, 4, 10, 20, 40])
  })
  it('is nothing for the time before an activity that only starts cases', () => expect(nodeFigure(node('a'), 'p90')).toBeNull())
})

describe('the colours of both themes', () => {
  const here = (path: string) => readFileSync(resolve(process.cwd(), 'workspace', path), 'utf8')
  const css = here('tokens.css') + here('map/tones.css')
  const read = (dark: boolean, name: string) => {
    const blocks = [...css.matchAll(/(:root|\[data-theme='dark'\])\s*\{([^}]*)\}/g)].filter(([, where]) => (where !== ':root') === dark)
    const found = blocks.map(([, , body]) => new RegExp(`--${name}:\\s*(#[0-9a-f]{6})`, 'i').exec(body ?? '')?.[1]).find(Boolean)
    if (!found) throw new Error(`--${name} is not a plain colour in the ${dark ? 'dark' : 'light'} theme`)
    return found
  }

  it.each([false, true])('are read at 4.5:1 on every heat (dark: %s)', (dark) => {
    for (const heat of HEATS) expect([heat, contrast(read(dark, `heat-${heat}`), read(dark, `heat-ink-${heat}`)) >= 4.5]).toEqual([heat, true])
  })
  it.each([false, true])('are read at 4.5:1 on every chip of a variant (dark: %s)', (dark) => {
    for (let tone = 0; tone <= 10; tone += 1) expect([tone, contrast(read(dark, `tone-${tone}`), read(dark, 'tone-ink')) >= 4.5]).toEqual([tone, true])
  })
  it.each([false, true])('tell a line from the paper at 3:1 (dark: %s)', (dark) => {
    expect(contrast(read(dark, 'map-line'), read(dark, 'panel'))).toBeGreaterThanOrEqual(3)
  })
})

/** Contrast of two colours after WCAG 2.2. */
function contrast(a: string, b: string): number {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number]
  return (light + 0.05) / (dark + 0.05)
}

function luminance(colour: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255
    return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  }) as [number, number, number]
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}
