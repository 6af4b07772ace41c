/** How is what somebody wrote shown? As text, with its line breaks; addresses of pages and mail become links, nothing else does. */
import { h } from './dom'

export interface Piece {
  text: string
  href?: string
}

// An address ends before white space, quotes, angle brackets and full-width punctuation, which Chinese text sets right behind it.
const ADDRESS = /\b(?:https?:\/\/|www\.)[^\s<>"'`“”‘’（）()【】《》「」，。；：！？、]+|\b[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+\b/gi
const TRAILING = /[.,;:!?*_~]+$/

/** Part a text into plain and linked pieces; only http, https and mailto are ever linked. */
export function pieces(written: string): Piece[] {
  const found: Piece[] = []
  let at = 0
  for (const match of written.matchAll(ADDRESS)) {
    const shown = match[0].replace(TRAILING, '')
    const href = addressOf(shown)
    if (!href) continue
    if (match.index > at) found.push({ text: written.slice(at, match.index) })
    found.push({ text: shown, href })
    at = match.index + shown.length
  }
  if (at < written.length) found.push({ text: written.slice(at) })
  return found
}

/** Return nodes for a text. Links open apart, and tell the other side nothing of where they were clicked. */
export function safeText(written: string): Node[] {
  return pieces(written).map((piece) =>
    piece.href
      ? h('a', { href: piece.href, target: '_blank', rel: 'noopener noreferrer nofollow' }, piece.text)
      : document.createTextNode(piece.text),
  )
}

function addressOf(shown: string): string {
  if (/^[^/]+@/.test(shown) && !/^(https?:|www\.)/i.test(shown)) return `mailto:${shown}`
  try {
    const url = new URL(/^www\./i.test(shown) ? `https://${shown}` : shown)
    return ['http:', 'https:'].includes(url.protocol) ? url.href : ''
  } catch {
    return ''
  }
}
