/**
 * The page without its looks: what the server said last, what waits to be sent, and when it is asked again.
 *
 * What is written is kept in this browser until the server has it (core/queue.ts), so that neither a reload nor a lost
 * connection loses it; sent twice it is one message.
 */
import type { Blobs } from '../core/blobs'
import type { SentFile, Taken } from '../core/protocol'
import { Queue, type Entry, type Hold } from '../core/queue'
import type { Shelf } from '../core/storage'
import { Problem } from '../kit/request'
import type { Client } from './client'
import type { Answered, Case, Message } from './protocol'

const SOON_MS = 15_000 // between two looks while the page is seen
const LATE_MS = 120_000 // while it is not

export interface Around {
  client: Client
  shelf: Shelf
  blobs: Blobs
  path: string // of this page
  changed: () => void
  told: (what: 'sent' | 'news') => void
  moved: (path: string) => void // the conversation goes on at another page
}

export class Desk {
  case: Case | null = null
  gone: Problem | null = null // the server's word that there is nothing here
  fault: Problem | null = null // why the last look failed
  busy = false // earlier messages are on their way
  readonly queue: Queue
  private earlier: Message[] = []
  private more = false
  private sent = new Map<string, Answered>()
  private onward = ''
  private timer = 0
  private looking: Promise<void> | null = null

  constructor(private readonly around: Around) {
    this.queue = new Queue(around.shelf, around.blobs, this.sending(), () => true)
  }

  start(): void {
    void this.look().then(() => this.queue.pump())
    for (const event of ['online', 'focus']) addEventListener(event, () => this.wake())
    document.addEventListener('visibilitychange', () => document.hidden || this.wake())
  }

  get messages(): Message[] {
    return [...this.earlier, ...(this.case?.messages ?? [])]
  }

  get hasMore(): boolean {
    return this.earlier.length ? this.more : (this.case?.more ?? false)
  }

  /** What waits, without what the server shows already. */
  get waiting(): Entry[] {
    return this.queue.entries().filter((entry) => !this.isKnown(entry.id))
  }

  get hold(): Hold | null {
    return this.queue.hold
  }

  async write(text: string, files: readonly File[]): Promise<void> {
    const page = { url: '', title: '' }
    await this.queue.add({ visitor: '', text, page, wrote_at: new Date().toISOString(), language: '' }, files)
  }

  async solve(): Promise<void> {
    this.take(await this.around.client.solved())
  }

  async showEarlier(): Promise<void> {
    const first = this.messages[0]
    if (!first || this.busy) return
    this.busy = true
    this.around.changed()
    try {
      const found = await this.around.client.earlier(first.id)
      this.earlier = [...found.messages, ...this.earlier]
      this.more = found.more
    } catch (error) {
      this.fail(error)
    } finally {
      this.busy = false
      this.around.changed()
    }
  }

  wake(): void {
    void this.look()
    this.queue.now()
  }

  /** Ask how it stands; two who ask at once get one answer. */
  look(): Promise<void> {
    this.looking ??= this.fetch().finally(() => {
      this.looking = null
    })
    return this.looking
  }

  private async fetch(): Promise<void> {
    clearTimeout(this.timer)
    try {
      this.take(await this.around.client.read())
    } catch (error) {
      this.fail(error)
    }
    if (!this.gone) this.timer = window.setTimeout(() => void this.look(), this.pauseMs())
  }

  private pauseMs(): number {
    return Math.max(this.fault?.waitMs ?? 0, document.hidden ? LATE_MS : SOON_MS)
  }

  private take(fresh: Case): void {
    const before = new Set(this.messages.map((one) => one.id))
    const isNews = this.case !== null && fresh.messages.some((one) => one.from !== 'customer' && !before.has(one.id))
    this.keepWhatSlidOut(fresh)
    this.case = fresh
    this.fault = null
    this.around.changed()
    if (isNews) this.around.told('news')
  }

  /** Newer messages push the oldest off the newest page: what was shown stays shown. */
  private keepWhatSlidOut(fresh: Case): void {
    const first = fresh.messages[0]
    const shown = this.case?.messages ?? []
    const from = shown.findIndex((one) => one.id === first?.id)
    if (from > 0) {
      if (!this.earlier.length) this.more = this.case?.more ?? false
      this.earlier = [...this.earlier, ...shown.slice(0, from)]
    }
  }

  private fail(error: unknown): void {
    if (!(error instanceof Problem)) throw error
    if (error.status === 404 || error.status === 410) this.gone = error
    else this.fault = error
    this.around.changed()
  }

  private isKnown(id: string): boolean {
    return this.messages.some((one) => one.client_id === id)
  }

  private sending() {
    return {
      known: (id: string) => this.isKnown(id),
      upload: (bytes: Blob, name: string): Promise<SentFile> => this.around.client.upload(bytes, name),
      send: async (entry: Entry, files: string[]): Promise<Taken> => this.answered(await this.around.client.answer(entry.id, entry.text, files)),
      taken: (entry: Entry) => this.went(entry),
      greet: () => Promise.resolve(),
      progress: () => undefined,
      changed: () => this.around.changed(),
    }
  }

  private answered(told: Answered): Taken {
    this.sent.set(told.client_id, told)
    return { id: told.id, client_id: told.client_id, conversation: '', position: 0, at: '', new_conversation: false }
  }

  private went(entry: Entry): void {
    const told = this.sent.get(entry.id)
    this.sent.delete(entry.id)
    if (told && told.path.split('?')[0] !== this.around.path) this.onward = told.path
    else void this.look()
    this.around.told('sent')
    if (this.onward && this.queue.entries().length <= 1) this.around.moved(this.onward) // this one is still in it
  }
}
