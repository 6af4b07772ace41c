/** The customer's page: one conversation, opened by its link. */
import '../kit/tokens.css'
import '../kit/parts.css'
import './log.css'
import './answer.css'
import './case.css'

import { blobs } from '../core/blobs'
import { shelf } from '../core/storage'
import { h, text } from '../kit/dom'
import { codeOf, type Language } from '../kit/texts'
import { Client } from './client'
import { Desk } from './desk'
import { page } from './page'
import { firstLanguage, remember, sayIn } from './texts'

const path = location.pathname
const token = decodeURIComponent(path.split('/')[2] ?? '')
const place = `case.${markOf(token)}`
const aloud = h('div', { class: 'sr-only', 'aria-live': 'polite' })
const root = document.getElementById('case') ?? document.body
let language: Language = firstLanguage()
let update: () => void = () => undefined

const desk = new Desk({
  client: new Client(token, () => language),
  shelf: shelf(place, () => localStorage),
  blobs: blobs(place, () => indexedDB),
  path,
  changed: () => update(),
  told: (what) => text(aloud, sayIn(language)(`say.${what}`)),
  moved: (onward) => location.replace(onward + location.search),
})

function draw(): void {
  document.documentElement.lang = codeOf(language)
  const say = sayIn(language)
  const drawn = page({ desk, say, language, announce: (words) => text(aloud, words) }, shelf(place, () => sessionStorage), switchLanguage)
  root.replaceChildren(drawn.element, aloud)
  update = drawn.update
  update()
}

function switchLanguage(): void {
  language = language === 'zh' ? 'en' : 'zh'
  remember(language)
  draw()
  void desk.look() // the server's sentences, too
}

/** The page follows the system when that changes from light to dark. */
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', (event) => {
  document.documentElement.dataset.theme = event.matches ? 'dark' : 'light'
})

/** A name for what this browser keeps of a page, from which nobody makes its token. */
function markOf(words: string): string {
  let [one, other] = [0xdeadbeef, 0x41c6ce57]
  for (const letter of words) {
    const code = letter.codePointAt(0) ?? 0
    one = Math.imul(one ^ code, 2654435761)
    other = Math.imul(other ^ code, 1597334677)
  }
  return (one >>> 0).toString(36) + (other >>> 0).toString(36)
}

draw()
desk.start()
