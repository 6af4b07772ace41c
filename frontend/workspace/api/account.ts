/** Where am I signed in, what should I know of my account, and who read whose data? */
import { get, post, remove } from './client'

export interface SignIn {
  id: string
  at: string
  seen_at: string // the last sign of life of its screen
  ended_at: string | null
  ended_by: '' | 'sign_out' | 'other' | 'password' | 'expired' | 'shut_out'
  live: boolean
  current: boolean
  address: string // cut to its network
  browser: string // in words
  system: string // in words
  second_factor: boolean
}

export interface AccountAlert {
  id: string
  at: string
  reasons: string[]
  sentence: string
  sign_in: string | null
}

export interface Page<T> {
  items: T[]
  next: string | null
}

const SIGN_INS = '/api/v1/session/sign-ins'
const ALERTS = '/api/v1/session/alerts'

export const signIns = (cursor: string | null) => get<Page<SignIn>>(withQuery(SIGN_INS, { cursor }))
export const endSignIn = (id: string) => remove(`${SIGN_INS}/${id}`)
export const endOtherSignIns = () => remove<{ ended: number }>(SIGN_INS)
export const alerts = () => get<AccountAlert[]>(ALERTS)
export const dismissAlert = (id: string) => post<unknown>(`${ALERTS}/${id}/dismiss`)

/** One reading of personal data. */
export interface Access {
  id: string
  at: string
  actor: { kind: string; id: string | null; name: string }
  subject: { kind: string; id: string | null; name: string }
  what: string
  sentence: string
}

/** Which readings; empty texts limit nothing. */
export interface AccessFilter {
  actor: string
  subject: string
  kind: string
  since: string
  before: string
}

export const accesses = (filter: AccessFilter, cursor: string | null, signal?: AbortSignal) =>
  get<Page<Access>>(withQuery('/api/v1/people/access-log', { ...filter, cursor }), signal ? { signal } : {})

/** An address with those parts that say something. */
export function withQuery(path: string, parts: Record<string, string | null>): string {
  const said = Object.entries(parts).filter((part): part is [string, string] => Boolean(part[1]))
  const query = new URLSearchParams(said).toString()
  return query ? `${path}?${query}` : path
}
