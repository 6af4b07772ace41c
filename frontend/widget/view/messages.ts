/** What was said, by day, and below it what is still to be sent. */
import type { Entry } from '../core/queue'
import type { Message } from '../core/protocol'
import type { Seen } from '../core/seen'
import { attr, h, icon, keyed, show, text, type Line } from '../kit/dom'
import { clock, day, dayKey } from '../kit/format'
import { ICONS } from '../kit/icons'
import { safeText } from '../kit/safe-text'
import type { Key } from '../texts'
import type { Context, Part } from './context'
import { fileView, waitingFile } from './files'

export type Row =
  | { kind: 'day'; key: string; at: Date }
  | { kind: 'message'; key: string; message: Message; first: boolean; last: boolean }
  | { kind: 'waiting'; key: string; entry: Entry }

const TOGETHER_MS = 300_000 // messages of one person within five minutes are one block

export interface MessagesOptions {
  edit: (entry: Entry) => void
  picture: (name: string, bytes: Blob) => void
}

export function messages(context: Context, options: MessagesOptions): Part {
  const { chat, say } = context
  const earlier = h('button', { class: 'link earlier', type: 'button', onclick: () => void chat.earlier() })
  const list = h('ol', { class: 'log' })
  const region = h('div', { role: 'log', 'aria-live': 'polite', 'aria-relevant': 'additions', tabindex: 0 }, list)
  const waiting = h('ol', { class: 'log' }) // told by its marks, not read out twice
  const [lines, waitingLines] = [list, waiting].map((parent) => keyed<Row>(parent, (row) => row.key, (row) => lineOf(row))) as [(rows: readonly Row[]) => void, (rows: readonly Row[]) => void]
  const element = h('div', { class: 'messages' }, earlier, region, waiting)

  function lineOf(row: Row): Line<Row> {
    if (row.kind === 'day') return dayLine(context)
    return row.kind === 'message' ? messageLine(context, row.message, options) : waitingLine(context, row.entry, options)
  }

  return {
    element,
    update(seen) {
      attr(region, 'aria-label', say('log.label'))
      text(earlier, say('log.earlier'))
      show(earlier, seen.earlier)
      const all = rows(seen)
      const cut = all.findIndex((row, nth) => row.kind === 'waiting' || (row.kind === 'day' && all[nth + 1]?.kind === 'waiting'))
      const sent = cut < 0 ? all : all.slice(0, cut)
      const unsent = cut < 0 ? [] : all.slice(cut)
      for (const [parent, rows] of [[region, sent], [waiting, unsent]] as const) show(parent, rows.length > 0)
      attr(waiting, 'aria-label', say('mark.waiting'))
      lines(sent)
      waitingLines(unsent)
    },
  }
}

/** The lines of the log: a heading for each day, messages, then what waits (unless the server has it already). */
export function rows(seen: Readonly<Pick<Seen, 'messages' | 'outgoing'>>): Row[] {
  const found: Row[] = []
  let today = ''
  const under = (at: Date) => {
    const key = dayKey(at)
    if (key !== today) found.push({ kind: 'day', key: `day ${key}`, at })
    today = key
  }
  const known = new Set<string>()
  seen.messages.forEach((message, nth) => {
    under(new Date(message.at))
    if (message.client_id) known.add(message.client_id)
    const [before, after] = [seen.messages[nth - 1], seen.messages[nth + 1]]
    const key = message.client_id || message.id // the line of a message that waited becomes that of the one that was sent
    found.push({ kind: 'message', key: `m ${key}`, message, first: !together(before, message), last: !together(message, after) })
  })
  for (const entry of seen.outgoing) {
    if (known.has(entry.id)) continue
    under(new Date(entry.wrote_at))
    found.push({ kind: 'waiting', key: `w ${entry.id}`, entry })
  }
  return found
}

function together(one: Message | undefined, other: Message | undefined): boolean {
  if (!one || !other || one.from !== other.from || one.name !== other.name || one.from === 'system') return false
  return Date.parse(other.at) - Date.parse(one.at) < TOGETHER_MS && dayKey(new Date(one.at)) === dayKey(new Date(other.at))
}

function dayLine({ chat }: Context): Line<Row> {
  const words = h('span')
  return {
    element: h('li', { class: 'day' }, words),
    update: (row) => row.kind === 'day' && text(words, day(row.at, new Date(), chat.seen.language)),
  }
}

function messageLine(context: Context, message: Message, options: MessagesOptions): Line<Row> {
  const { chat, say } = context
  const name = h('span', { class: message.from === 'visitor' ? 'sr-only' : 'name' })
  const time = h('time', { datetime: message.at })
  const mark = h('span', { class: 'mark' })
  const meta = h('span', { class: 'meta' }, time, mark)
  const words = message.text ? h('div', { class: 'bubble' }, ...safeText(message.text)) : null
  const files = message.files.map((file) => fileView(context, file, options.picture))
  const element = h('li', { class: `message ${message.from}` }, name, words, ...files.map((file) => file.element), meta)
  return {
    element,
    update(row) {
      if (row.kind !== 'message') return
      text(name, row.message.from === 'visitor' ? say('log.you') : row.message.name)
      attr(name, 'class', row.message.from === 'agent' && row.first ? 'name' : 'sr-only')
      text(time, clock(new Date(row.message.at), chat.seen.language))
      const stays = row.last || row.message.position === lastOwn(chat.seen.messages)
      show(meta, stays && row.message.from !== 'system')
      attr(element, 'data-last', row.last)
      files.forEach((file, nth) => row.message.files[nth] && file.update(row.message.files[nth]))
      if (row.message.from === 'visitor') setMark(mark, markOf(row.message, chat.seen), say)
    },
  }
}

function lastOwn(all: readonly Message[]): number {
  return all.findLast((message) => message.from === 'visitor')?.position ?? -1
}

/** How far did an own message get? */
export function markOf(message: Message, seen: Readonly<Pick<Seen, 'state' | 'conversation'>>): 'read' | 'delivered' | 'sent' {
  const same = seen.state?.conversation?.id === seen.conversation
  if (same && (seen.state?.read.agents ?? 0) >= message.position) return 'read'
  return message.delivery === 'delivered' ? 'delivered' : 'sent'
}

function setMark(element: HTMLElement, mark: 'read' | 'delivered' | 'sent' | 'waiting' | 'sending' | 'failed', say: Context['say'], words = say(`mark.${mark}`)): void {
  if (element.dataset.mark !== mark) {
    element.dataset.mark = mark
    const marks = { read: ICONS.ticks, delivered: ICONS.ticks, sent: ICONS.tick, waiting: ICONS.clock, sending: ICONS.clock, failed: ICONS.alert }
    element.replaceChildren(icon(marks[mark], 14), h('span'))
  }
  text(element.lastElementChild as HTMLElement, words)
}

function waitingLine(context: Context, entry: Entry, options: MessagesOptions): Line<Row> {
  const { chat, say } = context
  const mark = h('span', { class: 'mark' })
  const why = h('span', { class: 'wrong' })
  const again = h('button', { class: 'link', type: 'button', onclick: () => chat.retry(entry.id) })
  const edit = h('button', { class: 'link', type: 'button', onclick: () => options.edit(entry) })
  const drop = h('button', { class: 'link', type: 'button', onclick: () => chat.drop(entry.id) })
  const failed = h('span', { class: 'failed' }, why, h('span', { class: 'row' }, again, edit, drop))
  const words = entry.text ? h('div', { class: 'bubble' }, ...safeText(entry.text)) : null
  const element = h('li', { class: 'message visitor waiting' }, h('span', { class: 'sr-only' }, say('log.you')), words, ...entry.files.map(waitingFile), h('span', { class: 'meta' }, mark), failed)
  return {
    element,
    update(row) {
      if (row.kind !== 'waiting') return
      const { refused, files } = row.entry
      const sending = chat.seen.inFlight === entry.id
      const percent = sending && files.length && chat.seen.progress ? Math.round(chat.seen.progress * 100) : 0
      setMark(mark, refused ? 'failed' : sending ? 'sending' : 'waiting', say, percent ? say('mark.uploading', { percent }) : undefined)
      attr(element, 'data-failed', Boolean(refused))
      show(failed, Boolean(refused))
      if (refused) text(why, whyOf(row.entry, say))
      for (const [button, key] of [[again, 'failed.retry'], [edit, 'failed.edit'], [drop, 'failed.drop']] as [HTMLElement, Key][]) text(button, say(key))
    },
  }
}

function whyOf({ refused, files }: Entry, say: Context['say']): string {
  if (refused?.slug === 'widget-file-lost') return say('failed.file-lost', { file: files[0]?.name ?? '' })
  return refused?.sentence || say('failed.unknown')
}
