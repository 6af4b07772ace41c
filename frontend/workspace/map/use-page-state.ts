/** The page's state lives in the address: reading it, and changing it with or without a step in the history. */
import { computed, type ComputedRef } from 'vue'
import { useRoute, useRouter } from 'vue-router'

import { fromQuery, NO_FILTERS, toQuery, type Filters, type PageState, type Query } from './route'

export interface PageControl {
  state: ComputedRef<PageState>
  /** A step that the back button takes back. */
  go: (change: Partial<PageState>) => void
  /** A change of the same view, such as a slider on its way. */
  adjust: (change: Partial<PageState>) => void
  filter: (change: Partial<Filters>) => void
  clearFilters: () => void
}

export function usePageState(): PageControl {
  const route = useRoute()
  const router = useRouter()
  const text = computed(() => JSON.stringify(route.query))
  const state = computed(() => fromQuery(JSON.parse(text.value) as Query))
  const query = (change: Partial<PageState>) => ({ query: toQuery({ ...state.value, ...change }) })
  const go = (change: Partial<PageState>) => void router.push(query(change))
  const adjust = (change: Partial<PageState>) => void router.replace(query(change))
  const filter = (change: Partial<Filters>) => go({ filters: { ...state.value.filters, ...change }, case: null })
  return { state, go, adjust, filter, clearFilters: () => filter(NO_FILTERS) }
}
