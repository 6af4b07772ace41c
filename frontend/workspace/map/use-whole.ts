/** Which activities has the whole log? What colours and letters hang on must not change with the filters. */
import { computed, shallowRef, watch, type ComputedRef, type Ref } from 'vue'

import type { MapNode, ProcessMap } from '@/api/types'

import { useLoaded } from './use-loaded'

/** What to read: null while nobody needs it. `language` because the labels are in it. */
export type WholeQuestion = { log: string; language: string }

/**
 * The activities of the map that was last seen with all cases; else, where `needed`, of one read for this;
 * until that is there, of the map on screen.
 */
export function useWhole(
  map: Ref<ProcessMap | null>,
  question: () => WholeQuestion,
  needed: () => boolean,
  read: (question: WholeQuestion, signal: AbortSignal) => Promise<ProcessMap>,
): ComputedRef<MapNode[]> {
  const seen = shallowRef<{ key: string; map: ProcessMap } | null>(null)
  const key = () => JSON.stringify(question())
  watch(map, (now) => {
    if (now && now.totals.cases === now.totals.log_cases) seen.value = { key: key(), map: now }
  }, { immediate: true, flush: 'sync' })
  const known = computed(() => (seen.value?.key === key() ? seen.value.map : null))
  const loaded = useLoaded(() => (needed() && !known.value ? question() : null), read)
  return computed(() => (known.value ?? loaded.data.value ?? map.value)?.nodes ?? [])
}
