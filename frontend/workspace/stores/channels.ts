/** How are our accounts? Read again every ten seconds while somebody looks, and when the journal tells of them. */
import { defineStore } from 'pinia'
import { onScopeDispose, ref, shallowRef } from 'vue'

import * as api from '@/api/channels'
import { asProblem, type Problem } from '@/api/problem'
import { live } from '@/live'

const EACH_MS = 10_000
const SOON_MS = 400 // several events of one change make one question

/** A test of an account: under way, or what it found. */
export interface Testing {
  startedAt: number
  result: api.Check | null
  problem: Problem | null
}

export const useChannels = defineStore('channels', () => {
  const kinds = ref<api.Kind[]>([])
  const accounts = ref<api.Account[]>([])
  const loaded = ref(false)
  const readAt = ref<number | null>(null)
  const problem = shallowRef<Problem | null>(null)
  const tests = ref<Record<string, Testing>>({})
  let asked = 0

  /** Read kinds and accounts; what fails is told in `problem`, and what was loaded stays. */
  async function load(): Promise<void> {
    await attempt(async () => {
      const [some, all] = await Promise.all([api.readKinds(), api.readAccounts()])
      kinds.value = some
      return all
    })
  }

  async function refresh(): Promise<void> {
    if (!loaded.value) return load()
    await attempt(() => api.readAccounts())
  }

  /** The youngest answer counts: one that was overtaken would bring back what is over. */
  async function attempt(step: () => Promise<api.Account[]>): Promise<void> {
    asked += 1
    const mine = asked
    try {
      const all = await step()
      if (mine === asked) take(all)
    } catch (error) {
      if (mine === asked) problem.value = asProblem(error)
    }
  }

  function take(all: api.Account[]): void {
    accounts.value = all
    loaded.value = true
    readAt.value = Date.now()
    problem.value = null
  }

  function put(account: api.Account): void {
    asked += 1 // an answer under way is older than this
    const known = accounts.value.some(({ id }) => id === account.id)
    accounts.value = known ? accounts.value.map((other) => (other.id === account.id ? account : other)) : [...accounts.value, account]
  }

  function drop(id: string): void {
    asked += 1
    accounts.value = accounts.value.filter((account) => account.id !== id)
    forget(id)
  }

  /** Pause an active account, resume a paused one. Throws a Problem. */
  async function turn(account: api.Account): Promise<api.Account> {
    const fresh = await (account.state === 'paused' ? api.resumeAccount(account.id) : api.pauseAccount(account.id))
    put(fresh)
    return fresh
  }

  /** Press the test button; what it finds stays beside the account until it is put away or pressed again. */
  async function test(id: string): Promise<void> {
    if (tests.value[id] && !tests.value[id].result && !tests.value[id].problem) return
    tests.value[id] = { startedAt: Date.now(), result: null, problem: null }
    const done = (change: Partial<Testing>) => tests.value[id] && (tests.value[id] = { ...tests.value[id], ...change })
    try {
      const result = await api.checkAccount(id)
      put(result.account)
      done({ result })
    } catch (error) {
      done({ problem: asProblem(error) })
    }
  }

  function forget(id: string): void {
    tests.value = Object.fromEntries(Object.entries(tests.value).filter(([other]) => other !== id))
  }

  /** Keep up to date for as long as the calling component lives; a page that nobody sees asks nothing. */
  function follow(): void {
    let soon: ReturnType<typeof setTimeout> | undefined
    const look = () => void (document.hidden || refresh())
    const timer = setInterval(look, EACH_MS)
    const hurry = () => {
      clearTimeout(soon)
      soon = setTimeout(look, SOON_MS)
    }
    live.on('journal', (event) => event.activity.startsWith('channel.') && hurry())
    live.on('refresh', hurry)
    document.addEventListener('visibilitychange', look)
    onScopeDispose(() => {
      clearInterval(timer)
      clearTimeout(soon)
      document.removeEventListener('visibilitychange', look)
    })
  }

  return { kinds, accounts, loaded, readAt, problem, tests, load, refresh, put, drop, turn, test, forget, follow }
})
