import { afterEach, describe, expect, it, vi } from 'vitest'

import { readCases } from './map-api'

describe('the cases asked for', () => {
  const asked = vi.fn((_address: string) => Promise.resolve(new Response('{"items":[]}', { headers: { 'Content-Type': 'application/json' } })))
  vi.stubGlobal('fetch', asked)
  afterEach(() => asked.mockClear())
  const question = { filters: new URLSearchParams('repeated=a'), sort: '-duration' as const, cursor: null }
  const sent = () => new URL(String(asked.mock.calls[0]?.[0]), 'http://here').searchParams

  it('go through the activity', async () => {
    await readCases('log', { ...question, focus: { kind: 'node', id: 'b' } }, new AbortController().signal)
    expect([sent().get('activity'), sent().getAll('repeated')]).toEqual(['b', ['a']])
  })
  it('repeat it where that is what is looked at, beside what is filtered', async () => {
    await readCases('log', { ...question, focus: { kind: 'node', id: 'b', again: true } }, new AbortController().signal)
    expect([sent().get('activity'), sent().getAll('repeated')]).toEqual(['b', ['a', 'b']])
    expect(question.filters.getAll('repeated')).toEqual(['a'])
  })
})
