/** What the shop sells, and its pictures, drawn on a 120 × 90 ground. */
export const GOODS = [
  { code: 'lamp', price: 169 },
  { code: 'headphones', price: 399 },
  { code: 'kettle', price: 129 },
  { code: 'vacuum', price: 1299 },
] as const

type Code = (typeof GOODS)[number]['code']

const DRAWN: Record<Code, readonly (readonly [shape: 'soft' | 'ink' | 'warm', path: string])[]> = {
  lamp: [
    ['soft', 'M60 26 L32 76 H92 Z'],
    ['ink', 'M44 78 H78 V72 H64 V40 L74 26 L68 22 L58 38 V72 H44 Z'],
    ['warm', 'M40 34 L62 14 L76 30 Z'],
  ],
  headphones: [
    ['soft', 'M60 12 A36 36 0 0 1 96 48 V62 H24 V48 A36 36 0 0 1 60 12'],
    ['ink', 'M22 52 A38 38 0 0 1 98 52 H92 A32 32 0 0 0 28 52 Z'],
    ['warm', 'M20 50 H36 V78 H28 Q20 78 20 70 Z M84 50 H100 V70 Q100 78 92 78 H84 Z'],
  ],
  kettle: [
    ['soft', 'M34 78 L40 30 H80 L86 78 Z'],
    ['ink', 'M78 34 Q104 34 100 70 L92 68 Q94 44 79 44 Z M50 22 H70 V30 H50 Z'],
    ['warm', 'M41 30 L24 38 L27 45 L39 42 Z M36 66 H84.5 L86 78 H34 Z'],
  ],
  vacuum: [
    ['soft', 'M18 60 A42 30 0 0 1 102 60 Z'],
    ['ink', 'M14 58 H106 Q108 70 98 74 H22 Q12 70 14 58'],
    ['warm', 'M52 36 H68 V46 H52 Z M30 74 H42 V80 H30 Z M78 74 H90 V80 H78 Z'],
  ],
}

export function picture(code: Code): SVGSVGElement {
  const make = <Tag extends 'svg' | 'path'>(tag: Tag) => document.createElementNS('http://www.w3.org/2000/svg', tag)
  const svg = make('svg')
  svg.setAttribute('viewBox', '0 0 120 90')
  svg.setAttribute('aria-hidden', 'true')
  for (const [shape, d] of DRAWN[code]) {
    const path = make('path')
    path.setAttribute('class', shape)
    path.setAttribute('d', d)
    svg.append(path)
  }
  return svg
}
