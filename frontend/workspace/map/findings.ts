/**
 * Where does the time go, what is done twice, where does work change hands? Read off the map's figures.
 *
 * All times are times between two steps of a case: a log with one stamp per step cannot tell waiting from
 * working, and no sentence here claims to.
 */
import type { MapEdge, MapNode, ProcessMap } from '@/api/types'

import { edgeKey } from './edges'

export interface Stretch {
  edge: MapEdge
  /** 0..1 of all time between steps. */
  share: number
}

export interface Repeat {
  node: MapNode
  /** 0..1 of all cases. */
  share: number
}

export interface Handover {
  from: string
  to: string
  n: number
  /** 0..1 of all hand-overs. */
  share: number
}

/** Work passing from the team that does one step to the team that does the next. */
export interface TeamHandover extends Handover {
  /** The path over which most of it passes. */
  mainly: MapEdge
  /** True where it passes over that path only. */
  only: boolean
}

export interface Findings {
  /** Seconds between steps, over all cases. */
  between: number
  stretches: Stretch[]
  repeats: Repeat[]
  handovers: Handover[]
  teams: TeamHandover[]
}

const MOST = 5

/** The findings of a map, each list with the greatest first, at most `limit` long. */
export function findings(map: ProcessMap, limit = MOST): Findings {
  const between = map.edges.reduce((total, edge) => total + edge.sum, 0)
  return {
    between,
    stretches: stretches(map, between).slice(0, limit),
    repeats: repeats(map).slice(0, limit),
    handovers: handovers(map).slice(0, limit),
    teams: teamHandovers(map).slice(0, limit),
  }
}

export type Headline =
  | { kind: 'nothing' }
  | { kind: 'main' | 'spread'; stretch: Stretch }

/** Is there one place where the time mainly goes? From a quarter on we say so; below, that it is spread out. */
export function headline(found: Findings): Headline {
  const first = found.stretches[0]
  if (!first) return { kind: 'nothing' }
  return { kind: first.share >= 0.25 ? 'main' : 'spread', stretch: first }
}

function stretches(map: ProcessMap, between: number): Stretch[] {
  return map.edges
    .filter((edge) => edge.sum > 0)
    .map((edge) => ({ edge, share: edge.sum / between }))
    .sort((a, b) => b.edge.sum - a.edge.sum)
}

function repeats(map: ProcessMap): Repeat[] {
  return map.nodes
    .filter((node) => node.rework_extra > 0)
    .map((node) => ({ node, share: map.totals.cases ? node.rework_cases / map.totals.cases : 0 }))
    .sort((a, b) => b.node.rework_extra - a.node.rework_extra)
}

function handovers(map: ProcessMap): Handover[] {
  const { total, top } = map.handovers
  return top.filter((one) => one.n > 0).map((one) => ({ ...one, share: total ? one.n / total : 0 }))
}

function teamHandovers(map: ProcessMap): TeamHandover[] {
  const team = new Map(map.nodes.map((node) => [node.id, node.department]))
  const pairs = new Map<string, { from: string; to: string; edges: MapEdge[] }>()
  for (const edge of map.edges) {
    const [from, to] = [team.get(edge.from), team.get(edge.to)]
    if (!from || !to || from === to) continue
    const pair = pairs.get(edgeKey(from, to)) ?? { from, to, edges: [] }
    pairs.set(edgeKey(from, to), { ...pair, edges: [...pair.edges, edge] })
  }
  const sum = (edges: MapEdge[]) => edges.reduce((total, edge) => total + edge.n, 0)
  const all = sum([...pairs.values()].flatMap((pair) => pair.edges))
  return [...pairs.values()]
    .map(({ from, to, edges }) => {
      const mainly = edges.reduce((most, edge) => (edge.n > most.n ? edge : most))
      return { from, to, n: sum(edges), share: sum(edges) / all, mainly, only: edges.length === 1 }
    })
    .sort((a, b) => b.n - a.n)
}
