/** Who is signed in, and what may they do? */
import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'

import { asProblem } from '@/api/problem'
import { changeSession, readSession, signOut as endSession } from '@/api/session'
import type { DemoHint, Installation, LanguageCode, SessionBody, SignedOut, ThemeChoice, Verb } from '@/api/types'

import { usePreferences } from './preferences'

export type SessionState = 'unknown' | 'in' | 'out'

const ENDED = 'servewell.session-ended'

/** Hear that another tab of this browser signed out: the cookie is gone for all of them. */
export function onSignedOutElsewhere(action: () => void): void {
  window.addEventListener('storage', (event) => event.key === ENDED && action())
}

export const useSession = defineStore('session', () => {
  const preferences = usePreferences()
  const state = ref<SessionState>('unknown')
  const body = shallowRef<SessionBody | null>(null)
  const installation = shallowRef<Installation | null>(null)
  const demoHint = shallowRef<DemoHint | null>(null)

  const user = computed(() => body.value?.user ?? null)
  const alerts = computed(() => body.value?.alerts ?? 0)
  /** Times are shown where the person is; a browser that will not say is taken to be where the installation is. */
  const zone = computed(() => Intl.DateTimeFormat().resolvedOptions().timeZone || installation.value?.zone || 'UTC')
  const may = (verb: Verb) => body.value?.may.includes(verb) ?? false

  /** Ask the server who is here. Throws a Problem when it cannot say. */
  async function load(): Promise<void> {
    try {
      await welcome(await readSession())
    } catch (error) {
      const problem = asProblem(error)
      if (problem.status !== 401) throw problem
      leave(problem.values as SignedOut)
    }
  }

  async function welcome(fresh: SessionBody): Promise<void> {
    const chosen = wanted(fresh)
    take(fresh)
    preferences.chosen = {}
    preferences.showTheme(chosen.theme ?? fresh.user.theme)
    await preferences.showLanguage(chosen.language ?? fresh.user.language)
    if (chosen.theme || chosen.language) take(await changeSession(chosen))
  }

  /**
   * Which language and theme outweigh what the server remembers? Those chosen by hand; on the demo's shared account all
   * that the sign-in page stood in, for what is remembered there is somebody else's taste.
   */
  function wanted(fresh: SessionBody): typeof preferences.chosen {
    if (state.value !== 'out' || !fresh.installation.demo) return preferences.chosen
    const { language, theme } = preferences
    return { ...(language !== fresh.user.language && { language }), ...(theme !== fresh.user.theme && { theme }), ...preferences.chosen }
  }

  function take(fresh: SessionBody): void {
    body.value = fresh
    installation.value = fresh.installation
    demoHint.value = fresh.demo_hint ?? null
    state.value = 'in'
  }

  /** Forget who was here; `told` is what the server says to somebody signed out. */
  function leave(told: SignedOut = {}): void {
    body.value = null
    state.value = 'out'
    installation.value = told.installation ?? installation.value
    demoHint.value = told.demo_hint ?? demoHint.value
  }

  async function signOut(): Promise<void> {
    await endSession()
    leave()
    tellOtherTabs()
  }

  /** Show at once, then keep: in this browser, and on the server when signed in. */
  async function choose(change: { theme?: ThemeChoice; language?: LanguageCode }): Promise<void> {
    if (change.theme) preferences.showTheme(change.theme)
    if (change.language) await preferences.showLanguage(change.language)
    if (state.value === 'in') take(await changeSession(change))
    else preferences.chosen = { ...preferences.chosen, ...change }
  }

  async function rename(name: string): Promise<void> {
    take(await changeSession({ name }))
  }

  return { state, user, alerts, installation, demoHint, zone, may, load, leave, signOut, choose, rename }
})

function tellOtherTabs(): void {
  try {
    localStorage.setItem(ENDED, String(Date.now()))
  } catch {
    return // storage forbidden: each tab finds out at its next call
  }
}
