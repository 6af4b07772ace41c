/** The head of the panel: whose chat it is, whether they are there, who answers; the menu. */
import { attr, h, icon, show, text } from '../kit/dom'
import { ICONS } from '../kit/icons'
import type { Say } from '../kit/texts'
import type { Seen } from '../core/seen'
import type { Key } from '../texts'
import type { Context, Part } from './context'
import type { Menu } from './menu'

export function header({ chat, say }: Context, menu: Menu): Part {
  const title = h('h2', { id: 'title' })
  const dot = h('span', { class: 'dot', 'aria-hidden': 'true' })
  const words = h('span')
  const close = h('button', { class: 'btn icon', type: 'button', onclick: () => chat.close() }, icon(ICONS.close))
  const element = h('header', {}, h('div', { class: 'who' }, title, h('p', { class: 'status' }, dot, words)), menu.button, close)
  return {
    element,
    update(seen) {
      text(title, seen.config?.texts.title || seen.config?.name || say('panel.title'))
      text(words, statusOf(seen, say))
      attr(dot, 'data-on', seen.config?.hours.open === true)
      show(dot, Boolean(seen.config))
      attr(close, 'aria-label', say('panel.close'))
      attr(close, 'title', say('panel.close'))
      menu.update(seen)
    },
  }
}

/** Who is there for the visitor, in a few words. */
export function statusOf(seen: Readonly<Seen>, say: Say<Key>): string {
  const conversation = seen.state?.conversation
  if (conversation?.status === 'ended') return say('status.ended')
  if (conversation?.agent) return say('status.agent', { name: conversation.agent.name })
  if (!seen.config) return say('panel.loading')
  if (!seen.config.hours.open) return say('status.closed')
  return conversation?.status === 'waiting' ? say('status.waiting') : say('status.open')
}
