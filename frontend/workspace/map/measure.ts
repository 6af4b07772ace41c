/** How wide is a text, and how does a long one fit on two lines? */

export type WidthOf = (text: string, size: number, weight?: number) => number

const WIDE = /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]/u
const NARROW = /[ iIjl.,:;|!'`()[\]]/
const BROAD = /[mwMW@%]/

/** Widths without a canvas (tests, old browsers): per character, in parts of the type size; errs to the wide side. */
export const tableWidth: WidthOf = (text, size, weight = 400) => {
  let units = 0
  for (const character of text) units += WIDE.test(character) ? 1 : NARROW.test(character) ? 0.34 : BROAD.test(character) ? 0.95 : 0.62
  return units * size * (weight >= 600 ? 1.06 : 1)
}

/** Widths as the browser draws them, remembered; the table where there is no canvas. */
export function canvasWidth(family: string): WidthOf {
  const context = typeof document === 'undefined' ? null : drawing()
  if (!context) return tableWidth
  const known = new Map<string, number>()
  return (text, size, weight = 400) => {
    const key = `${weight} ${size} ${text}`
    const before = known.get(key)
    if (before !== undefined) return before
    context.font = `${weight} ${size}px ${family}`
    const width = context.measureText(text).width
    known.set(key, width)
    return width
  }
}

function drawing(): CanvasRenderingContext2D | null {
  if (typeof CanvasRenderingContext2D === 'undefined') return null
  return document.createElement('canvas').getContext('2d')
}

export interface Wrapped {
  /** One or two lines. */
  lines: string[]
  /** True where the text did not fit: the whole stands in the title. */
  cut: boolean
}

const ELLIPSIS = '…'
/** Marks that do not begin a line of Chinese text. */
const NOT_FIRST = /^[，。、；：？！）】》」』”’％…·]/u

/** The text on one or two lines no wider than `room`; words stay whole where they can, Chinese breaks anywhere. */
export function wrap(text: string, room: number, size: number, widthOf: WidthOf, weight = 400): Wrapped {
  const fits = (line: string) => widthOf(line, size, weight) <= room
  if (fits(text)) return { lines: [text], cut: false }
  const pieces = breakable(text)
  let first = ''
  while (pieces.length && fits((first + pieces[0]).trimEnd())) first += pieces.shift()
  if (!first.trim()) return halves(text, fits)
  const rest = pieces.join('').trimStart()
  if (fits(rest)) return { lines: [first.trimEnd(), rest], cut: false }
  return { lines: [first.trimEnd(), shorten(rest, fits)], cut: true }
}

/** A text that has no place to break within the room: broken where the room ends. */
function halves(text: string, fits: (line: string) => boolean): Wrapped {
  const characters = [...text]
  let count = 1
  while (count < characters.length && fits(characters.slice(0, count + 1).join(''))) count += 1
  const rest = characters.slice(count).join('').trimStart()
  const lines = [characters.slice(0, count).join('').trimEnd(), fits(rest) ? rest : shorten(rest, fits)]
  return { lines, cut: !fits(rest) }
}

function shorten(text: string, fits: (line: string) => boolean): string {
  const characters = [...text]
  while (characters.length && !fits(characters.join('').trimEnd() + ELLIPSIS)) characters.pop()
  return characters.join('').trimEnd() + ELLIPSIS
}

/** The text in pieces between which a line may break: after spaces, `/`, `-`, `_`, `.`, and around Chinese characters. */
function breakable(text: string): string[] {
  const pieces: string[] = []
  for (const character of text) {
    const last = pieces[pieces.length - 1]
    if (last === undefined || (breaksBetween(last, character) && !NOT_FIRST.test(character))) pieces.push(character)
    else pieces[pieces.length - 1] = last + character
  }
  return pieces
}

function breaksBetween(before: string, next: string): boolean {
  return (/[\s/\-_.+]$/.test(before) && !/\s/.test(next)) || WIDE.test(next) || WIDE.test(before.slice(-1))
}
