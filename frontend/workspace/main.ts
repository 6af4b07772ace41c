/** Where the workspace starts: texts first, then the session, then the page. */
import './tokens.css'
import './base.css'

import { createPinia } from 'pinia'
import { createApp } from 'vue'

import App from './App.vue'
import { onExpired } from './api/client'
import { i18n } from './i18n'
import { makeRouter } from './router'
import { usePreferences } from './stores/preferences'
import { onSignedOutElsewhere, useSession } from './stores/session'
import { useToasts } from './stores/toasts'

async function start(): Promise<void> {
  const app = createApp(App).use(createPinia()).use(i18n)
  const preferences = usePreferences()
  const session = useSession()
  await preferences.showLanguage(preferences.language)
  preferences.followSystem()

  const router = makeRouter(session)
  const toSignIn = (query: Record<string, string>) => {
    session.leave()
    const here = router.currentRoute.value
    if (!here.meta.public) void router.push({ name: 'sign-in', query: { next: here.fullPath, ...query } })
  }
  onExpired(() => toSignIn({ expired: '1' }))
  onSignedOutElsewhere(() => toSignIn({}))
  router.onError(useToasts().problem)
  app.use(router)
  await router.isReady().catch(() => undefined) // a page that cannot be loaded is told by the shell, which must be there
  app.mount('#app')
}

void start()
