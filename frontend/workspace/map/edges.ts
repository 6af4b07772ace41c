/** How is an edge named in one string, and what can the map show? */

/** Separates the two ends where one string must name an edge (URL, `path=`, `edge=`). */
const SEPARATOR = '\u001f'

export function edgeKey(from: string, to: string): string {
  return from + SEPARATOR + to
}

export function edgeEnds(key: string): [from: string, to: string] {
  const at = key.indexOf(SEPARATOR)
  return at < 0 ? [key, ''] : [key.slice(0, at), key.slice(at + 1)]
}

/** What the colours and the figures on the lines show. */
export type Measure = 'count' | 'cases' | 'median' | 'p90' | 'total'
export const MEASURES: readonly Measure[] = ['count', 'cases', 'median', 'p90', 'total']
