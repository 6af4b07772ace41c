/** The demonstration's shop: two languages, a basket that counts, and buttons that open the chat as any shop's would. */
import { h } from '../kit/dom'
import { codeOf, languageOf, type Language } from '../kit/texts'
import { GOODS, picture } from './goods'
import { en, zh } from './texts'

type Key = keyof typeof zh
type Chat = ((...said: unknown[]) => void) & { q?: unknown[][] }

// The chat may come later than this page: until then its calls are kept (docs/guide/en/webchat.md).
const page = window as unknown as { Servewell?: Chat }
page.Servewell ??= Object.assign((...said: unknown[]) => void (page.Servewell?.q ?? []).push(said), { q: [] as unknown[][] })
const chat: Chat = (...said) => page.Servewell?.(...said)

let language: Language = languageOf(document.documentElement.lang, navigator.languages)
const say = (key: Key) => (language === 'zh' ? zh : en)[key]

function draw(): void {
  document.documentElement.lang = codeOf(language)
  document.title = say('name')
  for (const element of document.querySelectorAll<HTMLElement>('[data-text]')) element.textContent = say(element.dataset.text as Key)
  document.querySelector('#list')?.replaceChildren(...GOODS.map(card))
}

function card({ code, price }: (typeof GOODS)[number]): HTMLElement {
  const add = h('button', { class: 'button', type: 'button', onclick: () => void (add.textContent = say('goods.added')) }, say('goods.add'))
  const ask = h('button', { class: 'button plain', type: 'button', onclick: () => chat('open') }, say('goods.ask'))
  const cost = new Intl.NumberFormat(codeOf(language), { style: 'currency', currency: 'CNY', maximumFractionDigits: 0 }).format(price)
  return h('li', {}, picture(code), h('h3', {}, say(`${code}.name`)), h('p', {}, say(`${code}.words`)), h('p', { class: 'price' }, cost), h('p', { class: 'row' }, add, ask))
}

for (const button of document.querySelectorAll('[data-ask]')) button.addEventListener('click', () => chat('open'))
document.querySelector('#language')?.addEventListener('click', () => {
  language = language === 'zh' ? 'en' : 'zh'
  draw()
  chat('lang', codeOf(language))
})
draw()
chat('theme', document.documentElement.dataset.theme)
