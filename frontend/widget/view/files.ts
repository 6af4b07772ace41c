/**
 * Pictures and files of messages. A picture is drawn on a canvas from its bytes: a page whose policy allows no foreign
 * images (and no `blob:`) shows it all the same.
 */
import type { SentFile } from '../core/protocol'
import type { WaitingFile } from '../core/queue'
import { attr, h, icon } from '../kit/dom'
import { size } from '../kit/format'
import { ICONS } from '../kit/icons'
import { Problem } from '../kit/request'
import type { Context } from './context'

const PICTURES = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'image/avif', 'image/bmp'])
const WIDEST = 480 // px of the drawn preview

export function fileView(context: Context, first: SentFile, open: (name: string, bytes: Blob) => void): { element: HTMLElement; update: (file: SentFile) => void } {
  let file = first // its address is renewed with every fetch of the messages
  const element = h('div', { class: 'file' })
  if (PICTURES.has(first.media_type)) void picture(context, () => file, element, open)
  else element.append(download(context, () => file))
  return {
    element,
    update(fresh) {
      file = fresh
    },
  }
}

async function picture(context: Context, file: () => SentFile, into: HTMLElement, open: (name: string, bytes: Blob) => void): Promise<void> {
  attr(into, 'class', 'file picture')
  try {
    const bytes = await context.chat.client.bytes(file().url)
    const canvas = await draw(bytes, WIDEST)
    const words = context.say('file.open', { name: file().name })
    into.replaceChildren(h('button', { type: 'button', class: 'thumb', 'aria-label': words, title: file().name, onclick: () => open(file().name, bytes) }, canvas))
  } catch {
    attr(into, 'class', 'file') // not to be loaded or not to be drawn: it can still be asked for
    into.replaceChildren(download(context, file))
  }
}

/** Draw a picture, at most so wide (px). */
export async function draw(bytes: Blob, widest: number): Promise<HTMLCanvasElement> {
  const bitmap = await createImageBitmap(bytes)
  const share = Math.min(1, widest / bitmap.width)
  const canvas = h('canvas', { width: Math.max(1, Math.round(bitmap.width * share)), height: Math.max(1, Math.round(bitmap.height * share)) })
  canvas.getContext('2d')?.drawImage(bitmap, 0, 0, canvas.width, canvas.height)
  bitmap.close()
  return canvas
}

function download({ chat, say }: Context, file: () => SentFile): HTMLElement {
  const { name, size: bytes } = file()
  const words = h('span', { class: 'size' }, size(bytes))
  const get = async () => {
    try {
      save(name, await chat.client.bytes(file().url))
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      words.textContent = error.message || say('file.gone')
    }
  }
  return h('button', { type: 'button', class: 'card', 'aria-label': say('file.download', { name, size: size(bytes) }), onclick: () => void get() }, icon(ICONS.file, 22), h('span', { class: 'file-name' }, name, words), icon(ICONS.download, 18))
}

/** Give bytes to the browser's downloads. */
export function save(name: string, bytes: Blob): void {
  const url = URL.createObjectURL(bytes)
  h('a', { href: url, download: name }).click()
  setTimeout(() => URL.revokeObjectURL(url), 60_000)
}

export function waitingFile(file: WaitingFile): HTMLElement {
  return h('div', { class: 'file' }, h('span', { class: 'card' }, icon(ICONS.file, 22), h('span', { class: 'file-name' }, file.name, h('span', { class: 'size' }, size(file.size)))))
}
