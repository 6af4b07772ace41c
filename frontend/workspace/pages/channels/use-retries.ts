/** Read again what was set aside, one after the other, and follow each until it is known what became of it. */
import { onScopeDispose, reactive, ref } from 'vue'

import { readArrival, retryArrival, type Arrival } from '@/api/channels'
import { asProblem, type Problem } from '@/api/problem'

const ASK_MS = 500
const LONGEST_MS = 60_000 // then the list says how it is when it is read again

export interface Retry {
  running: boolean
  result: Arrival | null
  problem: Problem | null
}

export function useRetries(tell: (arrival: Arrival) => void) {
  const retries = reactive<Record<string, Retry>>({})
  const bulk = ref<{ done: number; total: number } | null>(null)
  let over = false
  onScopeDispose(() => (over = true))

  async function retry(arrival: Arrival): Promise<void> {
    retries[arrival.id] = { running: true, result: null, problem: null }
    try {
      const result = await settled(await retryArrival(arrival.id))
      retries[arrival.id] = { running: false, result, problem: null }
      tell(result)
    } catch (error) {
      retries[arrival.id] = { running: false, result: null, problem: asProblem(error) }
    }
  }

  /** All of a list; stops at the first that cannot even be asked for. */
  async function retryAll(arrivals: Arrival[]): Promise<void> {
    bulk.value = { done: 0, total: arrivals.length }
    for (const arrival of arrivals) {
      if (over) break
      await retry(arrival)
      if (retries[arrival.id]?.problem?.isPassing) break
      bulk.value = { done: bulk.value.done + 1, total: arrivals.length }
    }
    bulk.value = null
  }

  async function settled(arrival: Arrival): Promise<Arrival> {
    const end = Date.now() + LONGEST_MS
    let now = arrival
    while (now.state === 'waiting' && Date.now() < end && !over) {
      await new Promise((resolve) => setTimeout(resolve, ASK_MS))
      now = await readArrival(arrival.id)
    }
    return now
  }

  return { retries, bulk, retry, retryAll }
}
