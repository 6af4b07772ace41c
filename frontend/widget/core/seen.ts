/** What does a page show? One record, changed in one place; whoever draws is told once for all changes of a moment. */
import type { Language } from '../kit/texts'
import type { Config, FormValues, Message, State } from './protocol'
import type { Entry, Hold } from './queue'

export interface Seen {
  config: Config | null
  gone: boolean // the site is removed or paused
  open: boolean
  language: Language
  theme: 'auto' | 'light' | 'dark'
  sound: boolean
  greeted: boolean // the server has said who the visitor is
  trouble: string // why the visitor cannot be greeted: the server's sentence
  state: State | null
  conversation: string | null
  messages: Message[]
  earlier: boolean // may there be older ones?
  outgoing: Entry[]
  inFlight: string // id of the entry that is being sent
  progress: number // of its files, 0 to 1
  hold: Hold | null
  typing: string // who of ours is typing; '' nobody
  offline: boolean
  unread: number
  told: string // what was just done, in the server's words
  form: FormValues | null // what the pre-chat form said, until a conversation runs
}

export type Listener = (seen: Readonly<Seen>) => void

export class Watched {
  private listeners = new Set<Listener>()
  private due = false

  constructor(readonly seen: Seen) {}

  change(patch: Partial<Seen>): void {
    Object.assign(this.seen, patch)
    if (this.due) return
    this.due = true
    queueMicrotask(() => {
      this.due = false
      for (const listener of this.listeners) listener(this.seen)
    })
  }

  listen(listener: Listener): void {
    this.listeners.add(listener)
    listener(this.seen)
  }
}
