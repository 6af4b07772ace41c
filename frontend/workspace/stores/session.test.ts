import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, describe, expect, it, vi } from 'vitest'

import { Problem } from '@/api/problem'
import * as api from '@/api/session'
import type { SessionBody } from '@/api/types'

import { usePreferences } from './preferences'
import { useSession } from './session'

vi.mock('@/api/session')
vi.mock('@/i18n', () => ({ nearest: (code: string) => code || 'en', setLanguage: async () => undefined }))
vi.stubGlobal('matchMedia', () => ({ matches: false }))
vi.stubGlobal('document', { documentElement: { lang: 'en', dataset: {}, classList: { toggle: () => undefined } } })

const installation = (demo: boolean) => ({ name: 'Servewell', version: '1', demo, zone: 'UTC' })
const body = (demo: boolean, change = {}): SessionBody => ({
  user: { id: 'u', username: 'demo', name: 'Demo', email: '', role: 'manager', language: 'zh-Hans', theme: 'auto', totp: false, ...change },
  may: [], installation: installation(demo),
}) as SessionBody

/** The sign-in page stands in English; then somebody whose server says Chinese signs in. */
async function signedIn(demo: boolean, clicked = false) {
  vi.mocked(api.readSession).mockRejectedValueOnce(new Problem('x', '', 401, { installation: installation(demo) })).mockResolvedValue(body(demo))
  vi.mocked(api.changeSession).mockImplementation(async (change) => body(demo, change))
  const session = useSession()
  await session.load()
  if (clicked) await session.choose({ language: 'en', theme: 'dark' })
  await session.load()
  return { session, preferences: usePreferences() }
}

beforeEach(() => {
  vi.resetAllMocks()
  setActivePinia(createPinia())
})

describe('the language after signing in', () => {
  it('is the one that the sign-in page of a demo stood in, and is kept', async () => {
    const { session, preferences } = await signedIn(true)
    expect(preferences.language).toBe('en')
    expect(session.user?.language).toBe('en')
    expect(api.changeSession).toHaveBeenCalledWith({ language: 'en' })
  })
  it('is the one that the person keeps, where nothing was chosen by hand', async () => {
    const { preferences } = await signedIn(false)
    expect(preferences.language).toBe('zh-Hans')
    expect(api.changeSession).not.toHaveBeenCalled()
  })
  it('is the one that was chosen by hand on the sign-in page, and the theme with it', async () => {
    const { preferences } = await signedIn(false, true)
    expect([preferences.language, preferences.theme]).toEqual(['en', 'dark'])
    expect(api.changeSession).toHaveBeenCalledWith({ language: 'en', theme: 'dark' })
  })
  it('stays what the server says when a page of the demo is only loaded again', async () => {
    vi.mocked(api.readSession).mockResolvedValue(body(true))
    await useSession().load()
    expect(usePreferences().language).toBe('zh-Hans')
    expect(api.changeSession).not.toHaveBeenCalled()
  })
})
