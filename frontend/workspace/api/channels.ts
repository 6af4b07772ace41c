/** By which accounts do customers reach us, how are they, and what lies there unread or unsent? */
import { get, patch, post, remove } from './client'
import { withQuery, type Page } from './account'

export type FieldKind = 'text' | 'lines' | 'secret' | 'number' | 'boolean' | 'choice' | 'colour' | 'url' | 'email' | 'list'

/** One thing that an administrator says about an account of a channel, as the channel describes it. */
export interface Field {
  key: string
  name: string
  hint: string
  kind: FieldKind
  default: unknown
  required: boolean // where it applies
  only_when: { field: string; options: string[] } | null // null: it applies always
  options: { code: string; name: string }[]
  least: number | null // of a number
  most: number | null // of a number; characters of a text
  group: string
  group_name: string
}

/** A channel: what it is, and what an account of it needs. */
export interface Kind {
  code: string
  name: string
  hint: string
  speaks: string
  can_check: boolean
  address_name: string // what an account's address is called here; empty where it is nothing in particular
  address_hint: string
  address_required: boolean
  fields: Field[]
}

export type HealthState = 'ok' | 'failing' | 'paused' | 'new'

/** Something to look at, at an account that may work all the same. */
export interface Alert {
  code: string
  sentence: string // in the reader's language
  since: string
}

export interface Health {
  state: HealthState
  sentence: string // what is wrong, in the reader's language
  words: string // what the other side said
  since: string | null
  last_in_at: string | null
  last_out_at: string | null
  checked_at: string | null
  waiting_in: number
  waiting_out: number
  aside: number
  alerts: Alert[]
}

/** Something of a channel's own to show beside an account: code to copy, a page to open. */
export interface Extra {
  key: string
  label: string
  hint: string
  text: string
  kind: 'code' | 'link'
}

export interface Account {
  id: string
  channel: string
  channel_name: string
  name: string
  address: string
  team: { id: string; name: string } | null
  language: string
  state: 'active' | 'paused'
  per_minute: number | null // most messages it sends in a minute
  options: Record<string, unknown>
  secrets: Record<string, boolean> // which are kept; never what they are
  version: number
  health: Health
  extra: Extra[]
  created_at: string
}

/** What is written: everything of a new account, or what changes; a secret that is left out stays. */
export interface AccountBody {
  channel?: string
  name?: string
  address?: string
  team?: string | null
  language?: string
  per_minute?: number | null
  options?: Record<string, unknown>
  version?: number
}

/** What the test button found. */
export interface Check {
  ok: boolean
  sentence: string
  words: string
  account: Account // as it is now
}

const BASE = '/api/v1/channels'
const accountAt = (id: string, what = '') => `${BASE}/accounts/${encodeURIComponent(id)}${what}`
const signalled = (signal?: AbortSignal) => (signal ? { signal } : {})

export const readKinds = async () => (await get<{ items: Kind[] }>(`${BASE}/kinds`)).items
export const readAccounts = async (signal?: AbortSignal) => (await get<{ items: Account[] }>(`${BASE}/accounts`, signalled(signal))).items
export const readAccount = (id: string) => get<Account>(accountAt(id))
export const createAccount = (body: AccountBody) => post<Account>(`${BASE}/accounts`, body)
export const changeAccount = (id: string, body: AccountBody) => patch<Account>(accountAt(id), body)
export const removeAccount = (id: string) => remove(accountAt(id))
export const pauseAccount = (id: string) => post<Account>(accountAt(id, '/pause'))
export const resumeAccount = (id: string) => post<Account>(accountAt(id, '/resume'))
export const checkAccount = (id: string, signal?: AbortSignal) => post<Check>(accountAt(id, '/check'), undefined, signalled(signal))

export type ArrivalState = 'waiting' | 'taken' | 'passed' | 'aside' | 'discarded'

/** Something that came in raw. */
export interface Arrival {
  id: string
  account: { id: string; name: string; channel: string }
  state: ArrivalState
  outcome: string
  sentence: string // why it was set aside
  words: string
  about: string // from whom, about what
  attempt: number
  size: number // bytes
  has_raw: boolean // it is still kept as it came
  arrived_at: string
  settled_at: string | null
  conversation: string | null
}

const arrivalAt = (id: string, what = '') => `${BASE}/arrivals/${encodeURIComponent(id)}${what}`
export const readArrivals = (account: string, cursor: string | null, state: ArrivalState = 'aside') =>
  get<Page<Arrival>>(withQuery(`${BASE}/arrivals`, { account, state, cursor }))
export const readArrival = (id: string) => get<Arrival>(arrivalAt(id))
export const rawUrl = (id: string) => arrivalAt(id, '/raw')
export const retryArrival = (id: string) => post<Arrival>(arrivalAt(id, '/retry'))
export const discardArrival = (id: string) => post<Arrival>(arrivalAt(id, '/discard'))

/** A message of ours that could not be delivered. */
export interface Undelivered {
  message: string
  conversation: string
  number: number // of the conversation
  at: string
  sentence: string
  words: string
}

export const readFailed = (account: string, cursor: string | null) => get<Page<Undelivered>>(withQuery(accountAt(account, '/failed'), { cursor }))
export const sendAgain = (message: string) => post(`${BASE}/messages/${encodeURIComponent(message)}/send`)
