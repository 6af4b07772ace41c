/** Which page stands at which address? One chunk a page; who is signed out goes to sign-in and comes back. */
import { createRouter, createWebHistory, type Router } from 'vue-router'

import type { Verb } from './api/types'
import type { useSession } from './stores/session'

declare module 'vue-router' {
  interface RouteMeta {
    title?: string // key of the text
    public?: boolean // also for somebody signed out
    may?: Verb
    within?: string // the entry of the navigation that it belongs to
  }
}

const RELOADED = 'servewell.reloaded'

export const routes = [
  { path: '/', redirect: { name: 'process' } },
  { path: '/sign-in', name: 'sign-in', component: () => import('./pages/SignIn.vue'), meta: { title: 'session.title', public: true } },
  {
    path: '/process/:log?',
    name: 'process',
    component: () => import('./map/ProcessPage.vue'),
    meta: { title: 'shell.nav.process', may: 'logs.read' as Verb },
  },
  { path: '/logs', name: 'logs', component: () => import('./pages/Logs.vue'), meta: { title: 'shell.nav.logs', may: 'logs.read' as Verb } },
  { path: '/settings/access', name: 'access', component: () => import('./pages/Access.vue'), meta: { title: 'access.title', may: 'access.read' as Verb } },
  { path: '/settings/channels', name: 'channels', component: () => import('./pages/Channels.vue'), meta: { title: 'channels.title', may: 'channels.read' as Verb } },
  {
    path: '/settings/channels/new/:kind',
    name: 'channel-new',
    component: () => import('./pages/ChannelNew.vue'),
    meta: { title: 'channels.add_account', may: 'channels.manage' as Verb, within: 'channels' },
  },
  {
    path: '/settings/channels/:account/:part(aside|failed)?',
    name: 'channel',
    component: () => import('./pages/ChannelAccount.vue'),
    meta: { title: 'channels.title', may: 'channels.read' as Verb, within: 'channels' },
  },
  { path: '/settings/reception', name: 'reception', component: () => import('./pages/Reception.vue'), meta: { title: 'reception.title', may: 'reception.read' as Verb, within: 'channels' } },
  { path: '/account', name: 'account', component: () => import('./pages/Account.vue'), meta: { title: 'shell.nav.account' } },
  { path: '/:rest(.*)*', name: 'lost', component: () => import('./pages/Lost.vue'), meta: { title: 'shell.lost.title' } },
]

export function makeRouter(session: ReturnType<typeof useSession>): Router {
  const router = createRouter({ history: createWebHistory(), routes, scrollBehavior: (_to, _from, saved) => saved ?? { top: 0 } })
  router.beforeEach(async (to) => {
    if (session.state === 'unknown') await session.load().catch(() => undefined) // App shows what is wrong
    if (session.state === 'unknown' || to.meta.public) return true
    if (session.state === 'out') return { name: 'sign-in', query: to.fullPath === '/' ? {} : { next: to.fullPath } }
    // Who opens the front door comes to a page that is theirs; who opens another one is told by the shell.
    const closed = to.meta.may && !session.may(to.meta.may)
    return closed && to.redirectedFrom?.path === '/' ? { name: 'account' } : true
  })
  router.onError((error, to) => {
    if (isStaleChunk(error) && mayReload()) window.location.assign(to.fullPath) // a new version was installed meanwhile
  })
  return router
}

/** Where to go after sign-in: only a path of this site. */
export function safeNext(next: unknown): string {
  return typeof next === 'string' && /^\/(?![/\\])/.test(next) && !next.startsWith('/sign-in') ? next : '/'
}

/** Reload once, not for ever: a file that is really gone would come back to here. */
function mayReload(): boolean {
  const before = Number(sessionStorage.getItem(RELOADED) ?? 0)
  sessionStorage.setItem(RELOADED, String(Date.now()))
  return Date.now() - before > 10_000
}

function isStaleChunk(error: unknown): boolean {
  return error instanceof TypeError && /dynamically imported module|module script/i.test(error.message)
}
