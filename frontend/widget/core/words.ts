/** What do the pages of one site in one browser say to each other? */
import type { Told } from './history'
import type { Session } from './session'
import type { Message, State } from './protocol'
import type { Hold } from './queue'

export type Word =
  | { kind: 'news'; news: Told } // the leader fetched messages
  | { kind: 'state'; state: State }
  | { kind: 'typing'; name: string }
  | { kind: 'own'; message: Message; conversation: string } // a message of the visitor was taken
  | { kind: 'queue'; inFlight: string; progress: number; hold: Hold | null } // something was added, sent or refused
  | { kind: 'go' } // send what waits, now
  | { kind: 'session'; session: Session | null; stranger: boolean } // another visitor, or nobody (forgotten)
  | { kind: 'language'; language: 'zh' | 'en' }
  | { kind: 'there?' }
  | { kind: 'here' } // only the leader says so
