/** How does the map leave the page? As an SVG that stands alone, or as a PNG of twice the size. */
import type { Size } from './layout'

/** What of the computed style the drawing needs; everything else comes from the shapes themselves. */
const STYLES = [
  'fill',
  'stroke',
  'stroke-width',
  'stroke-dasharray',
  'stroke-linecap',
  'opacity',
  'font-family',
  'font-size',
  'font-weight',
  'text-anchor',
  'display',
] as const
const SVG = 'http://www.w3.org/2000/svg'
const MARGIN = 24
const HEAD = 56

export interface Captions {
  /** The finding, as in the page's title. */
  title: string
  /** What is shown: log, cases, period, measure and its range. */
  subtitle: string
}

export interface Paint {
  paper: string
  ink: string
  faint: string
  font: string
}

type StyleOf = (element: Element) => Pick<CSSStyleDeclaration, 'getPropertyValue'>

/**
 * The drawing as text of an SVG file: styles written out, no variables, no classes, whole map in sight.
 *
 * @param svg the element on the page, whose `.viewport` holds the drawing in its own coordinates
 */
export function standalone(
  svg: SVGSVGElement,
  size: Size,
  captions: Captions,
  paint: Paint,
  styleOf: StyleOf = (element) => getComputedStyle(element),
): string {
  const source = svg.querySelector('.viewport') ?? svg
  const drawing = source.cloneNode(true) as Element
  writeStyles(source, drawing, styleOf)
  drawing.querySelectorAll('.hit').forEach((element) => element.remove())
  strip(drawing)
  drawing.setAttribute('transform', `translate(${MARGIN} ${MARGIN + HEAD})`)
  const whole = sheet(size, paint)
  whole.append(...head(captions, paint), drawing)
  return `<?xml version="1.0" encoding="UTF-8"?>\n${new XMLSerializer().serializeToString(whole)}\n`
}

/** How large the exported picture is, in pixels at normal size. */
export function pictureSize(size: Size): Size {
  return { width: Math.ceil(Math.max(480, size.width) + 2 * MARGIN), height: Math.ceil(size.height + 2 * MARGIN + HEAD) }
}

const MOST_PIXELS = 16_384

/** The text of an SVG file as a PNG, `scale` times its size where the browser's canvas allows. */
export async function png(svg: string, size: Size, scale = 2): Promise<Blob> {
  const real = pictureSize(size)
  const factor = Math.min(scale, MOST_PIXELS / Math.max(real.width, real.height))
  const image = await loaded(`data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`)
  const canvas = document.createElement('canvas')
  canvas.width = Math.floor(real.width * factor)
  canvas.height = Math.floor(real.height * factor)
  const context = canvas.getContext('2d')
  if (!context) throw new Error('no canvas')
  context.drawImage(image, 0, 0, canvas.width, canvas.height)
  return new Promise((resolve, reject) => canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('no picture'))), 'image/png'))
}

/** Hands a file to the browser's downloads. */
export function download(content: Blob, name: string): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(content)
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000)
}

/** A name that every file system takes: `客服日志 map` → `客服日志-map.svg`. */
export function fileName(words: string[], ending: string): string {
  const name = words.join(' ').replace(/[\\/:*?"<>|\s\u0000-\u001f]+/g, '-').replace(/^-+|-+$/g, '')
  return `${name.slice(0, 120) || 'map'}.${ending}`
}

function sheet(size: Size, paint: Paint): SVGSVGElement {
  const { width, height } = pictureSize(size)
  const whole = make('svg', { width, height, viewBox: `0 0 ${width} ${height}` }) as SVGSVGElement
  whole.append(make('rect', { width, height, fill: paint.paper }))
  return whole
}

function head(captions: Captions, paint: Paint): Element[] {
  const line = (text: string, y: number, size: number, weight: number, fill: string) => {
    const element = make('text', { x: MARGIN, y, 'font-size': size, 'font-weight': weight, 'font-family': paint.font, fill })
    element.textContent = text
    return element
  }
  return [line(captions.title, MARGIN + 14, 16, 650, paint.ink), line(captions.subtitle, MARGIN + 36, 12, 400, paint.faint)]
}

function make(name: string, attributes: Record<string, string | number>): Element {
  const element = document.createElementNS(SVG, name)
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value))
  return element
}

function writeStyles(from: Element, to: Element, styleOf: StyleOf): void {
  const style = styleOf(from)
  const text = STYLES.map((name) => [name, style.getPropertyValue(name)] as const)
    .filter(([name, value]) => value !== '' && !(name === 'display' && value !== 'none'))
    .map(([name, value]) => `${name}:${value}`)
    .join(';')
  to.setAttribute('style', text)
  Array.from(from.children).forEach((child, i) => writeStyles(child, to.children[i] as Element, styleOf))
}

/** Only what draws stays: no classes, roles or handles of the page. */
function strip(element: Element): void {
  for (const { name } of Array.from(element.attributes)) {
    if (name === 'class' || name === 'role' || name === 'tabindex' || /^(aria-|data-)/.test(name)) element.removeAttribute(name)
  }
  for (const child of Array.from(element.children)) strip(child)
}

function loaded(source: string): Promise<HTMLImageElement> {
  return new Promise((resolve, reject) => {
    const image = new Image()
    image.onload = () => resolve(image)
    image.onerror = () => reject(new Error('the picture could not be drawn'))
    image.src = source
  })
}
