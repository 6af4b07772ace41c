/** The button in the corner: opens the panel, shows how much is unread. */
import { attr, h, icon, show, text } from '../kit/dom'
import { ICONS } from '../kit/icons'
import type { Context, Part } from './context'

export function launcher({ chat, say }: Context): Part {
  const badge = h('span', { class: 'badge', 'aria-hidden': 'true' })
  const element = h(
    'button',
    { class: 'launcher', type: 'button', 'aria-haspopup': 'dialog', onclick: () => (chat.seen.open ? chat.close() : chat.open()) },
    icon(ICONS.chat, 26),
    icon(ICONS.down, 26),
    badge,
  )
  return {
    element,
    update(seen) {
      const label = seen.open ? say('panel.close') : seen.unread ? say('launcher.unread', { n: seen.unread }) : say('launcher.open')
      attr(element, 'aria-label', label)
      attr(element, 'title', label)
      attr(element, 'aria-expanded', String(seen.open))
      text(badge, seen.unread > 99 ? '99+' : String(seen.unread))
      show(badge, seen.unread > 0 && !seen.open)
    },
  }
}
