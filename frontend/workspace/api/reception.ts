/** Which rules give a new conversation its team, in which order, and what would they do? */
import { get, patch, post, put, remove } from './client'

export type Priority = 'low' | 'normal' | 'high' | 'urgent'
export type WordsIn = 'anywhere' | 'subject' | 'text'

/** What a new contact must be like: each condition that is made holds, by any of its values. */
export interface Conditions {
  channels: string[] // what accounts speak: chat, email, api, ...
  accounts: string[]
  languages: string[]
  words: string[] // whole words; `refund*` for their beginnings
  words_in: WordsIn
  addresses: string[] // to which it was sent; `@example.com` for all of a domain
  tiers: string[] // of the customer
  fields: Record<string, string[]> // what a form was filled in with
}

export interface Rule {
  id: string
  name: string
  active: boolean
  conditions: Conditions
  team: { id: string; name: string; archived: boolean } | null
  priority: Priority | null
  tags: string[]
  overrides: boolean // its team counts before one that the message names itself
  version: number
}

export interface RuleBody {
  name?: string
  active?: boolean
  conditions?: Conditions
  team?: string | null
  priority?: Priority | null
  tags?: string[]
  overrides?: boolean
  version?: number
}

/** A contact that could come in. */
export interface Sample {
  channel: string
  account: string | null
  language: string
  subject: string
  text: string
  recipient: string
  tier: string
}

export interface Trial {
  rule: string | null // the first that fits; null: none, then the account's team
  team: string | null
  priority: Priority | null
  tags: string[]
  overrides: boolean
  tried: { rule: string; fits: boolean; missed: string[] }[]
}

export interface Named {
  id: string
  name: string
}

const BASE = '/api/v1/flows/reception'
const ruleAt = (id: string) => `${BASE}/rules/${encodeURIComponent(id)}`

export const readRules = async () => (await get<{ items: Rule[] }>(`${BASE}/rules`)).items
export const readRule = (id: string) => get<Rule>(ruleAt(id))
export const createRule = (rule: RuleBody) => post<Rule>(`${BASE}/rules`, rule)
export const changeRule = (id: string, change: RuleBody) => patch<Rule>(ruleAt(id), change)
export const removeRule = (id: string) => remove(ruleAt(id))
export const orderRules = async (rules: string[]) => (await put<{ items: Rule[] }>(`${BASE}/order`, { rules })).items
export const tryRules = (sample: Sample, signal?: AbortSignal) => post<Trial>(`${BASE}/try`, sample, signal ? { signal } : {})

/** A custom field, a tier: something of a list that the house defined itself. */
export interface Term {
  code: string
  name_zh: string
  name_en: string
  archived: boolean
}
export interface CustomField {
  key: string
  names: Record<string, string>
}

export const readTags = () => get<Named[]>('/api/v1/conversations/tags?archived=true')
export const readTiers = () => get<Term[]>('/api/v1/customers/terms/tier')
export const readCustomFields = () => get<CustomField[]>('/api/v1/conversations/fields')
