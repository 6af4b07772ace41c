/** Puts the widget into a page: a host of its own, its shadow, styles, colours; follows theme, screen and keyboard. */
import type { Chat } from '../core/chat'
import type { Seen } from '../core/seen'
import type { Shelf } from '../core/storage'
import { attr, h, show, text } from '../kit/dom'
import { palette, parse, type Rgb } from '../kit/colour'
import partsCss from '../kit/parts.css?inline'
import tokensCss from '../kit/tokens.css?inline'
import { codeOf } from '../kit/texts'
import { sayIn, type Key } from '../texts'
import { changeInWords } from './aloud'
import type { Context } from './context'
import { launcher } from './launcher'
import { panel } from './panel'
import widgetCss from './widget.css?inline'

export interface Wishes {
  colour: string | null // of the script's tag; the site's own otherwise
  position: string | null
}

const PANELS: Record<'light' | 'dark', Rgb> = { light: [255, 255, 255], dark: [25, 31, 28] }
const PHONE = '(max-width: 480px)'

export function mount(chat: Chat, tab: Shelf, wishes: Wishes, stored: (key: string) => Promise<Blob | null>): HTMLElement {
  const host = document.createElement('servewell-chat')
  const shadow = host.attachShadow({ mode: 'open' })
  style(shadow)
  const spoken = h('div', { class: 'sr-only', role: 'status', 'aria-live': 'polite' })
  const root = h('div', { class: 'sw', hidden: true })
  const context: Context = {
    chat,
    say: (key: Key, values) => sayIn(chat.seen.language)(key, values),
    announce: (words) => text(spoken, words),
  }
  const phone = matchMedia(PHONE)
  const dark = matchMedia('(prefers-color-scheme: dark)')
  const button = launcher(context)
  const window_ = panel(context, tab, () => phone.matches, stored)
  root.append(button.element, window_.element, window_.overlay, spoken)
  shadow.append(root)
  document.body.append(host)

  let before: Seen | null = null
  const update = (seen: Readonly<Seen>) => {
    show(root, seen.config !== null && !seen.gone)
    attr(root, 'lang', codeOf(seen.language))
    dress(root, seen, wishes, dark.matches)
    button.update(seen)
    window_.update(seen)
    holdPage(seen.open && phone.matches)
    const said = before && changeInWords(before, seen, context.say)
    if (said) context.announce(said)
    if (before?.open && !seen.open) button.element.focus({ preventScroll: true })
    before = { ...seen }
  }
  chat.listen(update)
  for (const media of [phone, dark]) media.addEventListener('change', () => update(chat.seen))
  followKeyboard(root)
  return host
}

/** Styles by objects, which no content policy forbids; by an element in browsers that have none. */
function style(shadow: ShadowRoot): void {
  const css = tokensCss + partsCss + widgetCss
  try {
    const sheet = new CSSStyleSheet()
    sheet.replaceSync(css)
    shadow.adoptedStyleSheets = [sheet]
  } catch {
    shadow.append(h('style', {}, css))
  }
}

/** Theme, brand colour, corner. */
function dress(root: HTMLElement, seen: Readonly<Seen>, wishes: Wishes, prefersDark: boolean): void {
  const look = seen.config?.look
  const theme = seen.theme === 'auto' ? (look?.theme ?? 'auto') : seen.theme
  const shown = theme === 'auto' ? (prefersDark ? 'dark' : 'light') : theme
  attr(root, 'data-theme', shown)
  attr(root, 'data-position', wishes.position === 'left' || wishes.position === 'right' ? wishes.position : look?.position)
  const brand = parse(wishes.colour ?? '') ?? parse(look?.colour ?? '')
  for (const [name, value] of Object.entries(brand ? palette(brand, PANELS[shown]) : {})) root.style.setProperty(name, value)
  root.style.setProperty('--gap-x', `${look?.offset_x ?? 20}px`)
  root.style.setProperty('--gap-y', `${look?.offset_y ?? 20}px`)
}

/** On a telephone the panel covers the page: what lies below must not scroll. */
function holdPage(hold: boolean): void {
  const style = document.documentElement.style
  if (hold === (style.overflow === 'hidden')) return
  if (hold) style.overflow = 'hidden'
  else if (held) style.overflow = ''
  held = hold
}
let held = false

/** The keyboard of a telephone covers half of the page; the panel takes what is left. */
function followKeyboard(root: HTMLElement): void {
  const seen = window.visualViewport
  if (!seen) return
  const fit = () => {
    root.style.setProperty('--seen-height', `${seen.height}px`)
    root.style.setProperty('--seen-top', `${seen.offsetTop}px`)
  }
  seen.addEventListener('resize', fit)
  seen.addEventListener('scroll', fit)
  fit()
}
