/**
 * How do all tabs of a browser share one EventSource? (A browser allows six connections to a host; six open
 * tabs with a stream each would leave none for anything else.)
 *
 * 1. Every tab asks for the same Web Lock; the one that gets it is the leader.
 * 2. The leader holds the EventSource and hands every event on over a BroadcastChannel.
 * 3. When the leader's tab closes, the browser frees the lock: the next tab leads, and resumes after the last
 *    id that anybody saw. The server may then repeat some events; known ids are dropped.
 * 4. A lost connection is tried again after 1, 2, 4, ... at most 30 seconds, with some chance in it, so that
 *    a thousand screens do not come back in the same instant.
 *
 * Web Locks need a secure context; without (plain http on a LAN address) each tab has its own connection.
 */
import type { Delivery, LiveEvents, LiveName, LiveState, TabMessage } from './protocol'
import { NAMES } from './protocol'

/** The browser's pieces, handed in so that tests can bring their own. */
export interface Surroundings {
  openSource: (url: string) => EventSource
  openChannel: (name: string) => BroadcastChannel | null
  locks: Pick<LockManager, 'request'> | null
  random: () => number
}

type Handler = (data: never, id: string) => void
const LOCK = 'servewell-stream'
const KNOWN_LIMIT = 2000
const LONGEST_WAIT_MS = 30_000

export class LiveClient {
  private state: LiveState = 'idle'
  private source: EventSource | null = null
  private channel: BroadcastChannel | null = null
  private handlers = new Map<LiveName, Set<Handler>>()
  private watchers = new Set<(state: LiveState) => void>()
  private known = new Set<string>()
  private lastId = ''
  private failures = 0
  private timer: ReturnType<typeof setTimeout> | undefined
  private release: (() => void) | null = null
  private giveUp = new AbortController()

  constructor(
    private readonly url: string,
    private readonly around: Surroundings,
  ) {}

  get isLeader(): boolean {
    return this.release !== null
  }

  /** Hear every event of one name until the returned function is called. */
  on<N extends LiveName>(name: N, handler: (data: LiveEvents[N], id: string) => void): () => void {
    const heard = this.handlers.get(name) ?? new Set<Handler>()
    this.handlers.set(name, heard.add(handler as Handler))
    return () => heard.delete(handler as Handler)
  }

  /** Hear of every change of the connection's state, beginning with the present one. */
  onState(watcher: (state: LiveState) => void): () => void {
    this.watchers.add(watcher)
    watcher(this.state)
    return () => this.watchers.delete(watcher)
  }

  /** Begin: lead, or follow whoever leads. */
  start(): void {
    if (this.state !== 'idle') return
    this.giveUp = new AbortController()
    this.setState('connecting')
    this.channel = this.around.openChannel(LOCK)
    if (this.channel) this.channel.onmessage = (message: MessageEvent<TabMessage>) => this.hear(message.data)
    if (!this.around.locks || !this.channel) return this.lead(() => undefined)
    this.tell({ kind: 'ask' })
    this.around.locks
      .request(LOCK, { signal: this.giveUp.signal }, () => new Promise<void>((resolve) => this.lead(resolve)))
      .catch((error: unknown) => {
        if (!(error instanceof DOMException && error.name === 'AbortError')) throw error
      })
  }

  /** End: after sign-out, or when the page goes. */
  stop(): void {
    clearTimeout(this.timer)
    this.source?.close()
    this.source = null
    this.giveUp.abort()
    this.release?.()
    this.release = null
    this.channel?.close()
    this.channel = null
    this.failures = 0
    this.setState('idle')
  }

  /** Try at once, for instance when the network is back. */
  retryNow(): void {
    if (!this.isLeader || this.state !== 'waiting') return
    clearTimeout(this.timer)
    this.connect()
  }

  private lead(release: () => void): void {
    this.release = release
    this.connect()
  }

  private connect(): void {
    this.setState('connecting')
    const source = this.around.openSource(this.address())
    this.source = source
    source.onopen = () => {
      this.failures = 0
      this.setState('open')
    }
    source.onerror = () => this.lose(source)
    for (const name of NAMES) {
      source.addEventListener(name, (event) => this.take(name, event as MessageEvent<string>))
    }
  }

  private address(): string {
    return this.lastId ? `${this.url}?last_event_id=${encodeURIComponent(this.lastId)}` : this.url
  }

  private lose(source: EventSource): void {
    if (source !== this.source) return
    source.close() // the browser's own reconnect has a fixed wait and stops for good at the first 503
    this.source = null
    this.setState('waiting')
    const longest = Math.min(LONGEST_WAIT_MS, 1000 * 2 ** this.failures)
    this.failures += 1
    this.timer = setTimeout(() => this.connect(), longest * (0.5 + this.around.random() / 2))
  }

  private take(name: LiveName, event: MessageEvent<string>): void {
    const delivery: Delivery = { kind: 'event', name, id: event.lastEventId, data: JSON.parse(event.data) }
    this.tell(delivery)
    this.deliver(delivery)
  }

  private hear(message: TabMessage): void {
    if (message.kind === 'event') this.deliver(message)
    else if (message.kind === 'state' && !this.isLeader) this.setState(message.state)
    else if (message.kind === 'ask' && this.isLeader) this.tell({ kind: 'state', state: this.state })
  }

  private deliver({ name, id, data }: Delivery): void {
    // Several events may share the stream's position: what is new is told by the event's own id.
    const own = (data as { id?: string; progress?: unknown } | null)?.id
    const key = name === 'journal' && own ? own : ''
    if (id) this.lastId = id
    if (key && this.known.has(key)) return
    if (key) this.learn(key)
    for (const handler of this.handlers.get(name) ?? []) handler(data as never, id)
  }

  private learn(key: string): void {
    this.known.add(key)
    if (this.known.size <= KNOWN_LIMIT) return
    const [oldest] = this.known
    if (oldest !== undefined) this.known.delete(oldest)
  }

  private setState(state: LiveState): void {
    if (this.isLeader) this.tell({ kind: 'state', state })
    if (state === this.state) return
    this.state = state
    for (const watcher of this.watchers) watcher(state)
  }

  private tell(message: TabMessage): void {
    this.channel?.postMessage(message)
  }
}
