/**
 * What was said? Messages of the current conversation by position, without holes, each once.
 *
 * The cursor is the position up to which everything was fetched; it moves only by fetching. What the page adds by itself
 * (its own message, just taken by the server) and what other pages tell is merged by id.
 */
import type { Message, MessagePage } from './protocol'

export interface Told {
  conversation: string | null
  after: number | null // the cursor of whoever fetched, before; null: from the newest ones
  items: Message[]
}

export class History {
  conversation: string | null = null
  messages: Message[] = []
  cursor: number | null = null // null: nothing was fetched yet
  earlier = false // may there be messages before the first one?

  constructor(
    private readonly fetchPage: (conversation: string | null, range: { after?: number; before?: number }) => Promise<MessagePage>,
    private readonly told: (news: Told) => void, // for other pages
    private readonly changed: (fresh: Message[], first: boolean) => void, // first: what was there before this page
  ) {}

  private running: Promise<void> | null = null
  private again = false

  /** Fetch what is new; calls while one runs are one more run. */
  catchUp(): Promise<void> {
    if (this.running) {
      this.again = true
      return this.running
    }
    this.running = this.run().finally(() => (this.running = null))
    return this.running
  }

  /** Fetch the page before the first message. */
  async backwards(): Promise<void> {
    const first = this.messages[0]
    if (!first || !this.conversation) return
    const of = this.conversation
    const page = await this.fetchPage(of, { before: first.position })
    if (this.conversation !== of || page.conversation !== of) return
    this.earlier = page.more
    this.merge(page.items, true)
  }

  /** Take what another page fetched; false when something lies between it and what is here: then catch up. */
  hear(news: Told): boolean {
    const follows = news.conversation === this.conversation && this.cursor !== null && news.after !== null && news.after <= this.cursor
    if (follows) this.take(news.items)
    return follows
  }

  /** Show a message of one's own that the server has just taken. */
  add(message: Message, conversation: string): void {
    if (this.conversation !== conversation) this.begin(conversation, 0)
    this.merge([message])
  }

  has(clientId: string): boolean {
    return this.messages.some((message) => message.client_id === clientId)
  }

  reset(): void {
    this.begin(null, null)
    this.earlier = false
    this.changed([], true)
  }

  private async run(): Promise<void> {
    do {
      this.again = false
      const asked = { conversation: this.conversation, cursor: this.cursor }
      const page = await this.fetchPage(asked.conversation, asked.cursor === null ? {} : { after: asked.cursor })
      if (asked.conversation !== this.conversation || asked.cursor !== this.cursor) this.again = true // it began anew meanwhile
      else this.receive(page)
      this.again ||= page.more && asked.cursor !== null // of the newest, `more` are those before
    } while (this.again)
  }

  private receive(page: MessagePage): void {
    const before = this.cursor
    if (page.conversation !== this.conversation) this.begin(page.conversation, 0)
    if (before === null) this.earlier = page.more
    this.told({ conversation: this.conversation, after: before, items: page.items })
    this.take(page.items, before === null)
    this.cursor ??= 0
  }

  private begin(conversation: string | null, cursor: number | null): void {
    this.conversation = conversation
    this.messages = []
    this.cursor = cursor
  }

  private take(items: Message[], first = false): void {
    this.cursor = Math.max(this.cursor ?? 0, ...items.map((item) => item.position))
    this.merge(items, first)
  }

  private merge(items: Message[], first = false): void {
    if (!items.length) return
    const known = new Map(this.messages.map((message) => [message.id, message]))
    const fresh = items.filter((item) => !known.has(item.id))
    for (const item of items) known.set(item.id, item)
    this.messages = [...known.values()].sort((one, other) => one.position - other.position)
    this.changed(fresh, first)
  }
}
