/** How is a log asked? The map's part of the HTTP interface. */
import { get } from '@/api/client'
import type { CaseLine, CasePage, ProcessMap, Variants } from '@/api/types'

import type { Selection, Sort } from './route'

type Params = URLSearchParams

export const readMap = (log: string, filters: Params, signal: AbortSignal) =>
  get<ProcessMap>(address(log, 'map', filters), { signal })

export const readVariants = (log: string, filters: Params, signal: AbortSignal, limit = 100) =>
  get<Variants>(address(log, 'variants', filters, { limit: String(limit) }), { signal })

export interface CaseQuestion {
  filters: Params
  /** Only cases through this activity or edge, with the time it took them. */
  focus: Selection
  sort: Sort
  cursor: string | null
}

export const readCases = (log: string, question: CaseQuestion, signal: AbortSignal) => {
  const { focus, sort, cursor } = question
  const more: Record<string, string> = { sort, ...(cursor === null ? {} : { cursor }) }
  const filters = new URLSearchParams(question.filters)
  if (focus?.kind === 'node' && focus.again) filters.append('repeated', focus.id)
  if (focus?.kind === 'node') more.activity = focus.id
  if (focus?.kind === 'edge') more.edge = focus.key
  return get<CasePage>(address(log, 'cases', filters, more), { signal })
}

export const readCase = (log: string, name: string, signal: AbortSignal) =>
  get<CaseLine>(address(log, `cases/${encodeURIComponent(name)}`, new URLSearchParams()), { signal })

export type Exported = 'map' | 'variants' | 'cases'
export const csvAddress = (log: string, what: Exported, filters: Params) => address(log, 'export.csv', filters, { what })

function address(log: string, what: string, params: Params, more: Record<string, string> = {}): string {
  const all = new URLSearchParams(params)
  for (const [name, value] of Object.entries(more)) all.set(name, value)
  const query = all.toString()
  return `/api/v1/insight/logs/${encodeURIComponent(log)}/${what}${query ? `?${query}` : ''}`
}
