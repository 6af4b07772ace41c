/** A list that is read page by page: the first one anew, the next ones added, nothing twice. */
import { ref, shallowRef, type Ref } from 'vue'

import type { Page } from '@/api/account'
import { asProblem, type Problem } from '@/api/problem'

export function usePages<T>(read: (cursor: string | null) => Promise<Page<T>>, keyOf: (item: T) => string) {
  const items = ref([]) as Ref<T[]>
  const next = ref<string | null>(null)
  const loaded = ref(false)
  const busy = ref(false)
  const problem = shallowRef<Problem | null>(null)
  let asked = 0

  async function load(cursor: string | null = null): Promise<void> {
    asked += 1
    const mine = asked
    busy.value = true
    try {
      const page = await read(cursor)
      if (mine !== asked) return
      const known = new Set(cursor ? items.value.map(keyOf) : [])
      items.value = [...(cursor ? items.value : []), ...page.items.filter((item) => !known.has(keyOf(item)))]
      next.value = page.next
      loaded.value = true
      problem.value = null
    } catch (error) {
      if (mine === asked) problem.value = asProblem(error)
    } finally {
      if (mine === asked) busy.value = false
    }
  }

  const replace = (item: T) => void (items.value = items.value.map((other) => (keyOf(other) === keyOf(item) ? item : other)))
  return { items, next, loaded, busy, problem, load, more: () => load(next.value), replace }
}
