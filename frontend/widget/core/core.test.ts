import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import { History, type Told } from './history'
import { elect, type Leader } from './leader'
import type { Hello, Message, MessagePage, State } from './protocol'
import { IDENTIFY_MS, isStranger, Sessions } from './session'
import { parser } from './sse'
import { shelf } from './storage'
import { Stream } from './stream'
import { backOff, newId } from './waiting'

beforeEach(() => {
  vi.useFakeTimers()
  localStorage.clear()
})
afterEach(() => vi.useRealTimers())

describe('the parser of the stream', () => {
  const text = 'event: hello\ndata: {"a": 1}\n\n: ping\n\ndata: x\ndata:y\r\n\r\nevent: read\rdata: z\r\rid: 1\n\ndata\n\n'
  const events = [
    { name: 'hello', data: '{"a": 1}' },
    { name: 'message', data: 'x\ny' },
    { name: 'read', data: 'z' },
    { name: 'message', data: '' },
  ]
  it('works', () => expect(parser()(text)).toEqual(events))
  it('finds the same wherever the network cuts', () => {
    for (let size = 1; size < 12; size += 1) {
      const take = parser()
      const found = []
      for (let at = 0; at < text.length; at += size) found.push(...take(text.slice(at, at + size)))
      expect(found).toEqual(events)
    }
  })
  it('does not tell what is not finished', () => expect(parser()('data: x\n')).toEqual([]))
})

describe('history', () => {
  const message = (position: number, more: Partial<Message> = {}): Message => ({ id: `m${position}`, position, client_id: '', from: 'agent', name: 'Lin', text: `${position}`, files: [], at: '2026-11-22T15:00:00Z', delivery: '', ...more })
  let server: Message[]
  let conversation: string | null
  let told: Told[]
  let asked: object[]

  const make = (size = 50) =>
    new History(
      async (named, range): Promise<MessagePage> => {
        asked.push(range)
        if (range.before !== undefined) {
          const before = server.filter((one) => one.position < range.before!)
          return { conversation, more: before.length > size, items: before.slice(-size) }
        }
        if (range.after === undefined) return { conversation, more: server.length > size, items: server.slice(-size) }
        const rest = server.filter((one) => one.position > (named === conversation ? range.after! : 0))
        return { conversation, more: rest.length > size, items: rest.slice(0, size) }
      },
      (news) => void told.push(news),
      () => undefined,
    )
  const positions = (history: History) => history.messages.map((one) => one.position)

  beforeEach(() => {
    ;[server, conversation, told, asked] = [[1, 2, 3].map((position) => message(position)), 'c', [], []]
  })
  it('works', async () => {
    const history = make()
    await history.catchUp()
    server.push(message(5))
    await history.catchUp()
    expect(positions(history)).toEqual([1, 2, 3, 5])
    expect(asked).toEqual([{}, { after: 3 }])
  })
  it('leaves no hole when its own message comes before one it has not fetched', async () => {
    const history = make()
    await history.catchUp()
    server.push(message(4), message(5, { from: 'visitor', client_id: 'x' }))
    history.add(message(5, { from: 'visitor', client_id: 'x' }), 'c')
    await history.catchUp()
    expect(positions(history)).toEqual([1, 2, 3, 4, 5])
  })
  it('asks on while there is more, and once more for calls that came meanwhile', async () => {
    server = Array.from({ length: 7 }, (_, nth) => message(nth + 1))
    const history = make(2)
    await Promise.all([history.catchUp(), history.catchUp()])
    expect(positions(history)).toEqual([6, 7])
    expect(history.earlier).toBe(true)
    server.push(...[8, 9, 10, 11, 12].map((position) => message(position)))
    await history.catchUp()
    expect(positions(history)).toEqual([6, 7, 8, 9, 10, 11, 12])
    for (let pages = 0; pages < 3; pages += 1) await history.backwards()
    expect([positions(history)[0], history.earlier]).toEqual([1, false])
  })
  it('begins anew with another conversation', async () => {
    const history = make()
    await history.catchUp()
    ;[conversation, server] = ['d', [message(1, { id: 'new' })]]
    await history.catchUp()
    expect(history.messages.map((one) => one.id)).toEqual(['new'])
  })
  it('takes what another page fetched if nothing lies between, and says so if something does', async () => {
    const history = make()
    await history.catchUp()
    expect(history.hear({ conversation: 'c', after: 3, items: [message(4)] })).toBe(true)
    expect(history.hear({ conversation: 'c', after: 6, items: [message(7)] })).toBe(false)
    expect(history.hear({ conversation: 'd', after: 0, items: [] })).toBe(false)
    expect(positions(history)).toEqual([1, 2, 3, 4])
  })
})

describe('who leads', () => {
  /** Locks as a browser has them: one holder, a line, stealing. */
  class Locks {
    holder: { end: () => void; fail: (error: Error) => void } | null = null
    line: (() => void)[] = []
    request(_name: string, options: { steal?: boolean }, held: () => Promise<void>): Promise<void> {
      return new Promise((resolve, reject) => {
        const grant = () => {
          const mine = { end: () => undefined as void, fail: reject as (error: Error) => void }
          this.holder = mine
          void held().then(() => {
            if (this.holder !== mine) return
            this.holder = null
            resolve()
            this.line.shift()?.()
          })
        }
        if (options.steal) {
          this.holder?.fail(new DOMException('stolen', 'AbortError'))
          grant()
        } else if (this.holder) this.line.push(grant)
        else queueMicrotask(() => (this.holder ? this.line.push(grant) : grant()))
      })
    }
  }
  const page = (locks: Locks | null, storage = shelf('site', () => localStorage)): Leader => elect({ site: 'site', shelf: storage, locks: locks as never, changed: () => undefined })
  const calm = () => vi.advanceTimersByTimeAsync(10)

  it('works', async () => {
    const locks = new Locks()
    const pages = [page(locks), page(locks), page(locks)]
    await calm()
    expect(pages.map((one) => one.leads())).toEqual([true, false, false])
    pages[0]!.stop()
    await calm()
    expect(pages.map((one) => one.leads())).toEqual([false, true, false])
  })
  it('is taken over from a page that no longer answers', async () => {
    const locks = new Locks()
    const [first, second] = [page(locks), page(locks)]
    await calm()
    second.steal()
    await calm()
    expect([first.leads(), second.leads()]).toEqual([false, true])
  })
  it('is decided by a lease where there are no locks: one of several, another when it closes or falls silent', async () => {
    const pages = [page(null), page(null), page(null)]
    await vi.advanceTimersByTimeAsync(10_000)
    expect(pages.filter((one) => one.leads())).toHaveLength(1)
    const leader = pages.find((one) => one.leads())!
    leader.stop()
    await vi.advanceTimersByTimeAsync(5000)
    expect(pages.filter((one) => one.leads())).toHaveLength(1)
    expect(leader.leads()).toBe(false)
  })
  it('is each page by itself where they share nothing', async () => {
    const denied = () => shelf('site', () => { throw new DOMException('denied') })
    const pages = [page(null, denied()), page(null, denied())]
    await calm()
    expect(pages.every((one) => one.leads())).toBe(true)
  })
})

describe('the session', () => {
  const hello = (id: string, identified = false): Hello => ({ visitor: { id, identified, name: '' }, token: `token of ${id}`, expires_at: '', state: {} as State })
  const began: [string, boolean][] = []
  const make = (answer: (identity: string | null) => Hello) =>
    new Sessions({ shelf: shelf('site', () => localStorage), locks: null, site: 'site', hello: async (identity) => answer(identity), began: (session, _state, stranger) => void began.push([session.visitor.id, stranger]) })

  beforeEach(() => void began.splice(0))
  it('works', async () => {
    const one = make(() => hello('a'))
    await Promise.all([one.greet(), one.greet()])
    expect([one.token(), began]).toEqual(['token of a', [['a', false]]])
    expect(make(() => hello('b')).token()).toBe('token of a')
  })
  it('greets anew when the token was refused, as the same person if it was nobody known', async () => {
    const one = make(() => hello(began.length ? 'b' : 'a'))
    await one.greet()
    await one.greet(true)
    expect(began).toEqual([['a', false], ['b', false]])
  })
  it('tells when somebody else sits there now', async () => {
    const one = make((identity) => (identity ? hello(identity, true) : hello('nobody')))
    await one.identify('lin')
    await one.identify('lin')
    await one.identify('wang')
    await one.identify(null)
    expect(began).toEqual([['lin', false], ['wang', true], ['nobody', true]])
  })
  it('knows who is a stranger', () => {
    const [anonymous, lin] = [hello('a').visitor, hello('lin', true).visitor]
    expect([isStranger(null, lin), isStranger(anonymous, hello('b').visitor), isStranger(anonymous, lin), isStranger(lin, lin), isStranger(lin, anonymous)]).toEqual([false, false, false, false, true])
    expect(IDENTIFY_MS).toBeGreaterThan(1000)
  })
})

describe('the stream', () => {
  /** A server that answers with a body which the test writes. */
  function served() {
    const bodies: ReadableStreamDefaultController<Uint8Array>[] = []
    const open = (signal: AbortSignal) => {
      const body = new ReadableStream<Uint8Array>({ start: (controller) => void bodies.push(controller) })
      signal.addEventListener('abort', () => bodies.at(-1)?.error(new DOMException('', 'AbortError')))
      return Promise.resolve(new Response(body))
    }
    const say = (text: string) => bodies.at(-1)!.enqueue(new TextEncoder().encode(text))
    return { bodies, open, say }
  }
  const make = (open: (signal: AbortSignal) => Promise<Response>) => {
    const heard: string[] = []
    const live: boolean[] = []
    const stream = new Stream({ open, hear: (event) => void heard.push(event.name), live: (up) => void live.push(up), refused: async () => false })
    stream.start()
    return { stream, heard, live }
  }

  it('works', async () => {
    const server = served()
    const { heard, live, stream } = make(server.open)
    await vi.advanceTimersByTimeAsync(1)
    server.say('event: hello\ndata: {}\n\nevent: mess')
    server.say('age\ndata: {}\n\n')
    await vi.advanceTimersByTimeAsync(1)
    expect([heard, live]).toEqual([['hello', 'message'], [true]])
    stream.stop()
  })
  it('breaks off a stream that a proxy keeps back, and says that it is not live', async () => {
    const server = served()
    const { live, stream } = make(server.open)
    await vi.advanceTimersByTimeAsync(13_000)
    expect(server.bodies.length).toBeGreaterThan(1)
    expect(live).not.toContain(true)
    stream.stop()
  })
  it('holds a stream that only pings, and comes back when that ends too', async () => {
    const server = served()
    const { stream } = make(server.open)
    await vi.advanceTimersByTimeAsync(1)
    server.say('event: hello\ndata: {}\n\n')
    for (let pings = 0; pings < 8; pings += 1) {
      await vi.advanceTimersByTimeAsync(15_000)
      server.say(': ping\n\n')
    }
    expect(server.bodies).toHaveLength(1)
    await vi.advanceTimersByTimeAsync(38_000)
    expect(server.bodies).toHaveLength(2)
    stream.stop()
  })
  it('stays one stream when stopped and started at once', async () => {
    const server = served()
    const { stream } = make(server.open)
    await vi.advanceTimersByTimeAsync(1)
    stream.stop()
    stream.start()
    await vi.advanceTimersByTimeAsync(5)
    server.say('event: hello\ndata: {}\n\n')
    await vi.advanceTimersByTimeAsync(5000)
    expect(server.bodies).toHaveLength(2)
    stream.stop()
    await vi.advanceTimersByTimeAsync(60_000)
    expect(server.bodies).toHaveLength(2)
  })
})

describe('waiting', () => {
  it('doubles, with chance in it, up to half a minute', () => {
    expect([1, 2, 3, 4, 5, 6, 20].map((tries) => backOff(tries, () => 1))).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000, 30_000])
    expect(backOff(3, () => 0)).toBe(2000)
  })
  it('makes UUIDs', () => expect(newId()).toMatch(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/))
})
