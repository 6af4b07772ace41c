import { describe, expect, it } from 'vitest'

import type { ColumnGuess, Upload } from '@/api/types'

import { assign, columnsOf, doubtOf, guessed, missing, nameFor } from './mapping'
import { rateOf, remember, type Sample } from './rate'
import { zoneChoices } from './zones'

const column = (name: string, guess: ColumnGuess | null = null) => ({ name, guess, samples: [] })
const columns = [column('会话号', 'case'), column('环节', 'activity'), column('时间', 'time'), column('客服', 'resource'), column('状态')]
const upload = { columns } as unknown as Upload

describe('a date that may be two days', () => {
  const times = (...cells: string[]) => ({ columns: [column('时间', 'time')], preview: cells.map((cell) => [cell]) }) as unknown as Upload
  it('works', () => {
    const doubt = doubtOf(times('05/05/2026 10:00', '01/09/2026 10:00'), ['time'])
    expect(doubt).toEqual({ sample: '01/09/2026', days: { dmy: { month: 9, day: 1 }, mdy: { month: 1, day: 9 } } })
  })
  it('is none when one of the first rows has a part above twelve', () => {
    expect(doubtOf(times('01/09/2026', '13/09/2026'), ['time'])).toBeNull()
  })
  it('is none among dates that begin with the year, or in a column that is no time', () => {
    expect(doubtOf(times('2026-01-09 10:00'), ['time'])).toBeNull()
    expect(doubtOf(times('01/09/2026'), ['none'])).toBeNull()
  })
})

describe('the meaning of columns', () => {
  it('works', () => {
    const mapping = guessed(columns)
    expect(mapping).toEqual(['case', 'activity', 'time', 'resource', 'none'])
    expect(columnsOf(upload, mapping)).toEqual({ case: '会话号', activity: ['环节'], time: '时间', resource: '客服' })
  })
  it('takes the first of two guessed alike, and leaves a start time unused', () => {
    expect(guessed([column('a', 'case'), column('b', 'case'), column('c', 'start')])).toEqual(['case', 'none', 'none'])
  })
  it('may have several activities, in the order of the file', () => {
    const mapping = assign(guessed(columns), 4, 'activity')
    expect(columnsOf(upload, mapping).activity).toEqual(['环节', '状态'])
  })
  it('takes a role from the column that had it', () => {
    expect(assign(guessed(columns), 4, 'time')).toEqual(['case', 'activity', 'none', 'resource', 'time'])
  })
  it('knows what is missing, and a person is not needed', () => {
    expect(missing(guessed([column('a'), column('b', 'time')]))).toEqual(['case', 'activity'])
    expect(missing(assign(guessed(columns), 3, 'none'))).toEqual([])
  })
  it('names a log after its file', () => {
    expect(nameFor('工单 2026.10.csv')).toBe('工单 2026.10')
    expect(nameFor('C:\\logs\\bpi.xes.gz')).toBe('bpi')
    expect(nameFor('.csv')).toBe('.csv')
  })
})

describe('the rate of an upload', () => {
  const fed = (samples: Sample[]) => samples.reduce<Sample[]>(remember, [])
  it('works', () => {
    const samples = fed([{ at: 0, loaded: 0 }, { at: 1000, loaded: 2000 }, { at: 2000, loaded: 4000 }])
    expect(rateOf(samples, 10_000)).toEqual({ bytesPerSecond: 2000, remaining: 3 })
  })
  it('is not told from too little', () => {
    expect(rateOf(fed([{ at: 0, loaded: 0 }, { at: 100, loaded: 900 }]), 1000).remaining).toBeNull()
  })
  it('shows a stall: only the last seconds count', () => {
    const samples = fed([{ at: 0, loaded: 0 }, { at: 1000, loaded: 5000 }, { at: 6000, loaded: 5000 }])
    expect(rateOf(samples, 10_000)).toEqual({ bytesPerSecond: 0, remaining: null })
  })
})

describe('time zones', () => {
  it('are named in words and offset, likely ones first, each once', () => {
    const choices = zoneChoices('zh-Hans', ['Asia/Shanghai', 'Nowhere/City'], new Date('2026-11-22T00:00:00Z'))
    expect(choices[0]).toEqual({ value: 'Asia/Shanghai', label: 'Asia/Shanghai · 中国标准时间 · UTC+8' })
    expect(choices[1]?.value).toBe('UTC')
    expect(new Set(choices.map(({ value }) => value)).size).toBe(choices.length)
  })
})
