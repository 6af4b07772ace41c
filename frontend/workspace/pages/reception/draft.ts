/** What was typed into the form of a rule? A flat draft, its conditions beside its own values. */
import type { Conditions, Priority, Rule, RuleBody } from '@/api/reception'
import { changes, type Draft } from '@/pages/channels/draft'

export const CONDITIONS = ['channels', 'accounts', 'languages', 'words', 'words_in', 'addresses', 'tiers', 'fields'] as const
const NO_CONDITIONS: Conditions = { channels: [], accounts: [], languages: [], words: [], words_in: 'anywhere', addresses: [], tiers: [], fields: {} }

export function blankRule(): Draft {
  return { name: '', active: true, team: null, priority: null, tags: [], overrides: false, ...NO_CONDITIONS }
}

export function draftOfRule(rule: Rule): Draft {
  const { name, active, priority, tags, overrides } = rule
  return { name, active, team: rule.team?.id ?? null, priority, tags, overrides, ...NO_CONDITIONS, ...rule.conditions }
}

/** Does a rule ask nothing, so that every new conversation fits? Where to look for words is no question of its own. */
export function fitsAll(draft: Draft): boolean {
  const asked = CONDITIONS.filter((key) => key !== 'words_in' && key !== 'fields').some((key) => (draft[key] as unknown[] | undefined)?.length)
  return !asked && !Object.values((draft.fields ?? {}) as Record<string, string[]>).some((values) => values.length)
}

/** What to send: everything of a new rule, of an old one what changed; conditions always as a whole. */
export function ruleBody(draft: Draft, before: Draft | null): RuleBody {
  const wanted = new Set(before ? changes(before, draft) : Object.keys(draft))
  const body: RuleBody = {
    ...(wanted.has('name') && { name: String(draft.name).trim() }),
    ...(wanted.has('active') && { active: Boolean(draft.active) }),
    ...(wanted.has('team') && { team: draft.team as string | null }),
    ...(wanted.has('priority') && { priority: draft.priority as Priority | null }),
    ...(wanted.has('tags') && { tags: draft.tags as string[] }),
    ...(wanted.has('overrides') && { overrides: Boolean(draft.overrides) }),
  }
  const conditions = Object.fromEntries(CONDITIONS.map((key) => [key, draft[key]])) as unknown as Conditions
  return CONDITIONS.some((key) => wanted.has(key)) ? { ...body, conditions } : body
}
