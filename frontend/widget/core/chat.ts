/**
 * The conversation, without its looks: joins session, history, queue, stream and the other pages.
 *
 * The page that leads holds the stream, asks where there is none, and sends the queue; what it learns it tells the other
 * pages. Every page greets, and catches up by itself when it is looked at again. (The file is long because what one part
 * tells another is best read in one place.)
 */
import { Problem } from '../kit/request'
import { codeOf, type Language } from '../kit/texts'
import type { Blobs } from './blobs'
import { bus, type Bus } from './bus'
import { Client } from './client'
import { History } from './history'
import { elect, type Leader } from './leader'
import type { Config, FormValues, Hello, Message, PageSeen, State, Taken } from './protocol'
import { Queue, type Entry } from './queue'
import { Watched, type Seen } from './seen'
import { IDENTIFY_MS, Sessions, type Session } from './session'
import type { StreamEvent } from './sse'
import type { Shelf } from './storage'
import { Stream } from './stream'
import { backOff, pause } from './waiting'
import type { Word } from './words'

export interface Around {
  origin: string // of our server
  site: string
  shelf: Shelf // lasting, shared by pages
  tab: Shelf // of this tab
  blobs: Blobs
  locks: LockManager | null
  storage: Storage | null // for pages without BroadcastChannel
  page: () => PageSeen
  visible: () => boolean
}

export type ChatEvent = 'ready' | 'open' | 'close' | 'message' | 'unread' | 'ended'

const POLL_MS = 5000
const POLL_HIDDEN_MS = 30_000
const TYPING_MS = 10_000
const TOLD_MS = 20_000
const REFUSED_MS = 60_000 // what was refused once is not asked every few seconds
const STUCK_MS = 8000 // what waits for longer in a page that is looked at: does the leader live?

export class Chat extends Watched {
  readonly client: Client
  readonly queue: Queue
  readonly sessions: Sessions
  readonly history: History
  private readonly stream: Stream
  private readonly leader: Leader
  private readonly bus: Bus<Word>
  private live = false
  private asked = 0 // when was last asked for news, ms
  private quietUntil = 0 // the server asked us to ask later
  private typingTimer = 0
  private typedAt = 0
  private leaderAskedAt = 0
  private readTo = 0
  private heldBy = '' // id of the visitor whose messages are here
  private tickedAt = 0
  private settle: () => void = () => undefined
  private readonly settled: Promise<void> // is it known who the page's user is, as far as it will say?

  constructor(
    private readonly around: Around,
    seen: Seen,
    private readonly emit: (event: ChatEvent, detail: unknown) => void,
  ) {
    super(seen)
    this.client = new Client(around.origin, around.site, {
      token: () => this.sessions.token(),
      language: () => codeOf(this.seen.language),
    })
    this.sessions = new Sessions({ shelf: around.shelf, locks: around.locks, site: around.site, hello: (identity) => this.hello(identity), began: this.began.bind(this) })
    this.history = new History((conversation, range) => this.client.messages(conversation, range), (news) => this.bus.say({ kind: 'news', news }), this.fresh.bind(this))
    this.queue = new Queue(around.shelf, around.blobs, this.sending(), () => this.leader.leads())
    this.stream = new Stream({ open: (signal) => this.client.stream(signal), hear: this.hear.bind(this), live: this.onLive.bind(this), refused: this.refused.bind(this) })
    this.bus = bus<Word>(around.site, around.storage, this.told.bind(this))
    const patience = this.sessions.current?.visitor.identified ? IDENTIFY_MS : 0
    this.settled = new Promise((resolve) => {
      this.settle = resolve
      setTimeout(resolve, patience)
    })
    this.leader = elect({ site: around.site, shelf: around.shelf, locks: around.locks, changed: () => this.leadChanged() })
  }

  /** Fetch what the site looks like; come back until it is there. Then greet whoever was here before. */
  async start(identity: string | null | undefined): Promise<void> {
    const kept = this.around.shelf.get<Config>('config')
    if (kept) this.change({ config: kept })
    this.change({ outgoing: this.queue.entries() })
    setInterval(() => void this.tick(), 1000)
    for (let tries = 1; !(await this.fetchConfig()) && !this.seen.gone; tries += 1) await pause(backOff(tries)).over
    if (this.seen.gone) return
    this.emit('ready', null)
    if (identity !== undefined) return this.identify(identity)
    await this.settled
    if (this.sessions.current || this.seen.open || this.queue.entries().length) await this.greet()
  }

  open(): void {
    if (this.seen.open) return
    this.change({ open: true })
    this.around.tab.set('open', true)
    this.emit('open', null)
    void this.greet().then(() => this.markRead())
  }

  close(): void {
    if (!this.seen.open) return
    this.change({ open: false })
    this.around.tab.remove('open')
    this.emit('close', null)
    this.leadChanged()
  }

  async identify(identity: string | null): Promise<void> {
    this.settle()
    if (identity === null && !this.sessions.current?.visitor.identified) {
      this.sessions.identity = null
      return this.sessions.current ? this.greet() : undefined // nobody was, and nobody is
    }
    const said = this.sessions.identify(identity)
    this.settle()
    await this.guarded(() => said)
  }

  /** Queue a message; it is shown at once. */
  async write(text: string, files: readonly File[] = []): Promise<void> {
    const form = this.seen.state?.conversation && this.seen.state.conversation.status !== 'ended' ? null : this.seen.form
    this.typedAt = 0
    await this.queue.add(
      {
        visitor: this.sessions.current?.visitor.id ?? '',
        text,
        page: this.around.page(),
        wrote_at: new Date().toISOString(),
        language: codeOf(this.seen.language),
        ...(form ? { form } : {}),
      },
      files,
    )
    this.bus.say({ kind: 'go' })
  }

  /** Try at once what waits. */
  retryNow(): void {
    this.queue.now()
    this.bus.say({ kind: 'go' })
  }

  retry(id: string): void {
    this.queue.retry(id)
    this.bus.say({ kind: 'go' })
  }

  drop(id: string): void {
    this.queue.drop(id)
  }

  /** Fetch what was said before the first message shown. */
  earlier(): Promise<void> {
    return this.guarded(() => this.history.backwards())
  }

  /** Say that the visitor is typing, at most as often as the server wants to hear it. */
  typing(text: string): void {
    if (!this.seen.state?.conversation || !this.sessions.isGreeted) return
    const every = (this.seen.config?.limits.typing_every_s ?? 3) * 1000
    const stopped = text === ''
    if (stopped ? this.typedAt === 0 : Date.now() - this.typedAt < every) return
    this.typedAt = stopped ? 0 : Date.now()
    this.client.typing(stopped ? 'stopped' : 'typing').catch(() => undefined) // a small thing: the next one may get through
  }

  keepForm(form: FormValues): void {
    this.change({ form })
    this.around.tab.set('form', form)
    for (const entry of this.queue.entries()) if (entry.refused?.slug.endsWith('form-incomplete')) this.queue.retry(entry.id, form)
    this.bus.say({ kind: 'go' })
  }

  /** @throws Problem */
  async end(): Promise<void> {
    this.heardState(await this.client.end())
    this.around.tab.remove('form')
    this.change({ form: null })
  }

  /** Forget the visitor on this device: token, what waits to be sent, everything kept. Problem when the server was not reached. */
  async forget(): Promise<void> {
    if (this.sessions.token()) await this.client.forget()
    this.bus.say({ kind: 'session', session: null, stranger: true })
    this.clearAll()
    this.close()
  }

  async speak(language: Language, tell = true): Promise<void> {
    if (language === this.seen.language) return
    this.around.shelf.set('language', language)
    this.change({ language })
    if (tell) this.bus.say({ kind: 'language', language })
    await this.fetchConfig()
    if (this.sessions.isGreeted) await this.guarded(async () => this.heardState(await this.client.state()))
  }

  /** Show a sentence for a while; returns it. */
  tell(sentence: string): string {
    this.change({ told: sentence })
    setTimeout(() => this.seen.told === sentence && this.change({ told: '' }), TOLD_MS)
    return sentence
  }

  setSound(sound: boolean): void {
    this.around.shelf.set('sound', sound)
    this.change({ sound })
  }

  /** What was heard of ours has been seen: the panel is open and looked at. */
  markRead(): void {
    const { open, conversation, messages } = this.seen
    const last = messages.findLast((message) => message.from !== 'visitor')?.position ?? 0
    if (!open || !conversation || !this.around.visible() || !this.seen.unread || last <= this.readTo) return
    this.readTo = last
    this.count()
    this.client.read(conversation, last).catch(() => (this.readTo = 0)) // said again with the next message
  }

  /** The page is looked at again, the machine woke, the network is back. */
  wake(): void {
    this.stream.wake()
    this.queue.now()
    if (this.sessions.isGreeted) void this.catchUp().then(() => this.markRead())
    else if (this.sessions.current && this.seen.config) void this.greet()
  }

  stop(): void {
    this.leader.stop()
    this.stream.stop()
  }

  /** Fetch messages and state. */
  async catchUp(): Promise<void> {
    if (!this.sessions.isGreeted) return
    this.asked = Date.now()
    await this.guarded(async () => {
      const state = await this.client.state()
      this.heardState(state)
      this.bus.say({ kind: 'state', state })
      if (state.conversation) await this.history.catchUp()
    })
  }

  greet(): Promise<void> {
    return this.guarded(() => this.settled.then(() => this.sessions.greet()))
  }

  /** Say hello. An identity that does not verify leaves an anonymous visitor, where the site serves such. */
  private async hello(identity: string | null): Promise<Hello> {
    try {
      return await this.client.hello(identity, this.around.page())
    } catch (error) {
      const anonymously = error instanceof Problem && error.slug.endsWith('bad-identity') && this.seen.config?.identity !== 'required'
      if (!anonymously) throw error
      console.error(`Servewell: ${error.message}`) // for whoever builds the page
      return this.client.hello(null, this.around.page())
    }
  }

  private began(session: Session, state: State, stranger: boolean): void {
    if (stranger) this.clearPerson()
    if (this.heldBy !== session.visitor.id) this.history.reset()
    this.heldBy = session.visitor.id
    this.queue.handOver(session.visitor.id)
    this.bus.say({ kind: 'session', session, stranger })
    this.change({ greeted: true, trouble: '' })
    this.heardState(state)
    if (state.conversation) void this.guarded(() => this.history.catchUp())
    this.leadChanged()
  }

  private clearPerson(): void {
    this.queue.clear()
    this.history.reset()
    for (const name of ['draft', 'form']) this.around.tab.remove(name)
    this.readTo = 0
    this.change({ state: null, form: null, unread: 0, typing: '', hold: null })
  }

  private clearAll(): void {
    this.stream.stop()
    this.sessions.forget()
    this.clearPerson()
    this.heldBy = ''
    for (const name of this.around.shelf.names('')) if (name !== 'lead' && name !== 'config') this.around.shelf.remove(name)
    for (const name of this.around.tab.names('')) this.around.tab.remove(name)
    this.change({ greeted: false })
  }

  private async fetchConfig(): Promise<boolean> {
    try {
      const config = await this.client.config()
      this.around.shelf.set('config', config)
      this.change({ config, offline: false })
      return true
    } catch (error) {
      this.note(error)
      if (error instanceof Problem && error.status === 404) this.leave()
      return false
    }
  }

  /** The site is no more: nothing is shown, nothing asked. */
  private leave(): void {
    this.around.shelf.remove('config')
    this.stream.stop()
    this.change({ gone: true, open: false })
  }

  private sending(): ConstructorParameters<typeof Queue>[2] {
    return {
      known: (id) => this.history.has(id),
      upload: (file, name, progress) => this.client.upload(file, name, progress),
      send: (entry, files) =>
        this.client.send({ client_id: entry.id, text: entry.text, files, form: entry.form, page: entry.page, wrote_at: entry.wrote_at, language: entry.language }),
      taken: (entry, taken) => this.taken(entry, taken),
      greet: (lost) => this.settled.then(() => this.sessions.greet(lost)),
      progress: (id, share) => this.progressed(id, share),
      changed: () => this.queueChanged(),
    }
  }

  private queueChanged(tell = true): void {
    this.change({ outgoing: this.queue.entries() })
    if (this.leader.leads()) this.change({ inFlight: this.queue.inFlight, hold: this.queue.hold })
    if (this.queue.hold) this.change({ offline: this.queue.hold.cause === 'network' })
    if (!this.queue.inFlight) this.change({ progress: 0 })
    const { inFlight, progress, hold } = this.seen
    if (tell) this.bus.say({ kind: 'queue', inFlight, progress, hold })
  }

  private progressed(id: string, share: number): void {
    if (share < 1 && share - this.seen.progress < 0.02) return // enough for the eye
    this.change({ inFlight: id, progress: share })
    this.bus.say({ kind: 'queue', inFlight: id, progress: share, hold: null })
  }

  private taken(entry: Entry, taken: Taken): void {
    const files = entry.files.flatMap((file) => file.sent ?? [])
    const message: Message = { id: taken.id, position: taken.position, client_id: entry.id, from: 'visitor', name: '', text: entry.text, files, at: taken.at, delivery: 'sent' }
    this.change({ offline: false })
    if (taken.conversation !== this.history.conversation && !taken.new_conversation) void this.catchUp()
    else this.history.add(message, taken.conversation)
    this.bus.say({ kind: 'own', message, conversation: taken.conversation })
    if (taken.new_conversation || !this.seen.state?.conversation || this.seen.state.conversation.status !== 'active') void this.catchUp()
    this.leadChanged()
  }

  private fresh(messages: Message[], first: boolean): void {
    const { conversation } = this.history
    if (conversation !== this.seen.conversation) this.readTo = 0
    this.change({ messages: this.history.messages, conversation, earlier: this.history.earlier })
    const ours = first ? [] : messages.filter((message) => message.from !== 'visitor')
    if (ours.length) this.change({ typing: '' })
    for (const { from, name, text, at } of ours) this.emit('message', { from, name, text, at })
    if (conversation && this.seen.state?.conversation?.id !== conversation) void this.catchUp() // marks and agent are another one's
    this.count()
  }

  private heardState(told: State): void {
    const was = this.seen.state?.conversation
    const state = { ...told, read: furthest(this.seen.state, told) }
    this.change({ state, config: this.seen.config && { ...this.seen.config, hours: state.hours }, typing: state.typing[0]?.name ?? '', offline: false, trouble: '' })
    if (was && was.status !== 'ended' && state.conversation?.status === 'ended') this.emit('ended', { conversation: was.id })
    this.count()
    this.leadChanged()
  }

  /** How much of ours has not been looked at? By the messages, or by the server's word while they are not here. */
  private count(): void {
    const to = Math.max(this.readTo, this.seen.state?.read.visitor ?? 0)
    const here = this.history.cursor !== null
    const unread = here ? this.seen.messages.filter((message) => message.from !== 'visitor' && message.position > to).length : (this.seen.state?.unread ?? 0)
    if (unread === this.seen.unread) return
    this.change({ unread })
    this.emit('unread', unread)
    this.markRead()
  }

  private hear(event: StreamEvent): void {
    const data = JSON.parse(event.data || '{}') as { name?: string; state?: string; position?: number }
    if (event.name === 'hello') void this.catchUp()
    else if (event.name === 'message') void this.guarded(() => this.history.catchUp())
    else if (event.name === 'state' || event.name === 'queue') void this.catchUp()
    else if (event.name === 'typing') this.heardTyping(data.state === 'typing' ? (data.name ?? '') : '', true)
    else if (event.name === 'read' && this.seen.state) {
      const state = { ...this.seen.state, read: { ...this.seen.state.read, agents: Math.max(this.seen.state.read.agents, data.position ?? 0) } }
      this.change({ state })
      this.bus.say({ kind: 'state', state })
    }
  }

  private heardTyping(name: string, tell: boolean): void {
    clearTimeout(this.typingTimer)
    this.change({ typing: name })
    if (name) this.typingTimer = window.setTimeout(() => this.change({ typing: '' }), TYPING_MS)
    if (tell) this.bus.say({ kind: 'typing', name })
  }

  private onLive(live: boolean): void {
    this.live = live
    if (live) this.change({ offline: false })
  }

  private async refused(problem: Problem): Promise<boolean> {
    if (problem.status === 404) this.leave()
    if (problem.cause !== 'identity') return false
    await this.guarded(() => this.sessions.greet(true))
    return true
  }

  private told(word: Word): void {
    if (word.kind === 'news' && !this.history.hear(word.news)) void this.guarded(() => (this.sessions.isGreeted ? this.history.catchUp() : Promise.resolve()))
    if (word.kind === 'state' && this.sessions.isGreeted && word.state.visitor.id === this.heldBy) this.heardState(word.state)
    if (word.kind === 'typing') this.heardTyping(word.name, false)
    if (word.kind === 'own' && this.sessions.isGreeted) this.history.add(word.message, word.conversation)
    if (word.kind === 'queue') this.change({ outgoing: this.queue.entries(), inFlight: word.inFlight, progress: word.progress, hold: word.hold })
    if (word.kind === 'go' && this.leader.leads()) this.queue.now()
    if (word.kind === 'language') void this.speak(word.language, false)
    if (word.kind === 'there?' && this.leader.leads()) this.bus.say({ kind: 'here' })
    if (word.kind === 'here') this.leaderAskedAt = 0
    if (word.kind === 'session') this.toldSession(word.session, word.stranger)
  }

  private toldSession(session: Session | null, stranger: boolean): void {
    if (!session) {
      this.clearAll()
      return this.close()
    }
    if (!this.sessions.adopt(session)) return
    if (stranger) this.clearPerson()
    this.history.reset()
    this.heldBy = session.visitor.id
    void this.catchUp()
  }

  /** A stream is held by the page that leads, while there is a conversation or somebody looks at the panel. */
  private leadChanged(): void {
    const wanted = this.leader.leads() && this.sessions.isGreeted && (this.seen.open || Boolean(this.seen.state?.conversation))
    if (wanted) this.stream.start()
    else this.stream.stop()
    if (this.leader.leads() && this.seen.config) void this.queue.pump()
  }

  private async tick(): Promise<void> {
    const now = Date.now()
    if (this.seen.gone) return
    if (now - this.tickedAt > 20_000 && this.tickedAt) this.wake() // the machine slept
    this.tickedAt = now
    this.watchLeader(now)
    this.lookAtQueue()
    const watched = this.seen.open && this.around.visible()
    const due = now - this.asked > (watched ? POLL_MS : POLL_HIDDEN_MS) && now > this.quietUntil
    const alone = this.leader.leads() && !this.live && (this.seen.open || Boolean(this.seen.state?.conversation))
    if (due && alone && this.sessions.isGreeted) await this.catchUp()
    else if (due && this.seen.open && !this.sessions.isGreeted && this.seen.config) {
      this.asked = now
      await this.greet()
    }
  }

  /** What another page stores may be seen here a moment after it told of it: look again. */
  private lookAtQueue(): void {
    const names = (entries: Entry[]) => entries.map((entry) => entry.name + Boolean(entry.refused)).join()
    if (names(this.queue.entries()) !== names(this.seen.outgoing)) this.queueChanged(false)
    if (this.leader.leads() && this.seen.config) void this.queue.pump()
  }

  private watchLeader(now: number): void {
    const oldest = this.seen.outgoing.find((entry) => !entry.refused)
    if (this.leader.leads() || !oldest || !this.around.visible()) return
    if (this.leaderAskedAt && now - this.leaderAskedAt > 3000) {
      this.leaderAskedAt = 0
      this.leader.steal()
    } else if (!this.leaderAskedAt && now - Date.parse(oldest.wrote_at) > STUCK_MS) {
      this.leaderAskedAt = now
      this.bus.say({ kind: 'there?' })
    }
  }

  /** Do what asks the server. What fails for a while is tried again by the next tick; what is refused is shown. */
  private async guarded(action: () => Promise<void>): Promise<void> {
    try {
      await action()
      if (this.seen.offline) this.change({ offline: false })
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      this.note(error)
      if (error.cause === 'identity' && this.sessions.isGreeted) await this.guarded(() => this.sessions.greet(true))
    }
  }

  private note(error: unknown): void {
    if (!(error instanceof Problem)) throw error
    if (error.waitMs) this.quietUntil = Date.now() + error.waitMs
    if (error.cause === 'network') this.change({ offline: true })
    if (error.slug.endsWith('no-such-site')) this.leave()
    else if (error.cause === 'refused') {
      this.quietUntil = Math.max(this.quietUntil, Date.now() + REFUSED_MS)
      this.change({ trouble: error.message })
    }
  }
}

/** Marks never go back, whichever answer comes first. */
function furthest(before: State | null, now: State): State['read'] {
  if (!before || before.conversation?.id !== now.conversation?.id) return now.read
  return { visitor: Math.max(before.read.visitor, now.read.visitor), agents: Math.max(before.read.agents, now.read.agents) }
}
