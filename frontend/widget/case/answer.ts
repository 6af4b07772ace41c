/** Where the customer answers: several lines, files by button, paste and drop. What is half written outlives a reload. */
import type { Shelf } from '../core/storage'
import { attr, h, icon, show, text } from '../kit/dom'
import { size } from '../kit/format'
import { ICONS } from '../kit/icons'
import type { Context, Part } from './context'
import type { Limits } from './protocol'

const TELL_FROM = 0.9 // share of the longest text from which on it is told how much is left
const HIGHEST = 240 // px
const FIRST: Limits = { characters: 10_000, files: 10, megabytes: 25 }

export interface AnswerBox extends Part {
  add: (files: Iterable<File>) => void
}

export function answerBox({ desk, say, announce }: Context, tab: Shelf): AnswerBox {
  let files: File[] = []
  const area = h('textarea', { class: 'input', id: 'answer', rows: 1, 'aria-label': say('answer.label'), 'aria-describedby': 'left', oninput: written, onkeydown: keys, onpaste: pasted })
  const pick = h('input', { type: 'file', multiple: true, hidden: true, tabindex: -1, 'aria-hidden': 'true', onchange: picked })
  const attach = h('button', { class: 'btn icon', type: 'button', 'aria-label': say('answer.attach'), title: say('answer.attach'), onclick: () => pick.click() }, icon(ICONS.attach))
  const send = h('button', { class: 'btn main', type: 'submit' }, icon(ICONS.send, 18), h('span', {}, say('answer.send')))
  const [left, wrong, chosen] = [h('p', { class: 'hint', id: 'left', role: 'status' }), h('p', { class: 'wrong', role: 'alert' }), h('ul', { class: 'chosen' })]
  const element = h('form', { class: 'answer', onsubmit: submit }, chosen, wrong, left, h('div', { class: 'line' }, attach, area, send), pick)
  area.value = tab.get<string>('draft') ?? ''
  queueMicrotask(fit)

  function limits(): Limits {
    return desk.case?.limits ?? FIRST
  }

  function written(): void {
    tab.set('draft', area.value)
    fit()
    update()
  }

  function fit(): void {
    area.style.height = 'auto'
    if (area.scrollHeight) area.style.height = `${Math.min(area.scrollHeight + 2, HIGHEST)}px`
  }

  /** Ctrl or Command with Enter sends; Enter alone is a new line, as in a letter. */
  function keys(event: KeyboardEvent): void {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) submit(event)
  }

  function pasted(event: ClipboardEvent): void {
    const found = [...(event.clipboardData?.files ?? [])]
    if (!found.length) return
    event.preventDefault()
    add(found)
  }

  function picked(): void {
    add([...(pick.files ?? [])])
    pick.value = ''
    area.focus()
  }

  function add(found: Iterable<File>): void {
    text(wrong, '')
    for (const file of found) {
      if (file.size > limits().megabytes * 1_048_576) text(wrong, say('answer.large', { name: file.name, megabytes: limits().megabytes }))
      else if (file.size === 0) text(wrong, say('answer.empty', { name: file.name }))
      else if (files.length >= limits().files) text(wrong, say('answer.many', { n: limits().files }))
      else {
        files.push(file)
        announce(say('answer.added', { name: file.name }))
      }
    }
    drawChosen()
    update()
  }

  function drawChosen(): void {
    show(chosen, files.length > 0)
    chosen.replaceChildren(
      ...files.map((file) => h('li', {}, icon(ICONS.file, 16), h('span', { class: 'file-name' }, file.name), h('span', { class: 'hint' }, size(file.size)), h('button', { class: 'btn icon', type: 'button', 'aria-label': say('answer.remove', { name: file.name }), onclick: () => take(file) }, icon(ICONS.close, 14)))),
    )
  }

  function take(file: File): void {
    files = files.filter((one) => one !== file)
    drawChosen()
    update()
    area.focus()
  }

  function submit(event: Event): void {
    event.preventDefault()
    if (!sendable()) return
    const [words, sent] = [area.value.trim(), files]
    area.value = ''
    files = []
    tab.remove('draft')
    text(wrong, '')
    fit()
    drawChosen()
    void desk.write(words, sent)
    update()
    area.focus()
    requestAnimationFrame(() => scrollTo({ top: document.body.scrollHeight, behavior: 'smooth' }))
  }

  function over(): number {
    return [...area.value.trim()].length - limits().characters
  }

  function sendable(): boolean {
    return (area.value.trim() !== '' || files.length > 0) && over() <= 0
  }

  function update(): void {
    attr(area, 'placeholder', desk.case?.begins_new ? say('answer.new') : say('answer.placeholder'))
    const excess = over()
    text(left, excess > 0 ? say('answer.over', { n: excess }) : -excess < limits().characters * (1 - TELL_FROM) ? say('answer.left', { n: -excess }) : '')
    attr(left, 'class', excess > 0 ? 'wrong' : 'hint')
    for (const part of [left, wrong]) show(part, part.textContent !== '')
    attr(send, 'aria-disabled', sendable() ? null : 'true')
  }

  drawChosen()
  return { element, update, add }
}
