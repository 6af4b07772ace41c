/** What may stand in a rule, by name: teams, accounts, tags, tiers, fields, languages, ways of contact. */
import { computed, ref } from 'vue'
import { useI18n } from 'vue-i18n'

import { readAccounts, type Account } from '@/api/channels'
import { readCustomFields, readTags, readTiers, type CustomField, type Named, type Term } from '@/api/reception'
import { readTeams, type Team } from '@/api/settings'
import { intlTag } from '@/format'
import { useLanguage } from '@/i18n'
import { useToasts } from '@/stores/toasts'

import type { Names } from './says'

/** The ways of contact that the journal knows. */
export const WAYS = ['chat', 'email', 'api', 'phone', 'sms', 'social', 'wechat', 'wecom'] as const
export const LANGUAGES = ['zh', 'en'] as const

export function useNames() {
  const { t } = useI18n()
  const language = useLanguage()
  const toasts = useToasts()
  const teams = ref<Team[]>([])
  const accounts = ref<Account[]>([])
  const tags = ref<Named[]>([])
  const tiers = ref<Term[]>([])
  const fields = ref<CustomField[]>([])

  /** Without one of the lists its names are missing, and the page still works. */
  async function load(): Promise<void> {
    const all = [
      readTeams().then((some) => (teams.value = some)),
      readAccounts().then((some) => (accounts.value = some)),
      readTags().then((some) => (tags.value = some)),
      readTiers().then((some) => (tiers.value = some)),
      readCustomFields().then((some) => (fields.value = some)),
    ]
    const failed = (await Promise.allSettled(all)).find((one) => one.status === 'rejected')
    if (failed) toasts.problem(failed.reason)
  }

  const termName = (term: Term | undefined, code: string) => (term ? (language.value === 'en' ? term.name_en : term.name_zh) : code)
  const languageNames = computed(() => new Intl.DisplayNames([intlTag(language.value)], { type: 'language' }))
  const languageName = (tag: string) => {
    try {
      return languageNames.value.of(tag) ?? tag
    } catch {
      return tag // no tag at all, as a program may have written it
    }
  }
  const names: Names = {
    t: (key, values) => t(key, values ?? {}),
    way: (code) => ((WAYS as readonly string[]).includes(code) ? t(`reception.way.${code}`) : code),
    account: (id) => accounts.value.find((one) => one.id === id)?.name ?? t('reception.gone'),
    language: languageName,
    tier: (code) => termName(tiers.value.find((one) => one.code === code), code),
    field: (key) => fields.value.find((one) => one.key === key)?.names[language.value] ?? key,
    tag: (id) => tags.value.find((one) => one.id === id)?.name ?? t('reception.gone'),
    get joint() {
      return t('reception.joint')
    },
  }
  return { teams, accounts, tags, tiers, fields, names, load }
}
