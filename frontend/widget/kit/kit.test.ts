import { describe, expect, it, vi } from 'vitest'

import { contrast, inkOn, palette, parse, readable, type Rgb } from './colour'
import { h, keyed } from './dom'
import { clock, day, dayKey, moment, roundMinutes, size } from './format'
import { Problem, request } from './request'
import { pieces, safeText } from './safe-text'
import { fill, languageOf } from './texts'

const rgb = (colour: string) => parse(colour) as Rgb

describe('colour', () => {
  it('works', () => expect(parse('#0c715d')).toEqual([12, 113, 93]))
  it('reads short and spelt forms, and nothing else', () => {
    expect(parse('#0c7')).toEqual([0, 204, 119])
    expect(parse('rgb(12, 113, 300)')).toEqual([12, 113, 255])
    for (const other of ['red', '#12345', '', 'url(#a)']) expect(parse(other)).toBeNull()
  })
  it('finds ink and text that read at 4.5:1 for every brand colour in both themes', () => {
    for (let hue = 0; hue < 4096; hue += 7) {
      const brand = rgb(`#${hue.toString(16).padStart(3, '0')}`)
      for (const panel of [rgb('#ffffff'), rgb('#191f1c')]) {
        const found = palette(brand, panel)
        const at = (name: string) => rgb(found[name] ?? '')
        expect(contrast(at('--accent-ink'), at('--accent'))).toBeGreaterThanOrEqual(4.5)
        expect(contrast(at('--accent-text'), panel)).toBeGreaterThanOrEqual(4.45) // whole numbers of red, green, blue
        expect(contrast(at('--accent-text'), at('--accent-soft'))).toBeGreaterThanOrEqual(4.4)
      }
    }
  })
  it('leaves a colour that reads as it is', () => {
    expect(readable(rgb('#0c715d'), [rgb('#fff')])).toEqual(rgb('#0c715d'))
    expect(inkOn(rgb('#ffe000'))).toEqual([0, 0, 0])
  })
})

describe('safe text', () => {
  it('works', () =>
    expect(pieces('see https://a.example/x?y=1, thanks')).toEqual([
      { text: 'see ' },
      { text: 'https://a.example/x?y=1', href: 'https://a.example/x?y=1' },
      { text: ', thanks' },
    ]))
  it('ends an address before Chinese punctuation', () =>
    expect(pieces('请看https://a.example/x。谢谢')[1]).toEqual({ text: 'https://a.example/x', href: 'https://a.example/x' }))
  it('links mail addresses and www', () => {
    expect(pieces('lin@example.com')[0]?.href).toBe('mailto:lin@example.com')
    expect(pieces('www.example.com')[0]?.href).toBe('https://www.example.com/')
  })
  it.each(['javascript:alert(1)', 'data:text/html,<b>x</b>', 'vbscript:x', 'file:///etc/passwd', '<a href="x">'])('links nothing of %s', (written) =>
    expect(pieces(written)).toEqual([{ text: written }]))
  it('never makes markup', () => {
    const shown = h('p', {}, ...safeText('<img src=x onerror=alert(1)> https://a.example/"onclick="x'))
    expect(shown.querySelector('img')).toBeNull()
    expect(shown.textContent).toBe('<img src=x onerror=alert(1)> https://a.example/"onclick="x')
    expect(shown.querySelector('a')?.getAttributeNames()).toEqual(['href', 'target', 'rel'])
  })
  it('leaves nothing out', () => {
    for (const written of ['', 'a', 'https://', 'http://[', 'x@y', 'a\nb https://b.example\n', '。https://c.example'])
      expect(pieces(written).map((piece) => piece.text).join('')).toBe(written)
  })
  it('takes a long text without slowing down', () => {
    const begin = performance.now()
    pieces('a.'.repeat(20_000) + '@'.repeat(2_000) + 'http://'.repeat(5_000))
    expect(performance.now() - begin).toBeLessThan(2_000)
  })
})

describe('format', () => {
  const now = new Date('2026-11-22T15:00:00Z')
  const at = (moment: string) => new Date(moment)
  it('works', () => expect(clock(now, 'en', 'Europe/London')).toBe('15:00'))
  it('names days near by, then by date', () => {
    expect(day(now, now, 'en', 'UTC')).toBe('Today')
    expect(day(at('2026-11-21T23:59:00Z'), now, 'zh', 'UTC')).toBe('昨天')
    expect(day(at('2026-11-03T09:00:00Z'), now, 'zh', 'UTC')).toBe('11月3日星期二')
    expect(day(at('2025-11-03T09:00:00Z'), now, 'en', 'UTC')).toContain('2025')
  })
  it('counts days in the zone of the reader', () => {
    expect(dayKey(now, 'Asia/Shanghai')).toBe('2026-11-22')
    expect(dayKey(at('2026-11-22T16:30:00Z'), 'Asia/Shanghai')).toBe('2026-11-23')
    expect(moment(at('2026-11-23T01:00:00Z'), now, 'zh', 'Asia/Shanghai')).toBe('明天 09:00')
    expect(moment(at('2026-11-23T01:00:00Z'), now, 'en', 'America/New_York')).toBe('Today 20:00')
  })
  it('shows midnight as 00', () => expect(clock(at('2026-11-22T00:05:00Z'), 'zh', 'UTC')).toBe('00:05'))
  it.each([[0, '0 B'], [812, '812 B'], [1000, '1.0 KB'], [3_600_000, '3.4 MB'], [52_428_800, '50 MB']])('%i bytes read %s', (bytes, words) =>
    expect(size(bytes)).toBe(words))
  it.each([[0, 1], [29, 1], [240, 4], [1290, 20], [3600, 60]])('%i seconds of waiting are about %i minutes', (seconds, minutes) =>
    expect(roundMinutes(seconds)).toBe(minutes))
})

describe('texts', () => {
  it('works', () => expect(fill('{n} {n:person|people} of {all}', { n: 1, all: 3 })).toBe('1 person of 3'))
  it('takes the plural', () => expect(fill('{n} {n:person|people}', { n: 0 })).toBe('0 people'))
  it.each([['zh', [], 'zh'], ['zh-Hant', ['en'], 'zh'], ['auto', ['fr', 'en-US', 'zh'], 'en'], ['auto', ['fr'], 'en'], [null, [], 'zh'], ['auto', ['zh-CN'], 'zh']] as const)(
    '%s and %j speak %s', (wish, preferred, language) => expect(languageOf(wish, preferred)).toBe(language))
})

describe('lists', () => {
  it('keeps elements, moves and removes', () => {
    const list = h('ul')
    const show = keyed<string>(list, (item) => item, (item) => ({ element: h('li', {}, item), update: () => undefined }))
    show(['a', 'b', 'c'])
    const second = list.children[1]
    show(['b', 'x', 'c'])
    expect(list.textContent).toBe('bxc')
    expect(list.children[0]).toBe(second)
  })
})

describe('request', () => {
  const answer = (status: number, body: unknown, headers = {}) =>
    vi.spyOn(globalThis, 'fetch').mockResolvedValue(new Response(body === undefined ? null : JSON.stringify(body), { status, headers }))
  it('works', async () => {
    const sent = answer(200, { a: 1 })
    expect(await request('/x', { method: 'POST', body: { b: 2 }, authorization: 'Visitor t' })).toEqual({ a: 1 })
    expect(sent.mock.calls[0]?.[1]).toMatchObject({ body: '{"b":2}', credentials: 'omit', headers: { Authorization: 'Visitor t' } })
  })
  it.each([[401, 'identity', false], [404, 'refused', false], [408, 'server', true], [429, 'limited', true], [503, 'server', true]] as const)(
    '%i is %s', async (status, cause, passes) => {
      answer(status, { type: '/errors/room-slug', title: 'Sentence.' }, { 'Retry-After': '12' })
      const problem = await request('/x').catch((error: unknown) => error as Problem)
      expect(problem).toMatchObject({ cause, passes, slug: 'room-slug', message: 'Sentence.', waitMs: 12_000 })
    })
  it('says nothing of its own for a page of a proxy', async () => {
    vi.spyOn(globalThis, 'fetch').mockResolvedValue(new Response('<html>Bad gateway', { status: 502 }))
    await expect(request('/x')).rejects.toMatchObject({ cause: 'server', message: '', slug: '' })
  })
  it('gives up when no answer comes', async () => {
    vi.useFakeTimers()
    vi.spyOn(globalThis, 'fetch').mockImplementation((_, options) => new Promise((_resolve, reject) => options?.signal?.addEventListener('abort', () => reject(new DOMException('', 'AbortError')))))
    const asked = expect(request('/x', { timeout: 50 })).rejects.toMatchObject({ cause: 'network', passes: true })
    await vi.advanceTimersByTimeAsync(60)
    await asked
    vi.useRealTimers()
  })
})
