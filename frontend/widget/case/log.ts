/** What was said, oldest first, by days; below it what waits to be sent. */
import type { Entry } from '../core/queue'
import { attr, h, icon, keyed, show, text, type Line } from '../kit/dom'
import { clock, day, dayKey, size } from '../kit/format'
import { ICONS } from '../kit/icons'
import { safeText } from '../kit/safe-text'
import type { Context, Part } from './context'
import type { CaseFile, Message } from './protocol'
import { safeHtml } from './safe-html'

const FEW = 4 // messages; more do not fit the screen below how it stands

type Row = { kind: 'day'; key: string; at: Date } | { kind: 'message'; key: string; message: Message } | { kind: 'entry'; key: string; entry: Entry }
const PICTURES = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'image/avif', 'image/bmp'])

export function log(context: Context): Part {
  const { desk, say } = context
  const earlier = h('button', { class: 'btn', type: 'button', onclick: () => void desk.showEarlier() }, say('log.earlier'))
  const newest = h('button', { class: 'btn', type: 'button', onclick: () => list.lastElementChild?.scrollIntoView({ block: 'center', behavior: 'smooth' }) }, icon(ICONS.down, 16), say('log.newest'))
  const list = h('ol', { class: 'log' })
  const rows = keyed<Row>(list, (row) => row.key, (row) => made(row, context))
  return {
    element: h('section', { 'aria-labelledby': 'log' }, h('h2', { id: 'log', class: 'sr-only' }, say('log.title')), h('div', { class: 'row middle' }, earlier, newest), list),
    update() {
      show(earlier, desk.hasMore)
      attr(earlier, 'aria-disabled', desk.busy ? 'true' : null)
      show(newest, desk.messages.length > FEW)
      rows(rowsOf(desk.messages, desk.waiting))
    },
  }
}

/** Return messages with the days they fall on, then what waits. */
export function rowsOf(messages: readonly Message[], waiting: readonly Entry[]): Row[] {
  const found: Row[] = []
  let before = ''
  for (const message of messages) {
    const at = new Date(message.at)
    const key = dayKey(at)
    if (key !== before) found.push({ kind: 'day', key: `day ${key}`, at })
    before = key
    found.push({ kind: 'message', key: message.client_id || message.id, message })
  }
  return [...found, ...waiting.map((entry): Row => ({ kind: 'entry', key: `waiting ${entry.id}`, entry }))]
}

function made(row: Row, context: Context): Line<Row> {
  if (row.kind === 'day') return dayLine(context)
  return row.kind === 'message' ? messageLine(context) : entryLine(context)
}

function dayLine({ language }: Context): Line<Row> {
  const words = h('span', {})
  return {
    element: h('li', { class: 'day' }, words),
    update(row) {
      if (row.kind === 'day') text(words, day(row.at, new Date(), language))
    },
  }
}

function messageLine(context: Context): Line<Row> {
  const { say, language } = context
  const [who, at, body] = [h('b', {}), h('time', {}), h('div', { class: 'words' })]
  const [files, wrong] = [h('ul', { class: 'files' }), h('p', { class: 'hint' }, say('log.undelivered'))]
  const element = h('li', { class: 'message' }, h('p', { class: 'head' }, who, ' ', at), body, files, wrong)
  let shown = ''
  return {
    element,
    update(row) {
      if (row.kind !== 'message') return
      const { message } = row
      attr(element, 'class', `message ${message.from}`)
      text(who, nameOf(message, context))
      text(at, clock(new Date(message.at), language))
      attr(at, 'datetime', message.at)
      show(wrong, message.failed)
      const mark = JSON.stringify([message.text, message.html, message.files])
      if (mark === shown) return
      shown = mark
      body.replaceChildren(...(message.html ? safeHtml(message.html) : safeText(message.text)))
      attr(body, 'class', message.html ? 'words rich' : 'words')
      show(body, message.text !== '' || message.html !== '')
      const beside = message.files.filter((one) => !one.in_text)
      show(files, beside.length > 0)
      files.replaceChildren(...beside.map((one) => h('li', {}, fileOf(one, context))))
    },
  }
}

function nameOf(message: Message, { say, desk }: Context): string {
  if (message.from === 'customer') return message.name && desk.messages.some((one) => one.from === 'customer' && one.name !== message.name) ? message.name : say('log.you')
  return message.name || (message.from === 'us' ? desk.case?.team || say('log.us') : say('log.system'))
}

function fileOf(file: CaseFile, { say }: Context): HTMLElement {
  const apart = { target: '_blank', rel: 'noopener noreferrer' }
  if (file.inline && PICTURES.has(file.media_type)) {
    const image = h('img', { src: file.url, alt: '', loading: 'lazy' })
    return h('a', { class: 'picture', href: `${file.url}&inline=1`, 'aria-label': say('log.picture', { name: file.name }), title: file.name, ...apart }, image)
  }
  const words = say('log.file', { name: file.name, size: size(file.size) })
  return h('a', { class: 'file', href: file.url, 'aria-label': words, download: file.name }, icon(ICONS.file, 20), h('span', { class: 'file-name' }, file.name), h('span', { class: 'hint' }, size(file.size)))
}

function entryLine({ desk, say }: Context): Line<Row> {
  const [body, files, state] = [h('div', { class: 'words' }), h('ul', { class: 'files' }), h('span', { class: 'state' })]
  const wrong = h('p', { class: 'wrong' })
  const id = { current: '' }
  const retry = h('button', { class: 'link', type: 'button', onclick: () => desk.queue.retry(id.current) }, say('failed.retry'))
  const drop = h('button', { class: 'link', type: 'button', onclick: () => desk.queue.drop(id.current) }, say('failed.drop'))
  const mend = h('p', { class: 'row' }, retry, drop)
  return {
    element: h('li', { class: 'message customer waiting' }, h('p', { class: 'head' }, h('b', {}, say('log.you')), ' ', state), body, files, wrong, mend),
    update(row) {
      if (row.kind !== 'entry') return
      const { entry } = row
      id.current = entry.id
      const going = desk.queue.inFlight === entry.id
      text(state, entry.refused ? say('mark.failed') : say(going ? 'mark.sending' : 'mark.waiting'))
      attr(state, 'class', entry.refused ? 'state bad' : 'state')
      text(wrong, entry.refused ? entry.refused.sentence || say('failed.unknown') : '')
      for (const part of [wrong, mend]) show(part, entry.refused !== undefined)
      if (!body.firstChild) body.replaceChildren(...safeText(entry.text))
      show(body, entry.text !== '')
      show(files, entry.files.length > 0)
      if (!files.firstChild) files.append(...entry.files.map((one) => h('li', {}, h('span', { class: 'file' }, icon(ICONS.file, 20), h('span', { class: 'file-name' }, one.name), h('span', { class: 'hint' }, size(one.size))))))
    },
  }
}
