/** Where does the keyboard go inside a part that covers the rest? */
const FOCUSABLE = 'button, [href], input, select, textarea, [tabindex="0"]'

export function focusables(within: HTMLElement): HTMLElement[] {
  return [...within.querySelectorAll<HTMLElement>(FOCUSABLE)].filter((one) => !one.hasAttribute('disabled') && one.getClientRects().length > 0)
}

/** Keep Tab inside: from the last to the first, and back. */
export function holdFocus(event: KeyboardEvent, within: HTMLElement): void {
  if (event.key !== 'Tab') return
  const all = focusables(within)
  const active = (within.getRootNode() as ShadowRoot).activeElement
  const end = event.shiftKey ? all[0] : all.at(-1)
  if (active !== end) return
  event.preventDefault()
  ;(event.shiftKey ? all.at(-1) : all[0])?.focus()
}
