/** Along which way does most of the traffic reach each node? The widest-path tree (Prim's order, a binary heap). */

export interface Link {
  from: string
  to: string
  /** How much passes; 0 is a bridge, taken only where nothing else leads. */
  width: number
}

/** For each node reachable from `root`: the last link of its widest way there. The root has none. */
export function widestTree(links: Link[], root: string): Map<string, Link> {
  const leaving = groupByFrom(links)
  const tree = new Map<string, Link>()
  const heap: Candidate[] = []
  const look = (id: string, width: number) => {
    for (const link of leaving.get(id) ?? []) push(heap, { link, width: Math.min(width, link.width) })
  }
  look(root, Number.POSITIVE_INFINITY)
  for (let best = pop(heap); best; best = pop(heap)) {
    const { link, width } = best
    if (link.to === root || tree.has(link.to)) continue
    tree.set(link.to, link)
    look(link.to, width)
  }
  return tree
}

interface Candidate {
  link: Link
  width: number
}

function groupByFrom(links: Link[]): Map<string, Link[]> {
  const groups = new Map<string, Link[]>()
  for (const link of links) {
    const group = groups.get(link.from)
    if (group) group.push(link)
    else groups.set(link.from, [link])
  }
  return groups
}

/** Wider first; among equals the wider last link, then the name, so that the answer never depends on the input's order. */
function before(a: Candidate, b: Candidate): boolean {
  if (a.width !== b.width) return a.width > b.width
  if (a.link.width !== b.link.width) return a.link.width > b.link.width
  return a.link.from + a.link.to < b.link.from + b.link.to
}

function push(heap: Candidate[], item: Candidate): void {
  let at = heap.push(item) - 1
  while (at > 0) {
    const up = (at - 1) >> 1
    if (!before(item, heap[up] as Candidate)) break
    heap[at] = heap[up] as Candidate
    at = up
  }
  heap[at] = item
}

function pop(heap: Candidate[]): Candidate | undefined {
  const first = heap[0]
  const last = heap.pop()
  if (heap.length === 0 || last === undefined) return first
  let at = 0
  for (;;) {
    const left = 2 * at + 1
    if (left >= heap.length) break
    const right = left + 1
    const child = right < heap.length && before(heap[right] as Candidate, heap[left] as Candidate) ? right : left
    if (!before(heap[child] as Candidate, last)) break
    heap[at] = heap[child] as Candidate
    at = child
  }
  heap[at] = last
  return first
}
