/** The window of the chat: puts the parts together, keeps the newest message in sight, says changes aloud, answers keys. */
import type { Seen } from '../core/seen'
import type { Shelf } from '../core/storage'
import { attr, h, icon, show, text } from '../kit/dom'
import { ICONS } from '../kit/icons'
import { composer } from './composer'
import type { Context, Part } from './context'
import { holdFocus } from './focus'
import { asking, preChat } from './form'
import { header } from './header'
import { lightbox } from './lightbox'
import { menu } from './menu'
import { messages } from './messages'
import { notices } from './notices'
import { sheet } from './sheet'

export interface Panel extends Part {
  overlay: HTMLElement // beside the panel: it covers the page
}

const NEAR_PX = 80 // so near to the end, new messages are followed

export function panel(context: Context, tab: Shelf, phone: () => boolean, stored: (key: string) => Promise<Blob | null>): Panel {
  const { chat, say } = context
  const box = composer(context, tab, stored)
  const questions = sheet(context, () => box.focus())
  const more = menu(context, questions)
  const head = header(context, more)
  const notes = notices(context)
  const pictures = lightbox(context)
  const log = messages(context, { edit: (entry) => void box.edit(entry), picture: pictures.open })
  const form = preChat(context, () => box.focus())
  const greeting = h('p', { class: 'greeting' })
  const privacy = h('p', { class: 'privacy hint' })
  const typing = h('p', { class: 'typing', 'aria-live': 'off' })
  const dots = h('span', { class: 'dots', 'aria-hidden': 'true' }, h('i'), h('i'), h('i'))
  const typist = h('span')
  typing.append(dots, typist)
  const body = h('div', { class: 'body', onscroll: () => show(newest, !near()) }, greeting, log.element, form.element, privacy, typing)
  const newest = h('button', { class: 'btn icon newest', type: 'button', hidden: true, onclick: () => follow() }, icon(ICONS.down))
  const drop = h('p', { class: 'drop', hidden: true, 'aria-hidden': 'true' })
  const foot = h('div', { class: 'foot' }, questions.element, box.element)
  const element = h('section', { class: 'panel', role: 'dialog', 'aria-labelledby': 'title', tabindex: -1, hidden: true }, head.element, more.element, notes.element, h('div', { class: 'middle' }, body, newest, drop), foot)
  element.addEventListener('keydown', keys)
  element.addEventListener('click', (event) => void (!(event.target as Element).closest('.menu, [aria-haspopup]') && more.close()))
  dropping(element, drop, box.attach)

  let last: { open: boolean; messages: unknown; outgoing: readonly unknown[]; typing: string; form: boolean } | null = null

  function near(): boolean {
    return body.scrollHeight - body.scrollTop - body.clientHeight < NEAR_PX
  }

  function follow(): void {
    body.scrollTop = body.scrollHeight
  }

  function keys(event: KeyboardEvent): void {
    if (phone()) holdFocus(event, element)
    if (event.key !== 'Escape' || event.isComposing) return
    event.stopPropagation()
    if (!more.close() && !questions.close()) chat.close()
  }

  function update(seen: Readonly<Seen>): void {
    const followed = near()
    for (const part of [head, notes, log, form, box, questions]) part.update(seen)
    const asks = asking(seen).length > 0
    text(greeting, seen.config?.texts.greeting || say('panel.greeting'))
    show(greeting, seen.config !== null && seen.messages.length === 0)
    drawPrivacy(seen)
    show(privacy, seen.messages.length === 0 && seen.config !== null)
    text(typist, seen.typing ? say('typing.who', { name: seen.typing }) : '')
    show(typing, seen.typing !== '')
    show(box.element, !asks && mayWrite(seen))
    attr(newest, 'aria-label', say('log.newest'))
    text(drop, say('composer.drop'))
    attr(element, 'aria-modal', phone() ? 'true' : 'false')
    show(element, seen.open)
    const now = { open: seen.open, messages: seen.messages, outgoing: seen.outgoing, typing: seen.typing, form: asks }
    settle(now, followed)
    last = now
  }

  function settle(now: NonNullable<typeof last>, followed: boolean): void {
    if (now.open && !last?.open) {
      follow()
      if (last) enter(now.form)
      return
    }
    const before = last
    if (!before) return
    if (now.outgoing.length > before.outgoing.length) return follow() // one's own word
    if (followed && !now.form && (before.messages !== now.messages || before.typing !== now.typing)) follow()
  }

  function enter(form: boolean): void {
    if (form) element.querySelector<HTMLElement>('.pre-chat .input')?.focus()
    else if (box.element.hidden) element.focus()
    else box.focus()
  }

  function drawPrivacy(seen: Readonly<Seen>): void {
    const { texts } = seen.config ?? {}
    const words = texts?.privacy || say('privacy.default')
    if (privacy.dataset.words === words + say('privacy.link')) return
    privacy.dataset.words = words + say('privacy.link')
    const safe = /^https?:\/\//.test(texts?.privacy_url ?? '')
    privacy.replaceChildren(words, ...(safe ? [' ', h('a', { href: texts?.privacy_url, target: '_blank', rel: 'noopener' }, say('privacy.link'))] : []))
  }

  return { element, overlay: pictures.element, update }
}

/** May the visitor write now? Not without the identity that a site wants, nor while it takes no messages. */
export function mayWrite(seen: Readonly<Seen>): boolean {
  const { config, state } = seen
  if (!config) return false
  if (config.identity === 'required' && !state?.visitor.identified) return false
  const runs = state?.conversation && state.conversation.status !== 'ended'
  return config.hours.open || config.hours.takes_messages || Boolean(runs)
}

function dropping(element: HTMLElement, sign: HTMLElement, take: (files: Iterable<File>) => void): void {
  let depth = 0
  const set = (change: number) => {
    depth = Math.max(0, depth + change)
    show(sign, depth > 0)
  }
  const withFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') === true
  element.addEventListener('dragenter', (event) => withFiles(event) && set(1))
  element.addEventListener('dragleave', (event) => withFiles(event) && set(-1))
  element.addEventListener('dragover', (event) => withFiles(event) && event.preventDefault())
  element.addEventListener('drop', (event) => {
    if (!withFiles(event)) return
    event.preventDefault()
    set(-depth)
    take(event.dataTransfer?.files ?? [])
  })
}
