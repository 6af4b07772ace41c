/**
 * What of the page stands in the address? All of it that a colleague should see who opens the same link:
 * filters, measure, sliders, what is selected, which list and which case are open.
 *
 * What is as usual is left out, so that plain addresses stay short. Filters keep the names the server knows.
 */
import { MEASURES, type Measure } from './edges'
import type { Shares } from './simplify'

export interface Filters {
  /** Days as YYYY-MM-DD, both included; cases that start within. */
  from: string | null
  to: string | null
  with: string[]
  without: string[]
  /** Edges, by key. */
  path: string[]
  /** Cases in which the activity came more than once. */
  repeated: string[]
  /** Cases in which work passed between two people or systems, by edge key. */
  handover: string[]
  variant: string | null
  min_s: number | null
  max_s: number | null
}

/** `again`: of the cases through the activity only those in which it came more than once. */
export type Selection = { kind: 'node'; id: string; again?: true } | { kind: 'edge'; key: string } | null
export type Tab = 'overview' | 'variants' | 'cases'
export type Sort = '-focus' | '-duration' | 'duration' | '-start' | 'start'
const TABS: readonly Tab[] = ['overview', 'variants', 'cases']
const SORTS: readonly Sort[] = ['-duration', 'duration', '-start', 'start', '-focus']

export interface PageState {
  filters: Filters
  measure: Measure
  /** Null: as the log's size suggests. */
  shares: Partial<Shares>
  selection: Selection
  tab: Tab
  sort: Sort
  /** The case whose time line is open. */
  case: string | null
}

/** As vue-router gives it. */
export type Query = Record<string, string | null | (string | null)[] | undefined>

export const NO_FILTERS: Filters = {
  from: null,
  to: null,
  with: [],
  without: [],
  path: [],
  repeated: [],
  handover: [],
  variant: null,
  min_s: null,
  max_s: null,
}

/** The state an address stands for. Nonsense in it is left out, never an error. */
export function fromQuery(query: Query): PageState {
  return {
    filters: {
      from: day(first(query.from)),
      to: day(first(query.to)),
      with: list(query.with),
      without: list(query.without),
      path: list(query.path),
      repeated: list(query.repeated),
      handover: list(query.handover),
      variant: first(query.variant),
      min_s: seconds(first(query.min_s)),
      max_s: seconds(first(query.max_s)),
    },
    measure: oneOf(MEASURES, first(query.measure), 'total'),
    shares: { ...part('activities', query.activities), ...part('paths', query.paths) },
    selection: selection(query),
    tab: oneOf(TABS, first(query.tab), 'overview'),
    sort: oneOf(SORTS, first(query.sort), '-duration'),
    case: first(query.case),
  }
}

/** The address of a state; `fromQuery(toQuery(state))` is the state again. */
export function toQuery(state: PageState): Record<string, string | string[]> {
  const { filters, shares, selection: chosen } = state
  return defined({
    ...filterQuery(filters),
    measure: state.measure === 'total' ? null : state.measure,
    activities: shares.activities === undefined ? null : percent(shares.activities),
    paths: shares.paths === undefined ? null : percent(shares.paths),
    node: chosen?.kind === 'node' ? chosen.id : null,
    again: chosen?.kind === 'node' && chosen.again ? '1' : null,
    edge: chosen?.kind === 'edge' ? chosen.key : null,
    tab: state.tab === 'overview' ? null : state.tab,
    sort: state.sort === '-duration' ? null : state.sort,
    case: state.case,
  })
}

/** The filters alone, as the page's address carries them. */
export function filterQuery(filters: Filters): Record<string, string | string[]> {
  return defined({
    ...filters,
    min_s: filters.min_s === null ? null : String(filters.min_s),
    max_s: filters.max_s === null ? null : String(filters.max_s),
  })
}

/**
 * The filters as the server wants them: days become instants of the zone; `to` is where the day after begins.
 *
 * @param startOfDay the ISO instant at which a day YYYY-MM-DD begins, `shift` days later
 */
export function serverQuery(filters: Filters, startOfDay: (day: string, shift: number) => string): URLSearchParams {
  const params = new URLSearchParams()
  for (const [name, value] of Object.entries(filterQuery(filters))) {
    if (name === 'from') params.set(name, startOfDay(String(value), 0))
    else if (name === 'to') params.set(name, startOfDay(String(value), 1))
    else for (const one of Array.isArray(value) ? value : [value]) params.append(name, one)
  }
  return params
}

/** How many filters are set; from and to count as one, so do the two bounds of the duration. */
export function countFilters(filters: Filters): number {
  const lists = [filters.with, filters.without, filters.path, filters.repeated, filters.handover]
  const range = filters.from !== null || filters.to !== null ? 1 : 0
  const duration = filters.min_s !== null || filters.max_s !== null ? 1 : 0
  return lists.reduce((total, one) => total + one.length, 0) + range + duration + (filters.variant === null ? 0 : 1)
}

function defined(values: Record<string, string | string[] | null>): Record<string, string | string[]> {
  const kept = Object.entries(values).filter(([, value]) => value !== null && value.length > 0)
  return Object.fromEntries(kept) as Record<string, string | string[]>
}

function first(value: Query[string]): string | null {
  const one = Array.isArray(value) ? value[0] : value
  return one === undefined || one === null || one === '' ? null : one
}

function list(value: Query[string]): string[] {
  const all = Array.isArray(value) ? value : [value]
  return [...new Set(all.filter((one): one is string => typeof one === 'string' && one !== ''))]
}

function day(value: string | null): string | null {
  return value !== null && /^\d{4}-\d{2}-\d{2}$/.test(value) && !Number.isNaN(Date.parse(value)) ? value : null
}

function seconds(value: string | null): number | null {
  const number = value === null ? Number.NaN : Number(value)
  return Number.isFinite(number) && number >= 0 ? number : null
}

function oneOf<T extends string>(allowed: readonly T[], value: string | null, usual: T): T {
  return allowed.find((one) => one === value) ?? usual
}

function part(name: keyof Shares, value: Query[string]): Partial<Shares> {
  const percentage = seconds(first(value))
  return percentage === null || percentage > 100 ? {} : { [name]: Number((percentage / 100).toPrecision(6)) }
}

function percent(share: number): string {
  return String(Number((share * 100).toPrecision(6)))
}

function selection(query: Query): Selection {
  const node = first(query.node)
  const edge = first(query.edge)
  if (node !== null) return { kind: 'node', id: node, ...(first(query.again) === '1' ? { again: true } : {}) }
  return edge === null ? null : { kind: 'edge', key: edge }
}
