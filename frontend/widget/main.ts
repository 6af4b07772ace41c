/**
 * The way in: reads the script's own tag, starts the chat, and answers `Servewell(...)`.
 *
 * A page that calls before this file is there keeps its calls in `Servewell.q` (docs/guide/en/webchat.md); they are made
 * up for here.
 */
import { Chat, type ChatEvent } from './core/chat'
import { blobs } from './core/blobs'
import { shelf } from './core/storage'
import { languageOf } from './kit/texts'
import { mount } from './view/mount'
import { ring } from './view/sound'

type Command = (...said: unknown[]) => void
type Stub = Command & { q?: ArrayLike<unknown>[]; started?: boolean }

declare global {
  interface Window {
    Servewell?: Stub
  }
}

function start(tag: HTMLScriptElement): void {
  const { site, lang, theme, colour, color, position, identity } = tag.dataset
  if (!site || window.Servewell?.started) return
  const waiting = window.Servewell?.q ?? []
  const local = shelf(site, () => localStorage)
  const tab = shelf(site, () => sessionStorage)
  const files = blobs(site, () => (local.lasting ? indexedDB : undefined))
  const handlers = new Map<string, Set<(detail: unknown) => void>>()
  const emit = (event: ChatEvent, detail: unknown) => {
    if (event === 'message' && chat.seen.sound && (detail as { from: string }).from === 'agent') ring()
    for (const handler of handlers.get(event) ?? []) handler(detail)
  }
  const wish = local.get<string>('language') ?? (lang && lang !== 'auto' ? lang : document.documentElement.lang || 'auto')
  const chat: Chat = new Chat(
    {
      origin: new URL(tag.src).origin,
      site,
      shelf: local,
      tab,
      blobs: files,
      locks: navigator.locks ?? null,
      storage: local.lasting ? localStorage : null,
      page: () => ({ url: location.href.split('#')[0] ?? '', title: document.title.slice(0, 300), referrer: document.referrer }),
      visible: () => document.visibilityState === 'visible',
    },
    {
      config: null, gone: false, open: tab.get<boolean>('open') === true, language: languageOf(wish, navigator.languages), theme: themeOf(theme),
      sound: local.get<boolean>('sound') === true, greeted: false, trouble: '', state: null, conversation: null, messages: [], earlier: false,
      outgoing: [], inFlight: '', progress: 0, hold: null, typing: '', offline: !navigator.onLine, unread: 0, told: '', form: tab.get('form'),
    },
    emit,
  )

  const commands: Record<string, Command> = {
    open: () => chat.open(),
    close: () => chat.close(),
    toggle: () => (chat.seen.open ? chat.close() : chat.open()),
    identify: (token) => void chat.identify(typeof token === 'string' && token ? token : null),
    lang: (wanted) => void chat.speak(languageOf(String(wanted), navigator.languages)),
    theme: (wanted) => chat.change({ theme: themeOf(String(wanted)) }),
    on: (event, handler) => {
      if (typeof handler !== 'function') return
      const all = handlers.get(String(event)) ?? new Set()
      handlers.set(String(event), all.add(handler as (detail: unknown) => void))
      if (event === 'ready' && chat.seen.config) handler(null)
    },
    off: (event, handler) => void handlers.get(String(event))?.delete(handler as (detail: unknown) => void),
  }
  const answer: Stub = (name, ...said) => commands[String(name)]?.(...said)
  answer.started = true
  window.Servewell = answer

  const calls = [...waiting].map((call) => [...Array.from(call)])
  const named = calls.findLast((call) => call[0] === 'identify')
  for (const call of calls) if (call[0] !== 'identify') answer(...call)
  const asked = named ? (typeof named[1] === 'string' ? named[1] : null) : identity
  mount(chat, tab, { colour: colour ?? color ?? null, position: position ?? null }, files.get)
  listen(chat)
  void chat.start(asked)
}

function listen(chat: Chat): void {
  addEventListener('online', () => chat.wake())
  addEventListener('offline', () => chat.change({ offline: true }))
  addEventListener('pageshow', (event) => event.persisted && chat.wake())
  document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && chat.wake())
}

function themeOf(wish: string | undefined): 'auto' | 'light' | 'dark' {
  return wish === 'light' || wish === 'dark' ? wish : 'auto'
}

const tag = document.currentScript
if (tag instanceof HTMLScriptElement) {
  if (document.body) start(tag)
  else addEventListener('DOMContentLoaded', () => start(tag))
}
