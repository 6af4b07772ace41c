import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, describe, expect, it, vi } from 'vitest'

import { makeRouter, safeNext } from './router'
import { useSession } from './stores/session'

vi.mock('./map/ProcessPage.vue', () => ({ default: { template: '<p />' } }))
vi.mock('./pages/SignIn.vue', () => ({ default: { template: '<p />' } }))
vi.mock('./pages/Account.vue', () => ({ default: { template: '<p />' } }))

describe('after sign-in', () => {
  it.each([
    ['/logs?x=1', '/logs?x=1'],
    ['//example.com', '/'], // another host, without its scheme
    ['/\\example.com', '/'], // browsers read the backslash as a slash
    ['https://example.com', '/'],
    ['javascript:alert(1)', '/'],
    ['/sign-in?next=/logs', '/'], // would lead in a circle
    [undefined, '/'],
    [['/logs'], '/'],
  ])('next=%s leads to %s', (next, path) => {
    expect(safeNext(next)).toBe(path)
  })
})

describe('an address', () => {
  beforeEach(() => {
    setActivePinia(createPinia())
    window.history.replaceState(null, '', '/')
  })

  it('leads whoever is signed out to sign-in, and remembers where they wanted to go', async () => {
    const session = useSession()
    session.leave()
    const router = makeRouter(session)
    await router.push('/account')
    expect(router.currentRoute.value.name).toBe('sign-in')
    expect(router.currentRoute.value.query.next).toBe('/account')
  })
  it('is opened for whoever is signed in, the front door on a page that is theirs', async () => {
    const session = useSession()
    session.state = 'in'
    const router = makeRouter(session)
    await router.push('/account')
    expect(router.currentRoute.value.name).toBe('account')
    await router.push('/')
    expect(router.currentRoute.value.name).toBe('account')
    vi.spyOn(session, 'may').mockReturnValue(true)
    await router.push('/')
    expect(router.currentRoute.value.name).toBe('process')
  })
  it('asks once who is here', async () => {
    const session = useSession()
    const load = vi.spyOn(session, 'load').mockImplementation(() => Promise.resolve(session.leave()))
    const router = makeRouter(session)
    await router.push('/account')
    await router.push('/logs')
    expect(load).toHaveBeenCalledOnce()
  })
})
