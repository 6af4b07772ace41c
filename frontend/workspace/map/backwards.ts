/** Which lines run against the main way? All others together must have no circle. */

interface Way {
  key: string
  from: string
  to: string
  weight: number
}

/**
 * The keys of lines to turn round. The most travelled lines are laid first, each forward unless that would
 * close a circle (a greedy feedback arc set); lines out of `start` always go forward.
 */
export function backwards(lines: Way[], start: string): Set<string> {
  const ahead = new Map<string, Set<string>>()
  const back = new Set<string>()
  const ordered = [...lines].sort((a, b) => rank(b, start) - rank(a, start) || (a.key < b.key ? -1 : 1))
  for (const line of ordered) {
    if (leads(ahead, line.to, line.from)) back.add(line.key)
    else lay(ahead, line.from, line.to)
  }
  return back
}

function rank(line: Way, start: string): number {
  return line.from === start ? Number.POSITIVE_INFINITY : line.weight
}

function lay(ahead: Map<string, Set<string>>, from: string, to: string): void {
  const known = ahead.get(from)
  if (known) known.add(to)
  else ahead.set(from, new Set([to]))
}

function leads(ahead: Map<string, Set<string>>, from: string, to: string): boolean {
  const seen = new Set([from])
  const open = [from]
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    if (at === to) return true
    for (const next of ahead.get(at) ?? []) {
      if (seen.has(next)) continue
      seen.add(next)
      open.push(next)
    }
  }
  return false
}
