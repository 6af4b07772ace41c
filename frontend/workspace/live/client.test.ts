import { beforeEach, describe, expect, it, vi } from 'vitest'

import { LiveClient, type Surroundings } from './client'
import type { LiveState } from './protocol'

/** A browser in small: tabs that share locks and channels, and count what they opened. */
class FakeSource {
  closed = false
  onopen: (() => void) | null = null
  onerror: (() => void) | null = null
  private listeners = new Map<string, (event: { data: string; lastEventId: string }) => void>()

  constructor(readonly url: string) {}
  addEventListener(name: string, listener: never): void {
    this.listeners.set(name, listener)
  }
  emit(name: string, data: unknown, id = ''): void {
    this.listeners.get(name)?.({ data: JSON.stringify(data), lastEventId: id })
  }
  close(): void {
    this.closed = true
  }
}

class Browser {
  sources: FakeSource[] = []
  private channels = new Set<{ onmessage: ((message: { data: unknown }) => void) | null }>()
  private queue: (() => void)[] = []
  private held = false

  get open(): FakeSource[] {
    return this.sources.filter((source) => !source.closed)
  }

  tab(locks = true): LiveClient {
    const around = {
      openSource: (url: string) => {
        const source = new FakeSource(url)
        this.sources.push(source)
        return source
      },
      openChannel: () => this.channel(),
      locks: locks ? { request: this.request.bind(this) } : null,
      random: () => 1,
    }
    return new LiveClient('/stream', around as unknown as Surroundings)
  }

  private channel() {
    const mine = {
      onmessage: null as ((message: { data: unknown }) => void) | null,
      postMessage: (data: unknown) => {
        for (const other of this.channels) if (other !== mine) other.onmessage?.({ data })
      },
      close: () => this.channels.delete(mine),
    }
    this.channels.add(mine)
    return mine
  }

  private async request(_name: string, _options: unknown, held: () => Promise<void>): Promise<void> {
    if (this.held) await new Promise<void>((resolve) => this.queue.push(resolve))
    this.held = true
    await held()
    this.held = false
    this.queue.shift()?.()
  }
}

const event = (id: string) => ({ id, seq: 1, conversation: 'c', activity: 'a', occurred_at: '2026-11-22T00:00:00Z' })
const settle = () => vi.advanceTimersByTimeAsync(0)
let browser: Browser

beforeEach(() => {
  vi.useFakeTimers()
  browser = new Browser()
})

function heard(tab: LiveClient): string[] {
  const ids: string[] = []
  tab.on('journal', (data) => ids.push(data.id))
  return ids
}

describe('one tab', () => {
  it('works', async () => {
    const tab = browser.tab()
    const ids = heard(tab)
    tab.start()
    await settle()
    browser.sources[0]!.onopen?.()
    browser.sources[0]!.emit('journal', event('e1'), 'e1')
    expect(ids).toEqual(['e1'])
    expect(tab.isLeader).toBe(true)
  })
  it('drops what it heard before, since the server repeats half a minute', async () => {
    const tab = browser.tab()
    const ids = heard(tab)
    tab.start()
    await settle()
    for (const id of ['e1', 'e2', 'e1', 'e2', 'e3']) browser.sources[0]!.emit('journal', event(id), id)
    expect(ids).toEqual(['e1', 'e2', 'e3'])
  })
  it('comes back after the last id it saw, each time later, and at once when told', async () => {
    const tab = browser.tab()
    tab.start()
    await settle()
    browser.sources[0]!.emit('journal', event('e1'), 'e1')
    browser.sources[0]!.onerror?.()
    await vi.advanceTimersByTimeAsync(999)
    expect(browser.sources).toHaveLength(1)
    await vi.advanceTimersByTimeAsync(1)
    expect(browser.sources[1]!.url).toBe('/stream?last_event_id=e1')
    browser.sources[1]!.onerror?.()
    await vi.advanceTimersByTimeAsync(1999)
    expect(browser.sources).toHaveLength(2)
    tab.retryNow()
    expect(browser.sources).toHaveLength(3)
  })
  it('never waits longer than half a minute, and begins anew after a success', async () => {
    const tab = browser.tab()
    tab.start()
    await settle()
    for (let failure = 0; failure < 12; failure += 1) {
      browser.sources.at(-1)!.onerror?.()
      await vi.advanceTimersByTimeAsync(30_000)
    }
    expect(browser.sources).toHaveLength(13)
    browser.sources.at(-1)!.onopen?.()
    browser.sources.at(-1)!.onerror?.()
    await vi.advanceTimersByTimeAsync(1000)
    expect(browser.sources).toHaveLength(14)
  })
  it('tells its state', async () => {
    const tab = browser.tab()
    const states: LiveState[] = []
    tab.onState((state) => states.push(state))
    tab.start()
    await settle()
    browser.sources[0]!.onopen?.()
    browser.sources[0]!.onerror?.()
    tab.stop()
    expect(states).toEqual(['idle', 'connecting', 'open', 'waiting', 'idle'])
  })
  it('has a connection of its own where Web Locks are missing', async () => {
    browser.tab(false).start()
    browser.tab(false).start()
    await settle()
    expect(browser.open).toHaveLength(2)
  })
})

describe('several tabs', () => {
  it('share one connection, and all hear', async () => {
    const tabs = [browser.tab(), browser.tab(), browser.tab()]
    const all = tabs.map(heard)
    tabs.forEach((tab) => tab.start())
    await settle()
    expect(browser.open).toHaveLength(1)
    browser.open[0]!.onopen?.()
    browser.open[0]!.emit('journal', event('e1'), 'e1')
    expect(all).toEqual([['e1'], ['e1'], ['e1']])
  })
  it('learn the state from the leader, also those that come later', async () => {
    const [first, second] = [browser.tab(), browser.tab()]
    first.start()
    await settle()
    browser.open[0]!.onopen?.()
    let state = ''
    second.onState((fresh) => (state = fresh))
    second.start()
    await settle()
    expect(state).toBe('open')
  })
  it('go on when the leader closes: the next one resumes where all were, and nobody hears twice', async () => {
    const [first, second] = [browser.tab(), browser.tab()]
    const ids = heard(second)
    first.start()
    second.start()
    await settle()
    browser.open[0]!.emit('journal', event('e1'), 'e1')
    first.stop()
    await settle()
    expect(second.isLeader).toBe(true)
    expect(browser.open).toHaveLength(1)
    expect(browser.open[0]!.url).toBe('/stream?last_event_id=e1')
    browser.open[0]!.emit('journal', event('e1'), 'e1')
    browser.open[0]!.emit('journal', event('e2'), 'e2')
    expect(ids).toEqual(['e1', 'e2'])
  })
})
