import { describe, expect, it } from 'vitest'

import {
  formatAgo,
  formatBytes,
  formatCount,
  formatCountShort,
  formatDifference,
  formatDuration,
  formatDurationShort,
  formatPercent,
  formatRange,
  formatTime,
  formatWeekday,
} from './format'

/** The same with ordinary spaces, as a person reads it. */
const plain = (text: string) => text.replaceAll('\u00a0', ' ')

describe('a duration', () => {
  it('works', () => {
    expect(plain(formatDuration(220, 'zh-Hans'))).toBe('3 分 40 秒')
    expect(plain(formatDuration(220, 'en'))).toBe('3 min 40 s')
  })
  it('parts no number from its unit at the end of a line', () => {
    expect(formatDuration(140_400, 'zh-Hans').split(' ')).toEqual(['1\u00a0天', '15\u00a0小时'])
    expect(formatDuration(140_400, 'en').split(' ')).toEqual(['1\u00a0d', '15\u00a0h'])
  })
  it.each([
    [0, '0 秒', '0 s'],
    [0.42, '0.42 秒', '0.42 s'],
    [2.04, '2 秒', '2 s'],
    [9.96, '10 秒', '10 s'],
    [59.6, '1 分', '1 min'], // rounds up into the next unit, never "60 s"
    [3599.7, '1 小时', '1 h'],
    [11520, '3 小时 12 分', '3 h 12 min'],
    [86399, '1 天', '1 d'],
    [97200, '1 天 3 小时', '1 d 3 h'],
    [86400 * 1204, '1,204 天', '1,204 d'],
    [-12, '−12 秒', '−12 s'],
    [null, '—', '—'],
    [Number.NaN, '—', '—'],
  ])('of %s seconds reads %s and %s', (seconds, zh, en) => {
    expect(plain(formatDuration(seconds, 'zh-Hans'))).toBe(zh)
    expect(plain(formatDuration(seconds, 'en'))).toBe(en)
  })
  it('is short in narrow places', () => {
    expect(formatDurationShort(220, 'zh-Hans')).toBe('3分40秒')
    expect(formatDurationShort(11520, 'en')).toBe('3h 12m')
  })
})

describe('how long ago', () => {
  const now = Date.parse('2026-11-22T12:00:00Z')
  it.each([
    ['2026-11-22T11:59:30Z', '刚刚', 'just now'],
    ['2026-11-22T12:00:09Z', '刚刚', 'just now'], // the server's clock is a little before ours
    ['2026-11-22T11:57:00Z', '3分钟前', '3 min ago'],
    ['2026-11-22T10:01:00Z', '1小时前', '1 hr ago'],
    ['2026-11-20T11:00:00Z', '2天前', '2 days ago'],
    [null, '—', '—'],
  ])('%s was %s, %s', (at, zh, en) => {
    expect(formatAgo(at, now, 'zh-Hans')).toBe(zh)
    expect(formatAgo(at, now, 'en')).toBe(en)
  })
})

describe('a figure', () => {
  it('is grouped, and compact in narrow places', () => {
    expect(formatCount(18204, 'zh-Hans')).toBe('18,204')
    expect(formatCountShort(18204, 'zh-Hans')).toBe('1.8万')
    expect(formatCountShort(7846, 'zh-Hans')).toBe('7,846')
    expect(formatCountShort(18204, 'en')).toBe('18.2k')
    expect(formatCountShort(999, 'en')).toBe('999')
  })
  it('shows a share without rounding something to nothing or nearly all to all', () => {
    expect(formatPercent(0.118, 'en')).toBe('11.8%')
    expect(formatPercent(0.0001, 'en')).toBe('<0.1%')
    expect(formatPercent(0.99999, 'en')).toBe('>99.9%')
    expect(formatPercent(1, 'zh-Hans')).toBe('100%')
    expect(formatPercent(0, 'zh-Hans')).toBe('0%')
  })
  it('shows bytes in powers of 1024', () => {
    expect(formatBytes(512, 'en')).toBe('512 B')
    expect(formatBytes(1536, 'en')).toBe('1.5 KB')
    expect(formatBytes(25 * 1024 ** 2, 'zh-Hans')).toBe('25 MB')
  })
  it('carries the sign of a difference', () => {
    const words = (size: number) => plain(formatDuration(size, 'zh-Hans'))
    expect(formatDifference(48, words)).toBe('+48 秒')
    expect(formatDifference(-12, words)).toBe('−12 秒')
    expect(formatDifference(0, words)).toBe('±0 秒')
  })
})

describe('a time', () => {
  it('is shown in the zone of the person', () => {
    expect(formatTime('2026-11-22T16:30:05Z', 'zh-Hans', 'Asia/Shanghai')).toBe('2026-11-23 00:30')
    expect(formatTime('2026-11-22T16:30:05Z', 'en', 'UTC', 'second')).toBe('2026-11-22 16:30:05')
    expect(formatTime('nonsense', 'en', 'UTC')).toBe('—')
  })
  it('names the day of the week where wanted', () => {
    expect(formatWeekday('2026-09-14T01:02:00Z', 'zh-Hans', 'Asia/Shanghai')).toBe('周一 09-14 09:02')
    expect(formatWeekday('2026-09-13T23:02:00Z', 'en', 'Asia/Shanghai')).toBe('Mon 09-14 07:02')
    expect(formatWeekday('2026-09-14T01:02:00Z', 'en', 'UTC', true)).toBe('Mon 2026-09-14 01:02')
    expect(formatWeekday(null, 'en', 'UTC')).toBe('—')
  })
  it('makes a range that repeats nothing', () => {
    expect(formatRange('2026-08-24T00:00:00Z', '2026-11-22T10:00:00Z', 'en', 'UTC')).toBe('2026-08-24 – 11-22')
    expect(formatRange('2026-11-22T09:00:00Z', '2026-11-22T11:30:00Z', 'en', 'UTC')).toBe('2026-11-22 09:00 – 11:30')
    expect(formatRange('2025-12-30T00:00:00Z', '2026-01-02T00:00:00Z', 'en', 'UTC')).toBe('2025-12-30 – 2026-01-02')
  })
})
