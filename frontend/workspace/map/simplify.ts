/**
 * Which activities and paths are drawn when the rare ones are left out?
 *
 * The most frequent stay. Of the paths, those stay that carry each activity from the start and to the end
 * along its widest way (the backbone), then the most frequent of the rest. Where the way to a kept activity
 * leads only through hidden ones, a bridge without figures stands for it. So each kept activity is reached
 * from the start and reaches the end, whatever the shares.
 */
import type { MapEdge, MapNode } from '@/api/types'

import { edgeEnds, edgeKey } from './edges'
import { widestTree, type Link } from './widest'

/** The two symbols at either side of the map; no activity can have these names. */
export const START = '\u0001start'
export const END = '\u0001end'

/** Beyond these a drawing says nothing more; the rest stays hidden, and the page says so. */
export const MOST_NODES = 100
export const MOST_EDGES = 240
/** What a person takes in at one look. */
const READABLE_NODES = 25
const READABLE_EDGES = 40
/** Never fewer than these, however rare. */
const FEW_NODES = 8
/** An activity in fewer cases than this share of the commonest's is hidden at first. */
const RARE = 0.005

export interface Shares {
  /** 0..1 of the activities, at least one. */
  activities: number
  /** 0..1 of the paths between those; the backbone always stays. */
  paths: number
}

/** An edge as drawn: from the log, to and from the symbols, or a bridge over hidden steps. */
export interface DrawnEdge {
  key: string
  from: string
  to: string
  kind: 'log' | 'start' | 'end' | 'bridge'
  /** Times the path was taken; null for a bridge, whose number the map cannot know. */
  n: number | null
  /** The figures of the log; null at the symbols and bridges. */
  edge: MapEdge | null
}

export interface Simplified {
  nodes: MapNode[]
  edges: DrawnEdge[]
  hidden: {
    nodes: number
    edges: number
  }
  /** Bounds of the two sliders: how many can be drawn, and how many paths the backbone needs. */
  bounds: { nodes: number; edges: number; backbone: number }
}

export interface Graph {
  nodes: MapNode[]
  edges: MapEdge[]
}

/** What is drawn however rare it is. */
export interface Wanted {
  nodes: string[]
  /** By key; both their ends with them. */
  edges: string[]
  /** By key; only where both their ends are drawn anyway. */
  notable: string[]
}

const NOTHING: Wanted = { nodes: [], edges: [], notable: [] }

/** The part of the map to draw. Pure; the order of the input does not matter. */
export function simplify(graph: Graph, shares: Shares, wanted: Wanted = NOTHING): Simplified {
  const ranked = [...graph.nodes].sort(byFrequency)
  const must = new Set([...wanted.nodes, ...wanted.edges.flatMap(edgeEnds)])
  const most = keptNodes(ranked.length, shares.activities)
  const nodes = ranked.filter((node, rank) => rank < most || must.has(node.id))
  const kept = new Set(nodes.map((node) => node.id))
  const inside = graph.edges.filter((edge) => kept.has(edge.from) && kept.has(edge.to)).sort(byTimes)
  const spine = backbone(graph, nodes, inside)
  const rest = inside.filter((edge) => !spine.has(edgeKey(edge.from, edge.to)))
  const backboneSize = inside.length - rest.length
  const room = Math.max(0, keptEdges(inside.length, shares.paths) - backboneSize)
  const chosen = new Set([...spine.keys(), ...wanted.edges, ...wanted.notable, ...rest.slice(0, room).map((edge) => edgeKey(edge.from, edge.to))])
  const edges = inside.filter((edge) => chosen.has(edgeKey(edge.from, edge.to))).map(logEdge)
  const drawn = [...edges, ...[...spine.values()].filter((edge) => edge.kind !== 'log')]
  return {
    nodes,
    edges: addSymbols(drawn, nodes, shares.paths),
    hidden: {
      nodes: graph.nodes.length - nodes.length,
      edges: graph.edges.length - edges.length,
    },
    bounds: {
      nodes: Math.min(graph.nodes.length, MOST_NODES),
      edges: inside.length,
      backbone: backboneSize,
    },
  }
}

/** How many of `total` activities a share keeps: at least one, never more than can be drawn. */
export function keptNodes(total: number, share: number): number {
  return Math.min(total, MOST_NODES, Math.max(1, Math.round(total * share)))
}

/** How many of `total` paths a share keeps. */
export function keptEdges(total: number, share: number): number {
  return Math.min(total, MOST_EDGES, Math.round(total * share))
}

/** Shares at which a log reads at one look: without what hardly ever happens, and the frequent part of a big one. */
export function readableShares(graph: Graph): Shares {
  const ranked = [...graph.nodes].sort(byFrequency)
  const usual = ranked.filter((node) => node.cases >= RARE * (ranked[0]?.cases ?? 0)).length
  const activities = share(Math.min(READABLE_NODES, Math.max(usual, FEW_NODES)), ranked.length)
  const kept = new Set(ranked.slice(0, keptNodes(ranked.length, activities)).map((node) => node.id))
  const inside = graph.edges.filter((edge) => kept.has(edge.from) && kept.has(edge.to)).sort(byTimes)
  return { activities, paths: share(Math.min(READABLE_EDGES, telling(inside, kept.size)), inside.length) }
}

/** How many of the paths tell most of the story: 92% of what happened, but at least 1.3 for each activity. */
function telling(edges: MapEdge[], nodes: number): number {
  const goal = 0.92 * edges.reduce((total, edge) => total + edge.n, 0)
  let seen = 0
  const enough = edges.findIndex((edge) => (seen += edge.n) >= goal) + 1
  return Math.max(enough, Math.ceil(nodes * 1.3))
}

function share(wanted: number, total: number): number {
  return total <= wanted ? 1 : Number((wanted / total).toPrecision(4))
}

/** The edges that must stay, by key: the widest way from the start to each node and from each to the end. */
function backbone(graph: Graph, nodes: MapNode[], inside: MapEdge[]): Map<string, DrawnEdge> {
  const found = new Map<string, DrawnEdge>()
  const known = new Map(inside.map((edge) => [edgeKey(edge.from, edge.to), edge]))
  const keep = (edge: DrawnEdge) => found.set(edge.key, edge)
  for (const forward of [true, false]) {
    const links = [...inside.map(asLink), ...symbolLinks(nodes)].map((link) => (forward ? link : turned(link)))
    const root = forward ? START : END
    const tree = widestTree(links, root)
    const lost = nodes.filter((node) => !tree.has(node.id)).map((node) => node.id)
    for (const link of lost.length ? repaired(graph, nodes, links, root, forward) : tree.values()) {
      keep(drawn(forward ? link : turned(link), known))
    }
  }
  return found
}

/** The tree once more over the whole log, with the hidden activities in between closed up to bridges. */
function repaired(graph: Graph, nodes: MapNode[], links: Link[], root: string, forward: boolean): Link[] {
  const whole = [...graph.edges.map(asLink), ...symbolLinks(graph.nodes)].map((link) => (forward ? link : turned(link)))
  const tree = widestTree(whole, root)
  const kept = new Set([root, ...nodes.map((node) => node.id)])
  const bridges = nodes.flatMap((node) => bridgeTo(node.id, tree, kept, root))
  return [...widestTree([...links, ...bridges], root).values()]
}

/** A bridge from the nearest kept activity on the way to `id`; none where that is its neighbour. */
function bridgeTo(id: string, tree: Map<string, Link>, kept: Set<string>, root: string): Link[] {
  const direct = tree.get(id)?.from
  let at = direct
  for (let steps = 0; at !== undefined && !kept.has(at) && steps <= tree.size; steps += 1) at = tree.get(at)?.from
  if (at !== undefined && at === direct) return []
  return [{ from: at ?? root, to: id, width: 0 }]
}

function drawn(link: Link, known: Map<string, MapEdge>): DrawnEdge {
  const key = edgeKey(link.from, link.to)
  if (link.width === 0) return { key, from: link.from, to: link.to, kind: 'bridge', n: null, edge: null }
  if (link.from === START || link.to === END) {
    return { key, from: link.from, to: link.to, kind: link.from === START ? 'start' : 'end', n: link.width, edge: null }
  }
  return { key, from: link.from, to: link.to, kind: 'log', n: link.width, edge: known.get(key) ?? null }
}

/** Starts and ends that are not on the backbone, thinned by the same share as the paths. */
function addSymbols(edges: DrawnEdge[], nodes: MapNode[], paths: number): DrawnEdge[] {
  const known = new Set(edges.map((edge) => edge.key))
  const links = symbolLinks(nodes).filter((link) => !known.has(edgeKey(link.from, link.to)))
  const room = (side: Link[]) => [...side].sort((a, b) => b.width - a.width).slice(0, Math.ceil(side.length * paths - 1e-9))
  const more = [...room(links.filter((link) => link.from === START)), ...room(links.filter((link) => link.to === END))]
  return [...edges, ...more.map((link) => drawn(link, new Map()))]
}

function symbolLinks(nodes: MapNode[]): Link[] {
  return nodes.flatMap((node) => [
    ...(node.starts > 0 ? [{ from: START, to: node.id, width: node.starts }] : []),
    ...(node.ends > 0 ? [{ from: node.id, to: END, width: node.ends }] : []),
  ])
}

function asLink(edge: MapEdge): Link {
  return { from: edge.from, to: edge.to, width: Math.max(1, edge.n) }
}

function turned(link: Link): Link {
  return { from: link.to, to: link.from, width: link.width }
}

function logEdge(edge: MapEdge): DrawnEdge {
  return { key: edgeKey(edge.from, edge.to), from: edge.from, to: edge.to, kind: 'log', n: edge.n, edge }
}

function byFrequency(a: MapNode, b: MapNode): number {
  return b.cases - a.cases || b.events - a.events || (a.id < b.id ? -1 : 1)
}

function byTimes(a: MapEdge, b: MapEdge): number {
  return b.n - a.n || (edgeKey(a.from, a.to) < edgeKey(b.from, b.to) ? -1 : 1)
}
