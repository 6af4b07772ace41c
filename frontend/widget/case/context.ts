/** What every part of the page is given. */
import type { Language } from '../kit/texts'
import type { Desk } from './desk'
import type { SayCase } from './texts'

export interface Context {
  desk: Desk
  say: SayCase
  language: Language
  announce: (words: string) => void // to screen readers
}

export interface Part {
  element: HTMLElement
  update: () => void
}
