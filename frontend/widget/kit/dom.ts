/** How is a page made without a framework? Elements in one line each, lists that keep their elements, marks drawn as SVG. */
type Child = Node | string | null | undefined | false
type Listener = (event: never) => void
export type Props = Record<string, string | number | boolean | null | undefined | Listener>

/**
 * Make an element: `h('button', { class: 'btn', onclick: send, disabled: busy }, 'Send')`.
 *
 * Functions are listeners, true sets a bare attribute, false and null leave it out. Text is always text, never markup.
 */
export function h<Tag extends keyof HTMLElementTagNameMap>(tag: Tag, props: Props = {}, ...children: Child[]): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(props)) {
    if (typeof value === 'function') element.addEventListener(name.slice(2), value as unknown as EventListener)
    else attr(element, name, value)
  }
  element.append(...children.filter((child): child is Node | string => Boolean(child)))
  return element
}

/** Set an attribute, or take it away (false, null); untouched where nothing changes. */
export function attr(element: Element, name: string, value: string | number | boolean | null | undefined): void {
  const wanted = value === true ? '' : value === false || value === null || value === undefined ? null : String(value)
  if (element.getAttribute(name) === wanted) return
  if (wanted === null) element.removeAttribute(name)
  else element.setAttribute(name, wanted)
}

/** Set the text of an element; untouched where nothing changes, so that live regions stay quiet. */
export function text(element: Element, words: string): void {
  if (element.textContent !== words) element.textContent = words
}

/** Show or hide. */
export function show(element: HTMLElement, visible: boolean): void {
  if (element.hidden === visible) element.hidden = !visible
}

/** What a keyed list remembers of one line. */
export interface Line<Item> {
  element: HTMLElement
  update: (item: Item) => void
}

/** Return a function that makes the children of `parent` follow a list: kept by key, moved only where the order changed. */
export function keyed<Item>(parent: HTMLElement, key: (item: Item) => string, make: (item: Item) => Line<Item>): (items: readonly Item[]) => void {
  let lines = new Map<string, Line<Item>>()
  return (items) => {
    const kept = new Map<string, Line<Item>>()
    let before: ChildNode | null = parent.firstChild
    for (const item of items) {
      const line = lines.get(key(item)) ?? make(item)
      kept.set(key(item), line)
      line.update(item)
      if (line.element === before) before = before.nextSibling
      else parent.insertBefore(line.element, before)
    }
    for (const [name, line] of lines) if (!kept.has(name)) line.element.remove()
    lines = kept
  }
}

/** Draw a mark: one or more paths on a 24 × 24 ground, in the colour of the text. It says nothing to screen readers. */
export function icon(paths: string, size = 20): SVGSVGElement {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg')
  const attributes = { viewBox: '0 0 24 24', width: size, height: size, fill: 'none', stroke: 'currentColor', 'stroke-width': 1.8, 'stroke-linecap': 'round', 'stroke-linejoin': 'round', 'aria-hidden': 'true', focusable: 'false' }
  for (const [name, value] of Object.entries(attributes)) svg.setAttribute(name, String(value))
  const path = document.createElementNS('http://www.w3.org/2000/svg', 'path')
  path.setAttribute('d', paths)
  svg.append(path)
  return svg
}
