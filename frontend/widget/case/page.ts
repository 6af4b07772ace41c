/** The page: heading, how it stands, what was said, the answer box; or why there is nothing to see. */
import type { Shelf } from '../core/storage'
import { attr, h, icon, show, text } from '../kit/dom'
import { ICONS } from '../kit/icons'
import { answerBox } from './answer'
import type { Context, Part } from './context'
import { log } from './log'
import { standing } from './standing'
import { when } from './when'

export function page(context: Context, tab: Shelf, switchLanguage: () => void): Part {
  const { desk, say, language } = context
  const [number, subject, begun] = [h('p', { class: 'number' }), h('h1', { tabindex: -1 }), h('p', { class: 'quiet' })]
  const other = h('button', { class: 'link', type: 'button', lang: language === 'zh' ? 'en' : 'zh-Hans', onclick: switchLanguage }, say('page.language'))
  const note = h('p', { class: 'note warn', role: 'status' })
  const retry = h('button', { class: 'link', type: 'button', onclick: () => desk.wake() }, say('hold.retry'))
  const box = answerBox(context, tab)
  const parts = [standing(context), log(context), box]
  const loading = h('div', { class: 'loading', role: 'status', 'aria-label': say('page.loading') }, h('i', {}), h('i', {}), h('i', {}))
  const whole = h('div', { class: 'whole' }, parts[0]?.element, parts[1]?.element, h('p', { class: 'foot' }, icon(ICONS.alert, 14), say('foot.key')), h('div', { class: 'bottom' }, note, box.element))
  const nothing = gone(context)
  const veil = h('div', { class: 'drop', hidden: true }, say('answer.drop'))
  const head = h('header', {}, h('div', { class: 'top' }, number, other), subject, begun)
  const skip = h('a', { class: 'skip', href: '#answer' }, say('page.skip'))
  const element = h('div', { class: 'page' }, skip, head, h('main', {}, loading, whole, nothing.element), veil)
  dropping(element, veil, (files) => box.add(files))
  text(number, '\u00a0')

  function update(): void {
    const now = desk.case
    show(loading, !now && !desk.gone && !desk.fault)
    show(whole, now !== null && !desk.gone)
    for (const part of [skip, subject, begun]) show(part, now !== null && !desk.gone)
    nothing.update()
    if (!now || desk.gone) return
    text(number, [now.house, `#${now.number}`].filter(Boolean).join(' · '))
    text(subject, now.subject || say('page.title', { number: now.number }))
    text(begun, say('status.begun', { moment: when(now.created_at, language) }))
    document.title = `#${now.number} ${now.subject}`.trim()
    parts.forEach((part) => part.update())
    tell()
  }

  /** Say why something waits; quiet again as soon as it does not. */
  function tell(): void {
    const hold = desk.hold
    const offline = hold?.cause === 'network' || desk.fault?.cause === 'network'
    const words = offline ? say('offline.note') : hold ? hold.sentence || say('hold.server') : ''
    const before = note.dataset.words ?? ''
    if (words !== before) {
      note.dataset.words = words
      note.replaceChildren(...(words ? [words, ' ', retry] : []))
    }
    show(note, words !== '')
  }

  return { element, update }
}

function gone({ desk, say }: Context): Part {
  const [title, words] = [h('h1', {}), h('p', {})]
  const again = h('button', { class: 'btn', type: 'button', onclick: () => desk.wake() }, icon(ICONS.retry, 16), say('gone.retry'))
  const element = h('section', { class: 'gone', role: 'alert' }, icon(ICONS.mail, 32), title, words, again)
  return {
    element,
    update() {
      const fault = desk.gone ?? (desk.case ? null : desk.fault)
      show(element, fault !== null)
      if (!fault) return
      text(title, say('gone.title'))
      text(words, fault.cause === 'network' ? say('gone.offline') : fault.message || say('gone.broken'))
      show(again, desk.gone === null)
      attr(element, 'class', 'gone')
    },
  }
}

/** Let files be dropped anywhere on the page. */
function dropping(element: HTMLElement, veil: HTMLElement, add: (files: File[]) => void): void {
  const carries = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false
  element.addEventListener('dragover', (event) => {
    if (!carries(event)) return
    event.preventDefault()
    show(veil, true)
  })
  element.addEventListener('dragleave', (event) => {
    if (!element.contains(event.relatedTarget as Node | null)) show(veil, false)
  })
  element.addEventListener('drop', (event) => {
    if (!carries(event)) return
    event.preventDefault()
    show(veil, false)
    add([...(event.dataTransfer?.files ?? [])])
  })
}
