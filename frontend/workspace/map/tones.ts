/** Which colour marks an activity in the chains of the variants? The frequent ones have one of their own. */
import type { MapNode } from '@/api/types'

export const TONES = 10

/** The tone (1..10) of the most frequent activities; the others have none. */
export function tones(nodes: MapNode[]): Map<string, number> {
  const ranked = [...nodes].sort((a, b) => b.cases - a.cases || b.events - a.events || (a.id < b.id ? -1 : 1))
  return new Map(ranked.slice(0, TONES).map((node, i) => [node.id, i + 1]))
}

/** Two letters or one Chinese character that stand for a name. */
export function initials(name: string): string {
  const first = [...name.trim()][0] ?? ''
  if (/[^\u0000-\u024f]/u.test(first)) return first
  const words = name.trim().split(/[\s/\-_.]+/).filter(Boolean)
  const two = words.length > 1 ? words.slice(0, 2).map((word) => word[0] ?? '').join('') : name.trim().slice(0, 2)
  return two.toUpperCase()
}

export interface Run {
  id: string
  /** How many times in a row. */
  times: number
}

/** A chain of steps with repetitions in a row folded: a a a b → a×3 b. */
export function runs(steps: string[]): Run[] {
  const folded: Run[] = []
  for (const id of steps) {
    const last = folded[folded.length - 1]
    if (last?.id === id) last.times += 1
    else folded.push({ id, times: 1 })
  }
  return folded
}
