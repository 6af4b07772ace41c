/**
 * What was written and not yet taken by the server? One entry in storage for each message, so that two pages never
 * overwrite each other's; sent one after the other, in the order written, by the page that leads.
 *
 * What cannot be stored (a full disk, storage denied) stays in this page's memory and is sent by this page itself.
 */
import { Problem } from '../kit/request'
import type { Blobs } from './blobs'
import type { FormValues, PageSeen, SentFile, Taken } from './protocol'
import type { Shelf } from './storage'
import { backOff, newId, pause, type Pause } from './waiting'

export interface WaitingFile {
  key: string // in Blobs
  name: string
  type: string
  size: number
  sent?: SentFile // it is with the server already
}

export interface Entry {
  id: string // client_id
  name: string // its place in storage, which is also its order
  visitor: string // whose it is; '' before anybody was greeted
  text: string
  files: WaitingFile[]
  form?: FormValues
  page: PageSeen
  wrote_at: string
  language: string
  refused?: Refusal
}

export interface Refusal {
  slug: string
  sentence: string
  fields: { key: string; sentence: string }[]
}

/** Why the queue stands still, and until when; null while it moves or is empty. */
export interface Hold {
  cause: Problem['cause']
  sentence: string // of the server
  until: number // ms since the epoch
}

export interface Sending {
  /** Is it with the server already (a catch-up showed it)? */
  known: (id: string) => boolean
  upload: (file: Blob, name: string, progress: (share: number) => void) => Promise<SentFile>
  send: (entry: Entry, files: string[]) => Promise<Taken>
  taken: (entry: Entry, taken: Taken) => void
  /** Make sure that there is a visitor who may send; after a 401 with `lost`, another one. */
  greet: (lost: boolean) => Promise<void>
  progress: (id: string, share: number) => void
  changed: () => void
}

const PREFIX = 'q.'
let nth = 0

export class Queue {
  hold: Hold | null = null
  inFlight = '' // id of the entry that is being sent
  private pumping = false
  private tries = 0
  private resting: Pause | null = null
  private own = new Set<string>() // names of entries that only this page has
  private adding: Promise<unknown> = Promise.resolve()

  constructor(
    private readonly shelf: Shelf,
    private readonly blobs: Blobs,
    private readonly sending: Sending,
    private readonly leads: () => boolean,
  ) {}

  entries(): Entry[] {
    return this.shelf.names(PREFIX).flatMap((name) => this.shelf.get<Entry>(name) ?? [])
  }

  /** Queue a message, after those that were queued before it. It is stored, shown, and sent when its turn comes. */
  add(message: Omit<Entry, 'id' | 'name' | 'files'>, files: readonly File[]): Promise<Entry> {
    const added = this.adding.then(() => this.store(message, files))
    this.adding = added.catch(() => undefined) // who asked hears of it; the next one goes on
    return added
  }

  /** Try a refused message again, perhaps with another form. */
  retry(id: string, form?: FormValues): void {
    this.change(id, (entry) => ({ ...entry, refused: undefined, form: form ?? entry.form, files: unsent(entry.files) }))
    this.now()
  }

  /** Take a message out; it will not be sent. */
  drop(id: string): void {
    const entry = this.entries().find((one) => one.id === id)
    if (entry) this.forget(entry)
    this.sending.changed()
  }

  clear(): void {
    for (const entry of this.entries()) this.forget(entry)
    this.sending.changed()
  }

  /** Give what waits to another visitor, as when a token had expired: files sent up by the former one are sent again. */
  handOver(visitor: string): void {
    for (const entry of this.entries()) {
      if (entry.visitor !== visitor) this.change(entry.id, (one) => ({ ...one, visitor, files: unsent(one.files) }))
    }
  }

  /** Try at once: the network is back, the page is looked at again, somebody pressed the button. */
  now(): void {
    if (this.hold?.cause !== 'limited') {
      this.tries = 0
      this.resting?.cut()
    }
    void this.pump()
  }

  /** Send what waits until nothing does; the second caller finds the first one at it. */
  async pump(): Promise<void> {
    if (this.pumping) return
    this.pumping = true
    try {
      for (let entry = this.next(); entry; entry = this.next()) await this.attempt(entry)
    } finally {
      this.pumping = false
      this.rest(null)
    }
  }

  private async store(message: Omit<Entry, 'id' | 'name' | 'files'>, files: readonly File[]): Promise<Entry> {
    const id = newId()
    const name = `${PREFIX}${String(Date.now()).padStart(15, '0')}.${String((nth += 1)).padStart(5, '0')}.${id}`
    const kept: WaitingFile[] = []
    let lasting = true
    for (const file of files) {
      const key = newId()
      lasting = (await this.blobs.put(key, file)) && lasting
      kept.push({ key, name: file.name, type: file.type, size: file.size })
    }
    const entry: Entry = { ...message, id, name, files: kept }
    if (!this.shelf.set(name, entry) || !lasting) this.own.add(name)
    this.sending.changed()
    void this.pump()
    return entry
  }

  private next(): Entry | undefined {
    return this.entries().find((entry) => !entry.refused && (this.leads() || this.own.has(entry.name)))
  }

  private async attempt(entry: Entry): Promise<void> {
    this.inFlight = entry.id
    try {
      if (this.sending.known(entry.id)) return this.forget(entry)
      await this.sending.greet(false)
      const taken = await this.sending.send(entry, await this.sendFiles(entry))
      this.tries = 0
      this.rest(null)
      this.sending.taken(entry, taken)
      this.forget(entry)
    } catch (error) {
      await this.failed(entry, error)
    } finally {
      this.inFlight = ''
      this.sending.changed()
    }
  }

  private async sendFiles(entry: Entry): Promise<string[]> {
    const ids: string[] = []
    for (const file of entry.files) {
      if (!file.sent) {
        const bytes = await this.blobs.get(file.key)
        if (!bytes) throw new Problem('refused', 0, 'widget-file-lost', '', { file: file.name })
        this.sending.changed()
        file.sent = await this.sending.upload(bytes, file.name, (share) => this.sending.progress(entry.id, share))
        this.change(entry.id, (one) => ({ ...one, files: entry.files }))
      }
      ids.push(file.sent.id)
    }
    return ids
  }

  private async failed(entry: Entry, error: unknown): Promise<void> {
    if (!(error instanceof Problem)) throw error
    if (error.cause === 'refused') return this.refuse(entry, error)
    this.tries += 1
    const wait = error.cause === 'identity' && this.tries === 1 ? 0 : Math.max(error.waitMs, backOff(this.tries))
    this.inFlight = ''
    this.rest({ cause: error.cause, sentence: error.message, until: Date.now() + wait })
    if (error.cause === 'identity') await this.sending.greet(true).catch(() => undefined) // said again at the next try
    this.resting = pause(wait)
    await this.resting.over
    this.resting = null
  }

  private refuse(entry: Entry, problem: Problem): void {
    const told = Array.isArray(problem.values.fields) ? (problem.values.fields as { key?: string; name?: string; sentence?: string }[]) : []
    const fields = told.map((field) => ({ key: field.key ?? field.name ?? '', sentence: field.sentence ?? '' }))
    this.change(entry.id, (one) => ({ ...one, refused: { slug: problem.slug, sentence: problem.message, fields } }))
  }

  private change(id: string, action: (entry: Entry) => Entry): void {
    const entry = this.entries().find((one) => one.id === id)
    if (!entry) return // another page took it out
    this.shelf.set(entry.name, action(entry))
    this.sending.changed()
  }

  private forget(entry: Entry): void {
    this.shelf.remove(entry.name)
    this.own.delete(entry.name)
    for (const file of entry.files) void this.blobs.remove(file.key)
  }

  private rest(hold: Hold | null): void {
    if (this.hold === hold) return
    this.hold = hold
    this.sending.changed()
  }
}

function unsent(files: WaitingFile[]): WaitingFile[] {
  return files.map((file) => ({ ...file, sent: undefined }))
}
