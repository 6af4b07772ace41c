/** By which path does a case come back to a step that it has done before? */
import type { MapEdge } from '@/api/types'

import { edgeKey } from './edges'
import { START, type Graph } from './simplify'
import { widestTree, type Link } from './widest'

/**
 * For each of the steps its most frequent way back: from itself, or from a step whose widest way from the start
 * leads through it; where there is none such, from one that lies further from the start. By edge key.
 */
export function backPaths(graph: Graph, ids: string[]): string[] {
  if (ids.length === 0) return []
  const starts = graph.nodes.filter((node) => node.starts > 0).map((node) => ({ from: START, to: node.id, width: node.starts }))
  const links = graph.edges.map((edge) => ({ from: edge.from, to: edge.to, width: Math.max(1, edge.n) }))
  const tree = widestTree([...starts, ...links], START)
  return ids.flatMap((id) => {
    const into = graph.edges.filter((edge) => edge.to === id)
    const before = way(tree, id).length
    const back = into.filter((edge) => way(tree, edge.from).includes(id))
    const best = busiest(back) ?? busiest(into.filter((edge) => way(tree, edge.from).length > before))
    return best ? [edgeKey(best.from, best.to)] : []
  })
}

/** The step and those before it on its widest way, backwards to the first. */
function way(tree: Map<string, Link>, id: string): string[] {
  const steps = [id]
  for (let at = tree.get(id)?.from; at !== undefined && at !== START; at = tree.get(at)?.from) steps.push(at)
  return steps
}

function busiest(edges: MapEdge[]): MapEdge | undefined {
  return [...edges].sort((a, b) => b.n - a.n || (a.from < b.from ? -1 : 1))[0]
}
