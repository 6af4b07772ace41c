import { describe, expect, it } from 'vitest'
import { effectScope, nextTick, ref, shallowRef } from 'vue'

import type { ProcessMap } from '@/api/types'

import { node } from './testing'
import { useWhole } from './use-whole'

function map(ids: string[], cases: number): ProcessMap {
  return { nodes: ids.map((id) => node(id)), totals: { cases, log_cases: 10 } } as ProcessMap
}

function whole(first: ProcessMap) {
  const [shown, language, needed, asked] = [shallowRef<ProcessMap | null>(first), ref('en'), ref(true), [] as string[]]
  const read = (question: { language: string }) => {
    asked.push(question.language)
    return Promise.resolve(map(['a', 'b', 'c'], 10))
  }
  const nodes = effectScope().run(() => useWhole(shown, () => ({ log: 'x', language: language.value }), () => needed.value, read))
  return { shown, language, asked, ids: () => nodes?.value.map((one) => one.id) }
}

describe('the activities of the whole log', () => {
  it('stay as they are when a filter leaves fewer, without asking again', async () => {
    const { shown, ids, asked } = whole(map(['a', 'b'], 10))
    shown.value = map(['a'], 3)
    await nextTick()
    expect([ids(), asked]).toEqual([['a', 'b'], []])
  })
  it('are read where the page opens with a filter', async () => {
    const { ids, asked } = whole(map(['a'], 3))
    expect(ids()).toEqual(['a'])
    await new Promise((done) => setTimeout(done))
    expect([ids(), asked]).toEqual([['a', 'b', 'c'], ['en']])
  })
  it('are read again in another language', async () => {
    const { language, asked } = whole(map(['a', 'b'], 10))
    language.value = 'zh-Hans'
    await nextTick()
    expect(asked).toEqual(['zh-Hans'])
  })
})
