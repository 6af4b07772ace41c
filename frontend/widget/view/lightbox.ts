/** A picture over the whole page: Escape or a click beside it closes, the keyboard stays inside. */
import { attr, h, icon, show } from '../kit/dom'
import { ICONS } from '../kit/icons'
import { holdFocus } from './focus'
import type { Context } from './context'
import { draw, save } from './files'

export interface Lightbox {
  element: HTMLElement
  open: (name: string, bytes: Blob) => void
  close: () => boolean // was it open?
}

export function lightbox({ say }: Context): Lightbox {
  let shown: { name: string; bytes: Blob; before: HTMLElement | null } | null = null
  const stage = h('div', { class: 'stage' })
  const keep = h('button', { class: 'btn icon', type: 'button', onclick: () => shown && save(shown.name, shown.bytes) }, icon(ICONS.download, 24))
  const leave = h('button', { class: 'btn icon', type: 'button', onclick: () => close() }, icon(ICONS.close, 24))
  const element = h('div', { class: 'lightbox', role: 'dialog', 'aria-modal': 'true', hidden: true, onclick: (event: Event) => void ((event.target === element || event.target === stage) && close()) }, stage, h('div', { class: 'tools' }, keep, leave))
  element.addEventListener('keydown', (event) => {
    holdFocus(event, element)
    if (event.key === 'Escape') close()
  })

  function open(name: string, bytes: Blob): void {
    shown = { name, bytes, before: (element.getRootNode() as ShadowRoot).activeElement as HTMLElement | null }
    attr(element, 'aria-label', say('picture.label', { name }))
    for (const [button, words] of [[keep, say('picture.save')], [leave, say('picture.close')]] as const) {
      attr(button, 'aria-label', words)
      attr(button, 'title', words)
    }
    show(element, true)
    void draw(bytes, 2400).then((canvas) => {
      attr(canvas, 'role', 'img')
      attr(canvas, 'aria-label', name)
      stage.replaceChildren(canvas)
    })
    leave.focus()
  }

  function close(): boolean {
    if (!shown) return false
    shown.before?.focus()
    shown = null
    stage.replaceChildren()
    show(element, false)
    return true
  }

  return { element, open, close }
}
