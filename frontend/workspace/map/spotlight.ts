/** What stays bright while something is selected or pointed at? It and what touches it. */
import { edgeEnds } from './edges'
import type { Selection } from './route'
import type { DrawnEdge } from './simplify'

export interface Light {
  nodes: Set<string>
  edges: Set<string>
}

/** Null: everything is equally bright, also when the thing in question is not on the drawing. */
export function lit(edges: DrawnEdge[], pointed: string | null, selection: Selection): Light | null {
  const target = pointed ?? (selection?.kind === 'edge' ? selection.key : (selection?.id ?? null))
  if (target === null) return null
  const edge = edges.find((one) => one.key === target)
  if (edge) return { nodes: new Set(edgeEnds(target)), edges: new Set([target]) }
  const near = edges.filter((one) => one.from === target || one.to === target)
  if (near.length === 0) return null
  return { nodes: new Set([target, ...near.flatMap((one) => [one.from, one.to])]), edges: new Set(near.map((one) => one.key)) }
}
