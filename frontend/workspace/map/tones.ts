/** Which colour marks an activity in the chains of the variants? The frequent ones have one of their own. */
import type { MapNode } from '@/api/types'

export const TONES = 10

/** The tone (1..10) of the most frequent activities; the others have none. */
export function tones(nodes: MapNode[]): Map<string, number> {
  const ranked = [...nodes].sort((a, b) => b.cases - a.cases || b.events - a.events || (a.id < b.id ? -1 : 1))
  return new Map(ranked.slice(0, TONES).map((node, i) => [node.id, i + 1]))
}

/** A few letters for each name, by id, that no other name has if they can be told apart at all. */
export function initials(labels: Map<string, string>): Map<string, string> {
  const short = new Map([...labels].map(([id, label]) => [id, letters(label, 2)]))
  for (const alike of groups(short).filter((ids) => ids.length > 1)) {
    const names = alike.map((id) => labels.get(id) ?? '')
    alike.forEach((id) => short.set(id, longer(labels.get(id) ?? '', names)))
  }
  return short
}

/** One Chinese character, else the initials of the first words, else the first letters. */
function letters(name: string, most: number): string {
  const trimmed = name.trim()
  const first = [...trimmed][0] ?? ''
  if (/[^\u0000-\u024f]/u.test(first)) return first
  const words = trimmed.split(/[\s/\-_.]+/).filter(Boolean)
  return (words.length > 1 ? words.slice(0, most).map((word) => word[0] ?? '').join('') : trimmed.slice(0, most)).toUpperCase()
}

/** The same with what tells it from others that begin alike: `查询知识库` beside `查询订单` becomes `查知`. */
function longer(name: string, others: string[]): string {
  const chinese = [...name.trim()]
  if (letters(name, 2) !== chinese[0]) return letters(name, 4)
  const apart = chinese.findIndex((character, i) => i > 0 && others.some((other) => [...other.trim()][i] !== character))
  return apart < 0 ? chinese.slice(0, 2).join('') : `${chinese[0]}${chinese[apart]}`
}

function groups(short: Map<string, string>): string[][] {
  const found = new Map<string, string[]>()
  for (const [id, letter] of short) found.set(letter, [...(found.get(letter) ?? []), id])
  return [...found.values()]
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
