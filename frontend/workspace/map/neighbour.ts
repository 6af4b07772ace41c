/** Which box lies next in a direction? */
import type { Rect } from './layout'

export type Arrow = 'left' | 'right' | 'up' | 'down'

/** The id of the nearest box that way, sideways distance counting double; null at the border. */
export function neighbour(boxes: Record<string, Rect>, from: string, arrow: Arrow): string | null {
  const here = boxes[from]
  if (!here) return null
  let best: { id: string; far: number } | null = null
  for (const [id, box] of Object.entries(boxes)) {
    const far = id === from ? null : distance(here, box, arrow)
    if (far !== null && (!best || far < best.far)) best = { id, far }
  }
  return best?.id ?? null
}

function distance(a: Rect, b: Rect, arrow: Arrow): number | null {
  const dx = b.x + b.width / 2 - a.x - a.width / 2
  const dy = b.y + b.height / 2 - a.y - a.height / 2
  const ahead = { left: -dx, right: dx, up: -dy, down: dy }[arrow]
  const aside = Math.abs(arrow === 'left' || arrow === 'right' ? dy : dx)
  return ahead > 1 ? ahead + 2 * aside : null
}
