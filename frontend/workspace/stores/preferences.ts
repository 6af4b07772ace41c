/** How does this person want to see the screen? Kept in this browser at once and on the server when signed in. */
import { defineStore } from 'pinia'
import { ref } from 'vue'

import type { LanguageCode, ThemeChoice } from '@/api/types'
import { nearest, setLanguage } from '@/i18n'

const THEME = 'servewell.theme'
const LANGUAGE = 'servewell.language'
const RAIL = 'servewell.rail'

export const usePreferences = defineStore('preferences', () => {
  const theme = ref<ThemeChoice>(asTheme(recall(THEME)))
  const language = ref<LanguageCode>(nearest(recall(LANGUAGE) ?? document.documentElement.lang))
  const railClosed = ref(recall(RAIL) === 'closed')
  /** What was chosen by hand since this page was loaded: it outweighs what the server remembered. */
  const chosen = ref<{ theme?: ThemeChoice; language?: LanguageCode }>({})

  function showTheme(choice: ThemeChoice): void {
    theme.value = choice
    remember(THEME, choice)
    paint(choice)
  }

  async function showLanguage(code: LanguageCode): Promise<void> {
    await setLanguage(code)
    language.value = code
    remember(LANGUAGE, code)
  }

  function toggleRail(): void {
    railClosed.value = !railClosed.value
    remember(RAIL, railClosed.value ? 'closed' : 'open')
  }

  /** Follow the system's change between day and night while the choice is `auto`. */
  function followSystem(): void {
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => paint(theme.value))
  }

  return { theme, language, railClosed, chosen, showTheme, showLanguage, toggleRail, followSystem }
})

function paint(choice: ThemeChoice): void {
  const dark = choice === 'dark' || (choice === 'auto' && matchMedia('(prefers-color-scheme: dark)').matches)
  document.documentElement.dataset.theme = dark ? 'dark' : 'light'
  document.documentElement.classList.toggle('dark', dark)
}

function asTheme(value: string | null): ThemeChoice {
  return value === 'light' || value === 'dark' ? value : 'auto'
}

function recall(name: string): string | null {
  try {
    return localStorage.getItem(name)
  } catch {
    return null // storage forbidden: the choice lives as long as the page
  }
}

function remember(name: string, value: string): void {
  try {
    localStorage.setItem(name, value)
  } catch {
    return // as above
  }
}
