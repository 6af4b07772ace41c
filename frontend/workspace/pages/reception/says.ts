/** How does a rule read? Its conditions and what it gives, as short phrases. */
import type { Conditions, Rule } from '@/api/reception'

export interface Names {
  t: (key: string, values?: Record<string, string>) => string
  way: (code: string) => string
  account: (id: string) => string
  language: (tag: string) => string
  tier: (code: string) => string
  field: (key: string) => string
  tag: (id: string) => string
  joint: string // between several values
}

/** When does it fit? Nothing: always. */
export function conditionsSay(conditions: Conditions, names: Names): string[] {
  const { t, joint } = names
  const quoted = (word: string) => t('reception.quoted', { word })
  const values: [string, string[]][] = [
    ['channels', conditions.channels.map(names.way)],
    ['accounts', conditions.accounts.map(names.account)],
    ['languages', conditions.languages.map(names.language)],
    [`words_${conditions.words_in}`, conditions.words.map(quoted)],
    ['addresses', conditions.addresses],
    ['tiers', conditions.tiers.map(names.tier)],
  ]
  const fields = Object.entries(conditions.fields).map(([key, any]) => t('reception.when.field', { field: names.field(key), values: any.map(quoted).join(joint) }))
  return [...values.filter(([, some]) => some.length).map(([key, some]) => t(`reception.when.${key}`, { values: some.join(joint) })), ...fields]
}

/** What does a contact get? */
export function outcomeSays(rule: Pick<Rule, 'team' | 'priority' | 'tags'>, names: Names): string[] {
  const { t, joint } = names
  return [
    ...(rule.team ? [t(rule.team.archived ? 'reception.then.archived' : 'reception.then.team', { team: rule.team.name })] : [t('reception.then.same_team')]),
    ...(rule.priority ? [t('reception.then.priority', { priority: t(`reception.priority.${rule.priority}`) })] : []),
    ...(rule.tags.length ? [t('reception.then.tags', { tags: rule.tags.map((tag) => t('reception.quoted', { word: names.tag(tag) })).join(joint) })] : []),
  ]
}
