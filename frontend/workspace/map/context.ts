/** What do all parts of the map page share? Given once by LogView, taken by `useMapContext()`. */
import { inject, provide, type ComputedRef, type InjectionKey, type Ref } from 'vue'

import type { Log, MapEdge, MapNode, ProcessMap, Variants } from '@/api/types'

import type { Loaded } from './use-loaded'
import type { PageControl } from './use-page-state'

export interface MapContext extends PageControl {
  log: ComputedRef<Log>
  map: Ref<ProcessMap | null>
  nodes: ComputedRef<Map<string, MapNode>>
  edges: ComputedRef<Map<string, MapEdge>>
  /** The filters as the server wants them. */
  params: ComputedRef<URLSearchParams>
  /** All variants that the other filters leave, whichever of them is chosen; read once somebody looks at them. */
  variants: Loaded<Variants>
  /** The activities of the whole log, which no filter changes; those of the map until they are read. */
  everyNode: ComputedRef<MapNode[]>
  /** The name of an activity in the person's language. */
  label: (id: string) => string
  /** `「核对身份 → 问题分类」`: an edge in words. */
  edgeLabel: (key: string) => string
  /** `1,234 个会话` or `1,234 个案例`, by the kind of log. */
  cases: (n: number) => string
  /** What the pointer is on in a list, so that the map shows it: an edge's key or an activity's id. */
  pointed: Ref<string | null>
}

const KEY: InjectionKey<MapContext> = Symbol('map context')

export function provideMapContext(context: MapContext): void {
  provide(KEY, context)
}

export function useMapContext(): MapContext {
  const context = inject(KEY)
  if (!context) throw new Error('useMapContext() outside of LogView')
  return context
}
