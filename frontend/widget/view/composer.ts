/** Where the visitor writes: several lines, files by button, paste, drop and camera, what is left of the length. */
import type { Entry } from '../core/queue'
import type { Seen } from '../core/seen'
import type { Shelf } from '../core/storage'
import { attr, h, icon, show, text } from '../kit/dom'
import { size } from '../kit/format'
import { ICONS } from '../kit/icons'
import type { Context, Part } from './context'

export interface Composer extends Part {
  focus: () => void
  attach: (files: Iterable<File>) => void
  edit: (entry: Entry) => Promise<void>
}

const TELL_FROM = 0.9 // share of the longest text from which on it is told how much is left

export function composer({ chat, say, announce }: Context, tab: Shelf, stored: (key: string) => Promise<Blob | null>): Composer {
  let files: File[] = []
  const area = h('textarea', { class: 'input', id: 'text', rows: 1, 'aria-describedby': 'left', oninput: written, onkeydown: keys, onpaste: pasted, enterkeyhint: 'send' })
  const pick = h('input', { type: 'file', multiple: true, hidden: true, tabindex: -1, onchange: () => picked(pick) })
  const shoot = h('input', { type: 'file', accept: 'image/*', capture: 'environment', hidden: true, tabindex: -1, onchange: () => picked(shoot) })
  const attach = h('button', { class: 'btn icon', type: 'button', onclick: () => pick.click() }, icon(ICONS.attach))
  const camera = h('button', { class: 'btn icon camera', type: 'button', onclick: () => shoot.click() }, icon(ICONS.camera))
  const send = h('button', { class: 'btn main icon', type: 'submit' }, icon(ICONS.send))
  const left = h('p', { class: 'hint', id: 'left', role: 'status' })
  const wrong = h('p', { class: 'wrong', role: 'alert' })
  const chosen = h('ul', { class: 'chosen' })
  const element = h('form', { class: 'composer', onsubmit: submit }, chosen, wrong, left, h('div', { class: 'line' }, attach, camera, area, send), pick, shoot)
  area.value = tab.get<string>('draft') ?? ''

  function written(): void {
    tab.set('draft', area.value)
    chat.typing(area.value.trim())
    fit()
    update(chat.seen)
  }

  /** As high as the text, up to five lines. */
  function fit(): void {
    area.style.height = 'auto'
    area.style.height = `${Math.min(area.scrollHeight + 2, 132)}px`
  }

  function keys(event: KeyboardEvent): void {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing || event.keyCode === 229) return // 229: an input method takes the key
    event.preventDefault()
    submit(event)
  }

  function pasted(event: ClipboardEvent): void {
    const found = [...(event.clipboardData?.files ?? [])]
    if (!found.length) return
    event.preventDefault()
    add(found)
  }

  function picked(input: HTMLInputElement): void {
    add([...(input.files ?? [])])
    input.value = ''
    area.focus()
  }

  function add(found: Iterable<File>): void {
    const limits = chat.seen.config?.files
    if (!limits?.allowed) return
    text(wrong, '')
    for (const file of found) {
      if (file.size > limits.megabytes * 1_048_576) text(wrong, say('composer.large', { name: file.name, megabytes: limits.megabytes }))
      else if (file.size === 0) text(wrong, say('composer.empty', { name: file.name }))
      else if (files.length >= limits.most) text(wrong, say('composer.many', { n: limits.most }))
      else {
        files.push(named(file))
        announce(say('say.attached', { name: file.name }))
      }
    }
    drawChosen()
    update(chat.seen)
  }

  function drawChosen(): void {
    show(chosen, files.length > 0)
    chosen.replaceChildren(
      ...files.map((file) =>
        h('li', {}, icon(ICONS.file, 16), h('span', { class: 'file-name' }, file.name), h('span', { class: 'hint' }, size(file.size)), h('button', { class: 'btn icon', type: 'button', 'aria-label': say('composer.remove', { name: file.name }), onclick: () => take(file) }, icon(ICONS.close, 14))),
      ),
    )
  }

  function take(file: File): void {
    files = files.filter((one) => one !== file)
    drawChosen()
    update(chat.seen)
    area.focus()
  }

  function submit(event: Event): void {
    event.preventDefault()
    if (!sendable(chat.seen)) return
    const [words, sent] = [area.value.trim(), files]
    area.value = ''
    files = []
    tab.remove('draft')
    fit()
    drawChosen()
    void chat.write(words, sent)
    update(chat.seen)
    area.focus()
  }

  function over(seen: Readonly<Seen>): number {
    return [...area.value.trim()].length - (seen.config?.limits.characters ?? 4000)
  }

  function sendable(seen: Readonly<Seen>): boolean {
    return (area.value.trim() !== '' || files.length > 0) && over(seen) <= 0
  }

  function update(seen: Readonly<Seen>): void {
    const may = seen.config?.files.allowed === true
    for (const button of [attach, camera]) show(button, may)
    attr(area, 'placeholder', seen.state?.conversation?.status === 'ended' ? say('composer.new') : say('composer.placeholder'))
    for (const [part, words] of [[area, say('composer.label')], [attach, say('composer.attach')], [camera, say('composer.camera')], [send, say('composer.send')]] as const) {
      attr(part, 'aria-label', words)
      if (part !== area) attr(part, 'title', words)
    }
    const most = seen.config?.limits.characters ?? 4000
    const excess = over(seen)
    text(left, excess > 0 ? say('composer.over', { n: excess }) : -excess < most * (1 - TELL_FROM) ? say('composer.left', { n: -excess }) : '')
    attr(left, 'class', excess > 0 ? 'wrong' : 'hint')
    show(left, left.textContent !== '')
    show(wrong, wrong.textContent !== '')
    attr(send, 'aria-disabled', sendable(seen) ? null : 'true')
  }

  drawChosen()
  return {
    element,
    update,
    focus() {
      fit()
      area.focus({ preventScroll: true })
    },
    attach: add,
    async edit(entry) {
      const back = await Promise.all(entry.files.map(async (file) => ({ file, bytes: await stored(file.key) })))
      area.value = [entry.text, area.value].filter(Boolean).join('\n')
      chat.drop(entry.id)
      add(back.flatMap(({ file, bytes }) => (bytes ? new File([bytes], file.name, { type: file.type }) : [])))
      written()
      area.focus()
    },
  }
}

/** A pasted picture is called image.png by every browser: give it a name that tells when. */
function named(file: File): File {
  if (file.name !== 'image.png') return file
  const at = new Date().toISOString().slice(0, 19).replace('T', '-').replaceAll(':', '')
  return new File([file], `picture-${at}.png`, { type: file.type })
}
