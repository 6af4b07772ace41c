/**
 * What was typed into the form of an account, and what becomes of it? A draft is flat: `name`, `address`, `team`,
 * `language`, `per_minute`, and `options.<key>` for each field of the channel. A secret is null while it is not to change,
 * FORGET when it is to be cleared.
 */
import type { Account, AccountBody, Field, Kind } from '@/api/channels'

export const FORGET = false
export type Draft = Record<string, unknown>

/** Something that another person changed meanwhile. */
export interface Foreign {
  key: string
  from: unknown // as this form was opened
  to: unknown // as it is now
  mine: boolean // it was changed here, too: what was typed here stays until told otherwise
}

export const OWN = ['name', 'address', 'team', 'language', 'per_minute'] as const
export const keyOf = (field: Field) => `options.${field.key}`

/** The draft of an account that is yet to be. */
export function blank(kind: Kind, language: string): Draft {
  const own = { name: '', address: '', team: null, language, per_minute: null }
  return { ...own, ...optionsOf(kind, {}) }
}

/** The draft that says what an account is now. */
export function draftOf(account: Account, kind: Kind): Draft {
  const { name, address, team, language, per_minute } = account
  return { name, address, team: team?.id ?? null, language, per_minute, ...optionsOf(kind, account.options) }
}

/** What to send: everything of a new account, of an old one what is not as it was. */
export function bodyOf(draft: Draft, kind: Kind, before: Draft | null): Omit<AccountBody, 'version'> {
  const wanted = before ? changes(before, draft) : Object.keys(draft)
  const options = kind.fields.filter((field) => wanted.includes(keyOf(field)) && !(field.kind === 'secret' && isEmpty(draft[keyOf(field)])))
  return {
    ...Object.fromEntries(OWN.filter((key) => wanted.includes(key)).map((key) => [key, draft[key]])),
    ...(options.length || !before ? { options: Object.fromEntries(options.map((field) => [field.key, toSend(field, draft[keyOf(field)])])) } : {}),
  }
}

/** Which keys differ between two drafts? */
export function changes(before: Draft, after: Draft): string[] {
  return Object.keys(after).filter((key) => !same(before[key], after[key]))
}

/**
 * Bring together what was typed here and what somebody else saved meanwhile: what was not touched here follows them,
 * what was touched here stays, and everything of theirs is told.
 */
export function merge(opened: Draft, mine: Draft, theirs: Draft): { draft: Draft; foreign: Foreign[] } {
  const touched = new Set(changes(opened, mine))
  const foreign = changes(opened, theirs).map((key) => ({ key, from: opened[key], to: theirs[key], mine: touched.has(key) && !same(mine[key], theirs[key]) }))
  const draft = Object.fromEntries(Object.keys(theirs).map((key) => [key, touched.has(key) ? mine[key] : theirs[key]]))
  return { draft, foreign }
}

/** Does a field count, as the choices stand in a draft? */
export function applies(field: Field, draft: Draft): boolean {
  return !field.only_when || field.only_when.options.includes(String(draft[`options.${field.only_when.field}`] ?? ''))
}

/** Fields that apply by the heading they stand under, in their order. */
export function groupsOf(kind: Kind, draft: Draft): { code: string; name: string; fields: Field[] }[] {
  const groups = new Map<string, { code: string; name: string; fields: Field[] }>()
  for (const field of kind.fields.filter((one) => applies(one, draft))) {
    const group = groups.get(field.group) ?? { code: field.group, name: field.group_name, fields: [] }
    group.fields.push(field)
    groups.set(field.group, group)
  }
  return [...groups.values()]
}

/** Which required fields are still empty? A secret that is kept need not be given again. */
export function lacking(draft: Draft, kind: Kind, kept: Record<string, boolean>): string[] {
  const isKept = (field: Field) => field.kind === 'secret' && draft[keyOf(field)] === null && kept[field.key]
  const isMissing = (field: Field) => isEmpty(draft[keyOf(field)]) || (field.kind === 'secret' && draft[keyOf(field)] === FORGET)
  const empty = kind.fields.filter((field) => field.required && applies(field, draft) && isMissing(field) && !isKept(field))
  return [...(isEmpty(draft.name) ? ['name'] : []), ...(kind.address_required && isEmpty(draft.address) ? ['address'] : []), ...empty.map(keyOf)]
}

export function isEmpty(value: unknown): boolean {
  return value === null || value === undefined || (typeof value === 'string' && !value.trim()) || (Array.isArray(value) && !value.length)
}

export function same(one: unknown, other: unknown): boolean {
  return one === other || JSON.stringify(one) === JSON.stringify(other)
}

/** The server clears what is null. */
function toSend(field: Field, value: unknown): unknown {
  return field.kind === 'secret' && value === FORGET ? null : value
}

function optionsOf(kind: Kind, options: Record<string, unknown>): Draft {
  return Object.fromEntries(kind.fields.map((field) => [keyOf(field), field.kind === 'secret' ? null : (options[field.key] ?? field.default ?? null)]))
}
