/** The small pure pieces beside the drawing: chips, neighbours, light, time lines, chains, units, choice. */
import { describe, expect, it } from 'vitest'

import type { CaseEvent, Log } from '@/api/types'

import { actorName, chips } from './chips'
import { firstLog } from './choice'
import { edgeEnds, edgeKey } from './edges'
import { neighbour } from './neighbour'
import { NO_FILTERS } from './route'
import { lit } from './spotlight'
import { steps } from './story'
import { initials, runs, tones } from './tones'
import { node } from './testing'
import { inUnit, seconds, unitOf } from './units'
import { nearestHeight, sheetHeights } from './use-sheet'

describe('an edge in one string', () => {
  it('works', () => expect(edgeEnds(edgeKey('核对 → 身份', 'b'))).toEqual(['核对 → 身份', 'b']))
})

describe('chips', () => {
  const say = {
    t: (key: string, values: Record<string, string>) => `${key} ${Object.values(values).join('|')}`,
    label: (id: string) => id.toUpperCase(),
    edgeLabel: (key: string) => edgeEnds(key).join('→'),
    handoverLabel: (key: string) => edgeEnds(key).join('⇒'),
    variantLabel: (key: string) => `variant ${key}`,
    duration: (s: number) => `${s}s`,
  }
  it('name each filter and say what is left without it', () => {
    const filters = { ...NO_FILTERS, with: ['a', 'b'], path: [edgeKey('a', 'b')], handover: [edgeKey('x', 'y')] }
    expect(chips(filters, say).map((chip) => [chip.text, chip.without])).toEqual([
      ['map.chip.with A', { with: ['b'] }],
      ['map.chip.with B', { with: ['a'] }],
      ['map.chip.path a→b', { path: [] }],
      ['map.chip.handover x⇒y', { handover: [] }],
    ])
  })
  it.each([
    [{ from: '2026-01-01' }, 'map.chip.since 2026-01-01|'],
    [{ to: '2026-01-01' }, 'map.chip.until |2026-01-01'],
    [{ from: '2026-01-01', to: '2026-02-01' }, 'map.chip.between 2026-01-01|2026-02-01'],
    [{ min_s: 5 }, 'map.chip.longer 5s|'],
    [{ max_s: 5 }, 'map.chip.shorter |5s'],
    [{ min_s: 0, max_s: 5 }, 'map.chip.lasting 0s|5s'],
    [{ variant: '0123456789' }, 'variant 0123456789'],
  ])('%j reads %s', (filters, text) => {
    const [chip, ...rest] = chips({ ...NO_FILTERS, ...filters }, say)
    expect([chip?.text, rest]).toEqual([text, []])
  })
})

describe('who did a step', () => {
  const named = (name: string) => actorName(name, (key) => key)
  it('is a name, or the end of an id', () => expect([named('finance-2'), named('0192f0c1-0000-7000-8000-00000000abcd')]).toEqual(['finance-2', '…00abcd']))
  it('is told in words where it is the robot or nobody', () => {
    expect(['bot', 'Bot', 'robot', '', 'nan'].map(named)).toEqual(['map.bot', 'map.bot', 'robot', 'map.nobody', 'map.nobody'])
  })
})

describe('the next box', () => {
  const at = (x: number, y: number) => ({ x, y, width: 10, height: 10 })
  const boxes = { a: at(0, 0), b: at(100, 0), c: at(100, 90), d: at(0, 60) }
  it.each([
    ['a', 'right', 'b'],
    ['a', 'down', 'd'],
    ['b', 'down', 'c'],
    ['c', 'left', 'd'],
    ['b', 'up', null],
    ['nowhere', 'up', null],
  ] as const)('from %s to the %s is %s', (from, arrow, to) => expect(neighbour(boxes, from, arrow)).toBe(to))
})

describe('the light', () => {
  const edges = ['ab', 'bc', 'cd'].map((ends) => ({ key: edgeKey(ends[0]!, ends[1]!), from: ends[0]!, to: ends[1]!, kind: 'log' as const, n: 1, edge: null }))
  it('falls on everything where nothing is chosen', () => expect(lit(edges, null, null)).toBeNull())
  it('falls on an activity and what touches it', () => {
    expect(lit(edges, null, { kind: 'node', id: 'b' })).toEqual({ nodes: new Set(['a', 'b', 'c']), edges: new Set([edgeKey('a', 'b'), edgeKey('b', 'c')]) })
  })
  it('follows the pointer before the selection', () => {
    expect(lit(edges, edgeKey('c', 'd'), { kind: 'node', id: 'b' })?.nodes).toEqual(new Set(['c', 'd']))
  })
  it('stays on everything where the chosen thing is hidden', () => expect(lit(edges, null, { kind: 'node', id: 'zz' })).toBeNull())
})

describe('the time line of a case', () => {
  const event = (activity: string, gap: number | null, resource: string | null = null): CaseEvent => ({ activity, label: activity, at: '2026-11-22T00:00:00Z', since_previous_s: gap, resource })

  it('works', () => {
    const [first, second] = steps([event('a', null), event('b', 60)])
    expect(first).toMatchObject({ gap: null, share: 0, height: 0, long: false })
    expect(second).toMatchObject({ gap: 60, share: 1, long: true })
  })
  it('marks the few gaps that make up most of the case', () => {
    const line = steps([event('a', null), event('b', 10), event('c', 700), event('d', 290)])
    expect(line.map((step) => step.long)).toEqual([false, false, true, false])
  })
  it('draws longer gaps taller, weeks within a page', () => {
    const heights = steps([event('a', null), event('b', 1), event('c', 3600), event('d', 86_400 * 90)]).map((step) => step.height)
    expect(heights).toEqual([...heights].sort((a, b) => a - b))
    expect(Math.max(...heights)).toBeLessThan(100)
  })
  it('says who handed over and which step came again', () => {
    const line = steps([event('a', null, 'x'), event('a', 1, 'y'), event('b', 1, 'y'), event('a', 1, null)])
    expect(line.map((step) => [step.handedBy, step.repeat])).toEqual([[null, 0], ['x', 1], [null, 0], [null, 2]])
  })
  it('takes a case without any time, and times running backwards', () => {
    expect(steps([event('a', null), event('b', 0)])[1]).toMatchObject({ share: 0, long: false })
    expect(steps([event('a', null), event('b', -5)])[1]!.height).toBeGreaterThan(0)
  })
})

describe('chains', () => {
  it('fold what comes several times in a row', () => {
    expect(runs(['a', 'a', 'b', 'a'])).toEqual([{ id: 'a', times: 2 }, { id: 'b', times: 1 }, { id: 'a', times: 1 }])
  })
  it.each([
    [['核对身份', 'Take in charge', 'Wait', ''], ['核', 'TI', 'WA', '']],
    [['查询知识库', '查询订单系统'], ['查知', '查订']],
    [['退款', '退款打款'], ['退款', '退打']],
    [['Accepted/Wait - User', 'Accepted/Wait - Vendor', 'Accepted/Wait'], ['AWU', 'AWV', 'AW']],
  ])('shorten %j to %j', (names, short) => {
    expect([...initials(new Map(names.map((name) => [name, name]))).values()]).toEqual(short)
  })
  it('colour the ten most frequent', () => {
    const nodes = Array.from({ length: 12 }, (_, i) => node(`a${i}`, { events: i }))
    expect(tones(nodes).get('a11')).toBe(1)
    expect(tones(nodes).has('a0')).toBe(false)
  })
})

describe('durations that a person gives', () => {
  it('are read in their unit', () => expect([seconds('1.5', 'hour'), seconds('', 'day'), seconds(2, 'minute')]).toEqual([5400, null, 120]))
  it('are shown in their unit', () => expect([inUnit(5400, 'hour'), inUnit(null, 'day')]).toEqual(['1.5', '']))
  it('choose the greatest unit that fits', () => expect([unitOf(30), unitOf(7200), unitOf(90_000)]).toEqual(['minute', 'hour', 'day']))
})

describe('the sheet on a narrow screen', () => {
  it('stands low, half or tall', () => expect(sheetHeights(800)).toEqual({ peek: 132, half: 368, tall: 670 }))
  it.each([[90, 'peek'], [240, 'peek'], [300, 'half'], [560, 'tall']] as const)('let go at %i pixels, stands %s', (pixels, height) => {
    expect(nearestHeight(pixels, 800)).toBe(height)
  })
})

describe('the log that the page opens on', () => {
  const log = (id: string, kind: Log['kind'], state: Log['state'] = 'ready') => ({ id, kind, state }) as Log
  const logs = [log('a', 'imported'), log('journal', 'journal'), log('c', 'imported', 'importing')]
  it('is the one looked at last', () => expect(firstLog(logs, 'a')?.id).toBe('a'))
  it('else the own journal', () => expect(firstLog(logs, 'gone')?.id).toBe('journal'))
  it('else one that is ready, else one on its way', () => {
    expect(firstLog([log('journal', 'journal', 'empty'), log('b', 'imported')], null)?.id).toBe('b')
    expect(firstLog([log('journal', 'journal', 'empty'), log('c', 'imported', 'importing')], null)?.id).toBe('c')
  })
  it('is none where there is none', () => expect(firstLog([], null)).toBeNull())
})
