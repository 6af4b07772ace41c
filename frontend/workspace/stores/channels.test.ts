import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { effectScope } from 'vue'

import * as api from '@/api/channels'
import { Problem } from '@/api/problem'
import { live } from '@/live'
import { account, kind } from '@/pages/channels/testing'

import { useChannels } from './channels'

vi.mock('@/api/channels')
vi.mock('@/live', () => ({ live: { on: vi.fn() } }))

beforeEach(() => {
  vi.resetAllMocks()
  vi.useFakeTimers()
  setActivePinia(createPinia())
  vi.mocked(api.readKinds).mockResolvedValue([kind([])])
  vi.mocked(api.readAccounts).mockResolvedValue([account()])
})
afterEach(() => vi.useRealTimers())

describe('the accounts', () => {
  it('work', async () => {
    const channels = useChannels()
    await channels.load()
    expect(channels.accounts.map(({ name }) => name)).toEqual(['Orders'])
    expect(channels.loaded).toBe(true)
  })
  it('stay when they cannot be read again, and the reason is told until they can', async () => {
    const channels = useChannels()
    await channels.load()
    vi.mocked(api.readAccounts).mockRejectedValueOnce(new Problem('client:unreachable', '', 0))
    await channels.refresh()
    expect([channels.accounts.length, channels.problem?.type]).toEqual([1, 'client:unreachable'])
    await channels.refresh()
    expect(channels.problem).toBeNull()
  })
  it('are not set back by an answer that was overtaken', async () => {
    const channels = useChannels()
    await channels.load()
    let late: (all: api.Account[]) => void = () => undefined
    vi.mocked(api.readAccounts).mockReturnValueOnce(new Promise((resolve) => (late = resolve)))
    const reading = channels.refresh()
    vi.mocked(api.pauseAccount).mockResolvedValue(account({ state: 'paused' }))
    await channels.turn(channels.accounts[0]!)
    late([account()])
    await reading
    expect(channels.accounts[0]?.state).toBe('paused')
  })
  it('are read every ten seconds and soon after an event of theirs, while somebody looks', async () => {
    const channels = useChannels()
    await channels.load()
    const scope = effectScope()
    scope.run(() => channels.follow())
    await vi.advanceTimersByTimeAsync(10_000)
    expect(api.readAccounts).toHaveBeenCalledTimes(2)
    const heard = vi.mocked(live.on).mock.calls.find(([name]) => name === 'journal')![1] as (event: { activity: string }) => void
    heard({ activity: 'channel.failed' })
    heard({ activity: 'channel.account_paused' })
    heard({ activity: 'conversation.replied' })
    await vi.advanceTimersByTimeAsync(500)
    expect(api.readAccounts).toHaveBeenCalledTimes(3)
    scope.stop()
    await vi.advanceTimersByTimeAsync(60_000)
    expect(api.readAccounts).toHaveBeenCalledTimes(3)
  })
})

describe('the test button', () => {
  it('says that it is under way, then what it found', async () => {
    const channels = useChannels()
    await channels.load()
    vi.mocked(api.checkAccount).mockResolvedValue({ ok: false, sentence: 'The password is wrong.', words: '535', account: account({ version: 2 }) })
    const testing = channels.test('a1')
    expect(channels.tests.a1?.result).toBeNull()
    await testing
    expect(channels.tests.a1?.result?.words).toBe('535')
    expect(channels.accounts[0]?.version).toBe(2)
  })
  it('is pressed once, however often one presses', async () => {
    const channels = useChannels()
    await channels.load()
    vi.mocked(api.checkAccount).mockResolvedValue({ ok: true, sentence: '', words: '', account: account() })
    await Promise.all([channels.test('a1'), channels.test('a1')])
    expect(api.checkAccount).toHaveBeenCalledOnce()
  })
  it('tells what kept it from finding out', async () => {
    const channels = useChannels()
    await channels.load()
    vi.mocked(api.checkAccount).mockRejectedValue(new Problem('client:unreachable', '', 0))
    await channels.test('a1')
    expect(channels.tests.a1?.problem?.type).toBe('client:unreachable')
  })
})
