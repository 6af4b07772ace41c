import { describe, expect, it } from 'vitest'

import { MEASURES } from './edges'
import { countFilters, fromQuery, NO_FILTERS, serverQuery, toQuery, type PageState, type Query } from './route'
import { chance } from './testing'
import { startOfDay } from './zone'

const USUAL = fromQuery({})
const NAMES = ['核对身份', 'a&b=c', '100%', '空 格', "it's", 'x\u001fy', '+', '😀', '#?/']

/** A state made by chance, with names that addresses find hard. */
function anyState(seed: number): PageState {
  const next = chance(seed)
  const pick = <T>(list: readonly T[]) => list[Math.floor(next() * list.length)] as T
  const some = () => [...new Set(Array.from({ length: Math.floor(next() * 4) }, () => pick(NAMES)))]
  const maybe = <T>(value: T) => (next() < 0.5 ? value : null)
  return {
    filters: {
      from: maybe('2026-08-24'),
      to: maybe('2026-11-22'),
      with: some(),
      without: some(),
      path: some(),
      repeated: some(),
      handover: some(),
      variant: maybe('9f3a'),
      min_s: maybe(Math.round(next() * 1e6) / 10),
      max_s: maybe(0),
    },
    measure: pick(MEASURES),
    shares: { ...(next() < 0.5 ? { activities: Number(next().toPrecision(4)) } : {}), ...(next() < 0.5 ? { paths: 1 } : {}) },
    selection: next() < 0.3 ? null : next() < 0.5 ? { kind: 'node', id: pick(NAMES), ...(next() < 0.5 ? { again: true } : {}) } : { kind: 'edge', key: pick(NAMES) },
    tab: pick(['overview', 'variants', 'cases'] as const),
    sort: pick(['-focus', '-duration', 'duration', '-start', 'start'] as const),
    case: maybe(pick(NAMES)),
  }
}

/** As the address line does it: to text and back. */
function throughAddress(query: Record<string, string | string[]>): Query {
  const text = new URLSearchParams(Object.entries(query).flatMap(([name, value]) => [value].flat().map((one): [string, string] => [name, one]))).toString()
  const back: Record<string, string | string[]> = {}
  for (const [name, value] of new URLSearchParams(text)) {
    const before = back[name]
    back[name] = before === undefined ? value : [before, value].flat()
  }
  return back
}

describe('the address', () => {
  it('works', () => {
    const query = { measure: 'p90', with: ['退款审批', '交给人工'], node: '核对身份', activities: '50' }
    const state = fromQuery(query)
    expect(state).toMatchObject({ measure: 'p90', shares: { activities: 0.5 }, selection: { kind: 'node', id: '核对身份' } })
    expect(toQuery(state)).toEqual(query)
  })

  it('says of a step whether it is looked at for being done again', () => {
    const query = { node: '核对身份', again: '1' }
    expect(fromQuery(query).selection).toEqual({ kind: 'node', id: '核对身份', again: true })
    expect(toQuery(fromQuery(query))).toEqual(query)
    expect(fromQuery({ edge: 'a\u001fb', again: '1' }).selection).toEqual({ kind: 'edge', key: 'a\u001fb' })
  })

  it('is empty for a page as it opens', () => expect(toQuery(USUAL)).toEqual({}))

  it('carries any state there and back, through text', () => {
    for (let seed = 1; seed <= 500; seed += 1) {
      const state = anyState(seed)
      expect([seed, fromQuery(throughAddress(toQuery(state)))]).toEqual([seed, state])
    }
  })

  it.each<[string, Query]>([
    ['an unknown measure', { measure: 'beauty' }],
    ['a day that is none', { from: '2026-13-99' }],
    ['a negative duration', { min_s: '-5' }],
    ['words for a share', { activities: 'many' }],
    ['a share beyond all', { paths: '250' }],
    ['nothing', { with: '', node: '', tab: null, variant: [] }],
  ])('leaves out %s', (_name, query) => expect(fromQuery(query)).toEqual(USUAL))
})

describe('filters for the server', () => {
  const at = (day: string, shift: number) => startOfDay(day, shift, 'Asia/Shanghai')

  it('turn days into instants of the zone, the last day included', () => {
    const params = serverQuery({ ...NO_FILTERS, from: '2026-11-01', to: '2026-11-02' }, at)
    expect(Object.fromEntries(params)).toEqual({ from: '2026-10-31T16:00:00.000Z', to: '2026-11-02T16:00:00.000Z' })
  })
  it('repeat what there is several of', () => {
    expect(serverQuery({ ...NO_FILTERS, with: ['a', 'b'], path: ['a\u001fb'] }, at).toString()).toBe('with=a&with=b&path=a%1Fb')
  })
  it('are counted, a range as one', () => {
    expect(countFilters({ ...NO_FILTERS, from: '2026-01-01', to: '2026-01-02', with: ['a', 'b'], min_s: 1 })).toBe(4)
  })
})

describe('the beginning of a day', () => {
  it.each([
    ['2026-11-22', 'Asia/Shanghai', '2026-11-21T16:00:00.000Z'],
    ['2026-11-22', 'UTC', '2026-11-22T00:00:00.000Z'],
    ['2026-03-29', 'Europe/Berlin', '2026-03-28T23:00:00.000Z'], // the clock jumps later that day
    ['2026-07-01', 'America/New_York', '2026-07-01T04:00:00.000Z'],
    ['2026-09-06', 'America/Santiago', '2026-09-06T04:00:00.000Z'], // midnight does not exist: the clock jumps over it
  ])('%s in %s is %s', (day, zone, instant) => expect(startOfDay(day, 0, zone)).toBe(instant))
})
