/** What does the customer's page say, in which language? */
import { languageOf, speaker, type Language, type Say } from '../kit/texts'
import { en } from './texts.en'
import { zh } from './texts.zh'

export type Key = keyof typeof en
export type SayCase = Say<Key>

const REMEMBERED = 'servewell.case.language'

export function sayIn(language: Language): SayCase {
  return speaker<Key>(language === 'zh' ? zh : en)
}

/** The language: chosen here before, else that of the link, else what the browser prefers. */
export function firstLanguage(): Language {
  return languageOf(remembered() ?? new URLSearchParams(location.search).get('lang'), navigator.languages)
}

export function remember(language: Language): void {
  try {
    localStorage.setItem(REMEMBERED, language)
  } catch {
    // storage denied: for this page only
  }
}

function remembered(): string | null {
  try {
    return localStorage.getItem(REMEMBERED)
  } catch {
    return null
  }
}
