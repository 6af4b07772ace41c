import { effectScope, nextTick, ref } from 'vue'
import { describe, expect, it, vi } from 'vitest'

import { Problem } from '@/api/problem'

import { useLoaded } from './use-loaded'

const settle = async () => {
  await nextTick()
  await new Promise((resolve) => setTimeout(resolve))
}

/** A question to change, and answers given by hand. */
function asking() {
  const question = ref<string | null>('first')
  const asked: { question: string; signal: AbortSignal; answer: (value: string) => void; fail: (error: unknown) => void }[] = []
  const read = vi.fn((one: string, signal: AbortSignal) => new Promise<string>((answer, fail) => asked.push({ question: one, signal, answer, fail })))
  const scope = effectScope()
  const loaded = scope.run(() => useLoaded(() => question.value, read))!
  return { question, asked, read, loaded, scope }
}

describe('something read from the server', () => {
  it('works', async () => {
    const { asked, loaded } = asking()
    expect(loaded.loading.value).toBe(true)
    asked[0]!.answer('one')
    await settle()
    expect([loaded.data.value, loaded.loading.value]).toEqual(['one', false])
  })

  it('keeps the last answer until the next is there, and drops an older one that comes late', async () => {
    const { asked, loaded, question } = asking()
    asked[0]!.answer('one')
    await settle()
    question.value = 'second'
    await nextTick()
    question.value = 'third'
    await nextTick()
    expect([loaded.data.value, asked[1]!.signal.aborted]).toEqual(['one', true])
    asked[2]!.answer('three')
    await settle()
    asked[1]!.answer('two')
    await settle()
    expect(loaded.data.value).toBe('three')
  })

  it('says what failed, and asks again when told to', async () => {
    const { asked, loaded, read } = asking()
    asked[0]!.fail(new Problem('/errors/insight-unknown-log', '没有这份日志。', 404))
    await settle()
    expect([loaded.problem.value?.status, loaded.loading.value]).toEqual([404, false])
    loaded.retry()
    expect([read.mock.calls.length, loaded.problem.value]).toEqual([2, null])
  })

  it('forgets when nothing is asked', async () => {
    const { asked, loaded, question } = asking()
    asked[0]!.answer('one')
    await settle()
    question.value = null
    await settle()
    expect([loaded.data.value, loaded.loading.value]).toEqual([null, false])
  })

  it('stops asking with its component', () => {
    const { asked, scope } = asking()
    scope.stop()
    expect(asked[0]!.signal.aborted).toBe(true)
  })
})
