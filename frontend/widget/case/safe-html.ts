/**
 * How is the HTML of a message shown? The server has made it safe; here it loses, besides, all that would not fit the
 * page: colours, sizes, pictures from elsewhere. What is not on the list goes, its words stay.
 */
const TAGS = new Set('A ABBR B BLOCKQUOTE BR CODE DD DEL DIV DL DT EM H1 H2 H3 H4 H5 H6 HR I IMG INS LI OL P PRE Q S SMALL SPAN STRONG SUB SUP TABLE TBODY TD TFOOT TH THEAD TR U UL'.split(' '))
const DROPPED = new Set('SCRIPT STYLE TEMPLATE IFRAME OBJECT EMBED SVG MATH NOSCRIPT TEXTAREA SELECT TITLE'.split(' '))
const LINK = /^(https?:|mailto:|tel:)/i
const PICTURE = '/api/v1/channels/case/files/'

/** Return nodes for the HTML of a message. */
export function safeHtml(html: string): Node[] {
  const read = new DOMParser().parseFromString(html, 'text/html') // runs no scripts, loads nothing
  return [...read.body.childNodes].flatMap(kept)
}

function kept(node: Node): Node[] {
  if (node.nodeType === Node.TEXT_NODE) return [document.createTextNode(node.textContent ?? '')]
  if (!(node instanceof HTMLElement) || DROPPED.has(node.tagName)) return []
  const inner = [...node.childNodes].flatMap(kept)
  if (!TAGS.has(node.tagName)) return inner
  if (node.tagName === 'IMG') return picture(node)
  const made = document.createElement(node.tagName)
  if (node.tagName === 'A') link(node, made)
  if (node.tagName === 'TD' || node.tagName === 'TH') span(node, made)
  made.append(...inner)
  return [made]
}

function link(from: HTMLElement, to: HTMLElement): void {
  const href = from.getAttribute('href') ?? ''
  if (!LINK.test(href)) return
  to.setAttribute('href', href)
  to.setAttribute('target', '_blank')
  to.setAttribute('rel', 'noopener noreferrer nofollow')
}

function span(from: HTMLElement, to: HTMLElement): void {
  for (const name of ['colspan', 'rowspan']) {
    const value = from.getAttribute(name)
    if (value && /^[1-9]\d{0,2}$/.test(value)) to.setAttribute(name, value)
  }
}

function picture(from: HTMLElement): Node[] {
  const [src, alt] = [from.getAttribute('src') ?? '', from.getAttribute('alt') ?? '']
  if (!src.startsWith(PICTURE)) return alt ? [document.createTextNode(alt)] : []
  const made = document.createElement('img')
  made.src = src
  made.alt = alt
  made.setAttribute('loading', 'lazy')
  return [made]
}
