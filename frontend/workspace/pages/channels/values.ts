/** How does what was typed become a value, and a value something to read? */
import type { Field } from '@/api/channels'

/** One line each, without the empty ones and the same twice. */
export function linesOf(text: string): string[] {
  return [...new Set(text.split(/[\n,，;；]/).map((line) => line.trim()).filter(Boolean))]
}

/** A number, null where nothing was typed; what is no number stays as typed, for the server to refuse it in words. */
export function numberOf(text: string): number | string | null {
  if (!text.trim()) return null
  const value = Number(text)
  return Number.isFinite(value) ? value : text
}

/** A colour that the browser's picker can show; black for what is none. */
export function hexOf(text: string): string {
  const short = /^#([\da-f])([\da-f])([\da-f])$/i.exec(text)
  if (short) return `#${short.slice(1).map((digit) => digit + digit).join('')}`.toLowerCase()
  return /^#[\da-f]{6}$/i.test(text) ? text.toLowerCase() : '#000000'
}

export interface Words {
  yes: string
  no: string
  empty: string
  hidden: string
}

/** How a value reads in a sentence. A secret never does. */
export function readable(value: unknown, field: Field | null, words: Words): string {
  if (field?.kind === 'secret') return words.hidden
  if (typeof value === 'boolean') return value ? words.yes : words.no
  if (value === null || value === undefined || value === '' || (Array.isArray(value) && !value.length)) return words.empty
  const option = field?.options.find(({ code }) => code === value)
  return option ? option.name : Array.isArray(value) ? value.join(', ') : String(value)
}
