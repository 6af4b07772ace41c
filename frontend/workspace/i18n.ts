/**
 * In which language does the screen speak? Catalogues in texts/<language>/<room>.json, one chunk a language,
 * key `<room>.<path>`. A missing key is an error everywhere: the tests and `make screens` fail on it.
 */
import { computed, nextTick } from 'vue'
import { createI18n, useI18n } from 'vue-i18n'

import { speak } from './api/client'
import type { LanguageCode } from './api/types'

export const LANGUAGES: readonly LanguageCode[] = ['zh-Hans', 'en']

type Catalogue = Record<string, unknown>
const loaders: Record<LanguageCode, () => Promise<{ default: Catalogue }>> = {
  'zh-Hans': () => import('./texts/zh-Hans'),
  en: () => import('./texts/en'),
}

export const i18n = createI18n({
  legacy: false,
  locale: 'zh-Hans',
  fallbackLocale: false,
  messages: {},
  missingWarn: false,
  fallbackWarn: false,
  missing: (language, key) => {
    console.error(`untranslated key ${key} in ${language}`)
    return key
  },
})

/** Any tag (`zh-CN`, `en-GB`, null) as one of ours. */
export function nearest(tag: string | null | undefined): LanguageCode {
  return /^en\b/i.test(tag ?? '') ? 'en' : 'zh-Hans'
}

/** Load a language and show everything in it, without a reload. */
export async function setLanguage(language: LanguageCode): Promise<void> {
  const { global } = i18n
  if (!global.availableLocales.includes(language)) {
    global.setLocaleMessage(language, (await loaders[language]()).default as never)
  }
  global.locale.value = language
  document.documentElement.lang = language
  speak(language)
  await nextTick()
}

/** The language on screen, as one of ours. */
export function useLanguage() {
  const { locale } = useI18n()
  return computed(() => locale.value as LanguageCode)
}
