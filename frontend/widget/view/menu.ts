/** What else can be done: transcript, end, forget, language, sound. A menu as WAI-ARIA describes it, by keys too. */
import { attr, h, icon, show, text } from '../kit/dom'
import { ICONS } from '../kit/icons'
import type { Seen } from '../core/seen'
import type { Key } from '../texts'
import type { Context, Part } from './context'
import type { Sheet } from './sheet'

export interface Menu extends Part {
  button: HTMLButtonElement
  close: () => boolean // was it open?
}

export function menu({ chat, say }: Context, sheet: Sheet): Menu {
  const choose = (action: () => void) => () => {
    set(false)
    action()
  }
  const item = (action: () => void) => h('button', { type: 'button', role: 'menuitem', tabindex: -1, onclick: choose(action) })
  const items: [HTMLButtonElement, (seen: Readonly<Seen>) => Key | null][] = [
    [item(() => sheet.transcript()), (seen) => (seen.config?.transcript && seen.state?.conversation ? 'menu.transcript' : null)],
    [item(() => void chat.speak(chat.seen.language === 'zh' ? 'en' : 'zh')), (seen) => ((seen.config?.languages.length ?? 2) > 1 ? 'menu.language' : null)],
    [item(() => chat.setSound(!chat.seen.sound)), (seen) => (seen.config?.rings ? (seen.sound ? 'menu.sound-off' : 'menu.sound-on') : null)],
    [item(() => sheet.end()), (seen) => (seen.state?.conversation && seen.state.conversation.status !== 'ended' ? 'menu.end' : null)],
    [item(() => sheet.forget()), (seen) => (seen.greeted ? 'menu.forget' : null)],
  ]
  const element = h('div', { class: 'menu', role: 'menu', id: 'menu', hidden: true, onkeydown: keys }, ...items.map(([entry]) => entry))
  const button = h('button', { class: 'btn icon', type: 'button', 'aria-haspopup': 'menu', 'aria-controls': 'menu', 'aria-expanded': 'false', onclick: () => set(button.getAttribute('aria-expanded') !== 'true') }, icon(ICONS.more))
  element.addEventListener('focusout', (event) => {
    const to = event.relatedTarget as Node | null
    if (to && !element.contains(to) && to !== button) set(false, false)
  })

  function set(open: boolean, back = true): void {
    if (element.hidden === !open) return
    show(element, open)
    attr(button, 'aria-expanded', String(open))
    if (open) shown()[0]?.focus()
    else if (back) button.focus()
  }

  function shown(): HTMLElement[] {
    return items.map(([entry]) => entry).filter((entry) => !entry.hidden)
  }

  function keys(event: KeyboardEvent): void {
    const all = shown()
    const at = all.indexOf((element.getRootNode() as ShadowRoot).activeElement as HTMLElement)
    const to: Record<string, number> = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }
    if (event.key === 'Tab') set(false)
    if (!(event.key in to)) return
    event.preventDefault()
    all.at((to[event.key] ?? 0) % all.length)?.focus()
  }

  return {
    element,
    button,
    close() {
      const open = !element.hidden
      set(false)
      return open
    },
    update(seen) {
      attr(button, 'aria-label', say('panel.menu'))
      attr(button, 'title', say('panel.menu'))
      attr(element, 'aria-label', say('panel.menu'))
      for (const [entry, keyOf] of items) {
        const key = keyOf(seen)
        show(entry, key !== null)
        if (key) text(entry, say(key))
        if (key === 'menu.language') attr(entry, 'lang', seen.language === 'zh' ? 'en' : 'zh-Hans')
      }
      show(button, shown().length > 0)
    },
  }
}
