/** What stands between the head and the messages: no connection, why nothing is sent, hours, queue, what was just done. */
import { attr, h, show, text } from '../kit/dom'
import { moment, roundMinutes } from '../kit/format'
import type { Say } from '../kit/texts'
import type { Seen } from '../core/seen'
import type { Key } from '../texts'
import type { Context, Part } from './context'

export function notices({ chat, say }: Context): Part {
  const trouble = h('p')
  const retry = h('button', { class: 'link', type: 'button', onclick: () => chat.retryNow() })
  const bad = h('div', { class: 'notice warn', role: 'status' }, trouble, retry)
  const hours = h('p', { class: 'notice' })
  const queue = h('p', { class: 'notice', role: 'status' })
  const done = h('p', { class: 'notice', role: 'status' })
  const element = h('div', { class: 'notices' }, bad, hours, queue, done)
  return {
    element,
    update(seen) {
      const words = troubleOf(seen, say, Date.now())
      text(trouble, words)
      show(bad, words !== '')
      text(retry, say('hold.retry'))
      show(retry, seen.outgoing.some((entry) => !entry.refused) && seen.hold?.cause !== 'limited')
      const away = seen.config && !seen.config.hours.open
      put(hours, away ? hoursOf(seen, say) : '')
      put(queue, queueOf(seen, say))
      put(done, seen.told)
      attr(element, 'data-any', Boolean(words || away))
    },
  }
}

function put(element: HTMLElement, words: string): void {
  text(element, words)
  show(element, words !== '')
}

/** Why does nothing get through? */
export function troubleOf(seen: Readonly<Seen>, say: Say<Key>, now: number): string {
  if (seen.hold?.cause === 'limited' && seen.hold.until > now) return seen.hold.sentence || say('hold.limited', { n: Math.ceil((seen.hold.until - now) / 1000) })
  if (seen.offline || seen.hold?.cause === 'network') return say('offline.note')
  if (seen.hold) return say('hold.server')
  if (seen.config?.identity === 'required' && seen.state?.visitor.identified !== true && !seen.offline) return say('identity.needed')
  return seen.trouble
}

/** When are they back? In the zone of the visitor, and what to do until then. */
export function hoursOf(seen: Readonly<Seen>, say: Say<Key>, now = new Date(), zone?: string): string {
  const { hours, texts } = seen.config ?? {}
  if (!hours || hours.open) return ''
  const back = hours.opens_at ? say('hours.opens', { moment: lower(moment(new Date(hours.opens_at), now, seen.language, zone), seen.language) }) : ''
  const then = hours.takes_messages ? say('hours.write') : back && say('hours.no')
  return [texts?.away, back, texts?.away ? '' : then].filter(Boolean).join(seen.language === 'zh' ? '' : ' ')
}

/** How long will it take? */
export function queueOf(seen: Readonly<Seen>, say: Say<Key>): string {
  const queue = seen.state?.queue
  if (!queue || seen.state?.conversation?.status !== 'waiting' || !seen.config?.hours.open) return ''
  if (seen.messages.at(-1)?.from === 'agent') return '' // answered already, if by nobody's own conversation
  const where = queue.ahead === 0 ? say('queue.next') : say('queue.ahead', { n: queue.ahead })
  const wait = queue.wait_s === null || queue.ahead === 0 ? '' : say('queue.wait', { n: roundMinutes(queue.wait_s) })
  return seen.language === 'zh' ? where + wait : `${where} ${wait}`.trim()
}

function lower(words: string, language: string): string {
  return language === 'en' && /^(Today|Tomorrow|Yesterday)/.test(words) ? words.charAt(0).toLowerCase() + words.slice(1) : words
}
