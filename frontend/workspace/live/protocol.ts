/** What runs over the live stream? The events of `/stream`, and what tabs of one browser tell each other. */
import type { LogProgress, LogState } from '@/api/types'

export interface LiveEvents {
  hello: { instance: string }
  journal: { id: string; seq: number; conversation: string; activity: string; occurred_at: string }
  log: { id: string; state: LogState | 'deleted'; progress: LogProgress | null }
  refresh: { events?: number } // too much at once, or too much missed: read again what is shown
}
export type LiveName = keyof LiveEvents
export const NAMES: readonly LiveName[] = ['hello', 'journal', 'log', 'refresh']

export type LiveState = 'idle' | 'connecting' | 'open' | 'waiting'

/** One event as it travels between tabs; `id` is the stream's id, where it has one. */
export interface Delivery {
  kind: 'event'
  name: LiveName
  id: string
  data: unknown
}
export type TabMessage = Delivery | { kind: 'state'; state: LiveState } | { kind: 'ask' }
