/**
 * How does the widget hear at once? It reads Server-Sent Events with fetch, which can carry the visitor's token.
 *
 * 1. Open; when nothing is heard for 10 s (a proxy keeps the bytes back), or later for 35 s (three pings missed), break off.
 * 2. Come back after 1, 2, 4, ... 30 s. Whoever uses the stream asks by itself meanwhile (`live` says whether it must).
 * 3. On waking, a stream that has been silent is not trusted: it is opened anew at once.
 */
import { Problem } from '../kit/request'
import { parser, type StreamEvent } from './sse'
import { backOff, pause, type Pause } from './waiting'

export interface StreamOptions {
  open: (signal: AbortSignal) => Promise<Response>
  hear: (event: StreamEvent) => void
  live: (live: boolean) => void
  /** The server refused; resolves when it may be tried again, with false when never. */
  refused: (problem: Problem) => Promise<boolean>
}

const FIRST_MS = 10_000
const SILENCE_MS = 35_000
const DOUBTFUL_MS = 20_000
const TOO_MANY_MS = 300_000

export class Stream {
  private run = 0 // counts starts and stops: an older loop ends when it finds another number
  private running = false
  private opened: AbortController | null = null
  private resting: Pause | null = null
  private heardAt = 0
  private tries = 0
  private rest = 0 // ms that the server asked us to stay away

  constructor(private readonly options: StreamOptions) {}

  start(): void {
    if (this.running) return
    this.running = true
    void this.hold((this.run += 1))
  }

  stop(): void {
    if (!this.running) return
    this.running = false
    this.options.live(false)
    this.run += 1
    this.opened?.abort()
    this.resting?.cut()
  }

  /** The machine woke up, or the network came back. */
  wake(): void {
    this.tries = 0
    if (this.resting) this.resting.cut()
    else if (Date.now() - this.heardAt > DOUBTFUL_MS) this.opened?.abort()
  }

  private async hold(run: number): Promise<void> {
    while (this.run === run) {
      await this.once()
      if (this.run !== run) return
      this.options.live(false)
      if (!this.running) return
      this.tries += 1
      this.resting = pause(Math.max(this.rest, backOff(this.tries)))
      await this.resting.over
      this.resting = null
      this.rest = 0
    }
  }

  private async once(): Promise<void> {
    const controller = (this.opened = new AbortController())
    this.heardAt = Date.now()
    const watch = setInterval(() => this.watch(controller), 1000)
    this.firstHeard = false
    try {
      await this.read(await this.options.open(controller.signal))
    } catch (error) {
      if (!(error instanceof Problem)) return // broken off, by them or by us: we come back
      this.rest = error.waitMs
      if (!error.passes && !(await this.options.refused(error))) this.running = false
    } finally {
      clearInterval(watch)
      controller.abort()
    }
  }

  private firstHeard = false

  private watch(controller: AbortController): void {
    if (Date.now() - this.heardAt > (this.firstHeard ? SILENCE_MS : FIRST_MS)) controller.abort()
  }

  private async read(response: Response): Promise<void> {
    const reader = response.body?.getReader()
    if (!reader) return // a browser without streams asks instead
    const decoder = new TextDecoder()
    const take = parser()
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
      this.heardAt = Date.now()
      for (const event of take(decoder.decode(piece.value, { stream: true }))) await this.told(event)
    }
  }

  private async told(event: StreamEvent): Promise<void> {
    if (event.name === 'end') return this.ended(event)
    if (!this.firstHeard) this.options.live(true)
    this.firstHeard = true
    this.tries = 0
    this.options.hear(event)
  }

  private async ended(event: StreamEvent): Promise<void> {
    const reason = event.data.includes('too-many') ? 'too-many' : event.data.includes('no-such-site') ? 'no-such-site' : 'no-visitor'
    if (reason === 'too-many') this.rest = TOO_MANY_MS
    else throw reason === 'no-visitor' ? new Problem('identity', 401, '', '') : new Problem('refused', 404, 'channels_webchat-no-such-site', '')
  }
}
