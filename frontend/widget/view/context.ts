/** What does every part of the panel get? The conversation, words in the current language, and a way to say things aloud. */
import type { Chat } from '../core/chat'
import type { Seen } from '../core/seen'
import type { Say } from '../kit/texts'
import type { Key } from '../texts'

export interface Context {
  chat: Chat
  say: Say<Key> // in the language of the moment
  announce: (words: string) => void // to screen readers
}

/** A part of the panel: an element that follows what is seen. */
export interface Part {
  element: HTMLElement
  update: (seen: Readonly<Seen>) => void
}
