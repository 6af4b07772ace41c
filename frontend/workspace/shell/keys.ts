/**
 * What can be done by key? One registry: pages add their keys while they are shown, `?` lists them all.
 *
 * A combination is written `?`, `Escape`, `mod+k` (Ctrl, or ⌘ on a Mac), or a sequence `g p`.
 */
import { onScopeDispose, shallowReactive } from 'vue'

export interface KeyAction {
  keys: string
  says: string // key of the text
  group?: 'go' | 'all' | 'page' // where the help lists it; `page` unless told
  inFields?: boolean // works while typing, too
  run: (event: KeyboardEvent) => unknown
}

const SEQUENCE_MS = 1200
export const actions = shallowReactive(new Set<KeyAction>())
let pending = ''
let pendingUntil = 0

/** Register keys for as long as the calling component (or effect scope) lives. */
export function useKeys(list: KeyAction[]): void {
  for (const action of list) actions.add(action)
  onScopeDispose(() => {
    for (const action of list) actions.delete(action)
  })
}

/** Begin to listen; returns how to stop. */
export function listen(target: Window = window): () => void {
  target.addEventListener('keydown', press)
  return () => target.removeEventListener('keydown', press)
}

/** Find and run what a key press means. */
export function press(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing || event.repeat) return
  const pressed = nameOf(event)
  const sequence = performance.now() < pendingUntil ? `${pending} ${pressed}` : pressed
  const action = find(sequence, event) ?? find(pressed, event)
  pending = ''
  if (action) {
    event.preventDefault()
    action.run(event)
  } else if (startsSequence(pressed) && !isTyping(event)) {
    pending = pressed
    pendingUntil = performance.now() + SEQUENCE_MS
  }
}

/** How the keys of a combination are labelled: `mod+k` → ['⌘', 'K'] or ['Ctrl', 'K']; `g p` → ['G', 'P']. */
export function labels(keys: string): string[] {
  const names: Record<string, string> = { mod: isMac() ? '⌘' : 'Ctrl', Escape: 'Esc', ArrowUp: '↑', ArrowDown: '↓', Enter: '↵' }
  return keys.split(/[ +](?=.)/).map((key) => names[key] ?? (key.length === 1 ? key.toUpperCase() : key))
}

/** Is it a sequence, pressed one after another, rather than together? */
export const isSequence = (keys: string) => keys.includes(' ')

function find(combination: string, event: KeyboardEvent): KeyAction | undefined {
  const fitting = [...actions].filter((action) => action.keys === combination && (action.inFields || !isTyping(event)))
  // The youngest wins: what a page registered goes before the shell's. Behind a dialog nothing runs, and Esc is its own.
  return document.querySelector('dialog[open]') ? undefined : fitting.at(-1)
}

function startsSequence(pressed: string): boolean {
  return [...actions].some((action) => action.keys.startsWith(`${pressed} `))
}

function nameOf(event: KeyboardEvent): string {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key
  if (event.altKey) return `alt+${key}`
  return event.metaKey || event.ctrlKey ? `mod+${key}` : key
}

function isTyping(event: KeyboardEvent): boolean {
  const target = event.target
  if (!(target instanceof HTMLElement)) return false
  if (target instanceof HTMLInputElement) return !['checkbox', 'radio', 'button', 'range', 'file'].includes(target.type)
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement || target.isContentEditable
}

function isMac(): boolean {
  return /mac|iphone|ipad/i.test(navigator.userAgent)
}
