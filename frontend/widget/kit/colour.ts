/**
 * Which ink reads on any brand colour? WCAG 2.1 relative luminance and contrast ratio; a colour that does not
 * reach 4.5:1 on its ground is moved towards black or white until it does.
 */
export type Rgb = readonly [number, number, number]

const WHITE: Rgb = [255, 255, 255]
const BLACK: Rgb = [0, 0, 0]
const READABLE = 4.5

/** Read `#0c715d`, `#0c7` or `rgb(12, 113, 93)`; null for anything else. */
export function parse(colour: string): Rgb | null {
  const short = /^#([\da-f])([\da-f])([\da-f])$/i.exec(colour.trim())
  if (short) return [17 * hex(short[1]), 17 * hex(short[2]), 17 * hex(short[3])]
  const long = /^#([\da-f]{2})([\da-f]{2})([\da-f]{2})$/i.exec(colour.trim())
  if (long) return [hex(long[1]), hex(long[2]), hex(long[3])]
  const spelt = /^rgb\(\s*(\d{1,3})[\s,]+(\d{1,3})[\s,]+(\d{1,3})\s*\)$/i.exec(colour.trim())
  return spelt ? [byte(spelt[1]), byte(spelt[2]), byte(spelt[3])] : null
}

/** Write `#rrggbb`. */
export function write(colour: Rgb): string {
  return `#${colour.map((part) => Math.round(part).toString(16).padStart(2, '0')).join('')}`
}

/** Return the contrast of two colours, 1 to 21. */
export function contrast(one: Rgb, other: Rgb): number {
  const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a) as [number, number]
  return (light + 0.05) / (dark + 0.05)
}

/** Return the ink for text on a ground: white where it reads well enough, else the nearer to black. */
export function inkOn(ground: Rgb): Rgb {
  return contrast(WHITE, ground) >= READABLE ? WHITE : BLACK
}

/** Return the colour itself, or as near to it as reads at `least` on all of these grounds. */
export function readable(colour: Rgb, grounds: readonly Rgb[], least = READABLE): Rgb {
  const darkGround = luminance(grounds[0] ?? WHITE) < 0.18
  for (let step = 0; step <= 20; step += 1) {
    const tried = mix(darkGround ? WHITE : BLACK, colour, step / 20)
    if (grounds.every((ground) => contrast(tried, ground) >= least)) return tried
  }
  return darkGround ? WHITE : BLACK
}

/** Return what lies between two colours; `share` of the first. */
export function mix(one: Rgb, other: Rgb, share: number): Rgb {
  return [0, 1, 2].map((at) => (one[at] ?? 0) * share + (other[at] ?? 0) * (1 - share)) as unknown as Rgb
}

/** Return the custom properties that a brand colour sets, for a theme; the panel's ground is given. */
export function palette(brand: Rgb, panel: Rgb): Record<string, string> {
  const soft = mix(brand, panel, 0.14)
  const told = readable(brand, [panel, soft])
  const fill = contrast(brand, panel) >= 1.5 ? brand : readable(brand, [panel], 1.5) // white on white would be no button
  return { '--accent': write(fill), '--accent-ink': write(inkOn(fill)), '--accent-text': write(told), '--accent-soft': write(soft) }
}

function luminance(colour: Rgb): number {
  const [red, green, blue] = colour.map((part) => {
    const share = part / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  }) as [number, number, number]
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

function hex(digits = '0'): number {
  return parseInt(digits, 16)
}

function byte(digits = '0'): number {
  return Math.min(255, Number(digits))
}
