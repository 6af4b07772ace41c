/** Something read from the server for a question that changes: what was read last stays until the next is there. */
import { onScopeDispose, ref, shallowRef, watch, type Ref } from 'vue'

import { asProblem, type Problem } from '@/api/problem'

export interface Loaded<T> {
  data: Ref<T | null>
  problem: Ref<Problem | null>
  loading: Ref<boolean>
  retry: () => void
}

/**
 * Reads whenever the question changes (compared as JSON); null asks nothing and forgets.
 * The answer of an older question is dropped.
 */
export function useLoaded<Q, T>(question: () => Q | null, read: (question: Q, signal: AbortSignal) => Promise<T>): Loaded<T> {
  const data = shallowRef<T | null>(null)
  const problem = shallowRef<Problem | null>(null)
  const loading = ref(false)
  let running: AbortController | null = null

  async function load(): Promise<void> {
    running?.abort()
    const asked = question()
    if (asked === null) return forget()
    const mine = (running = new AbortController())
    loading.value = true
    problem.value = null
    try {
      const answer = await read(asked, mine.signal)
      if (running === mine) data.value = answer
    } catch (error) {
      if (running === mine && !mine.signal.aborted) problem.value = asProblem(error)
    } finally {
      if (running === mine) loading.value = false
    }
  }

  function forget(): void {
    running = null
    data.value = null
    problem.value = null
    loading.value = false
  }

  watch(() => JSON.stringify(question()), load, { immediate: true })
  onScopeDispose(() => running?.abort())
  return { data, problem, loading, retry: () => void load() }
}
