/** How do the filters read, one by one, and what is left when one is taken away? */
import type { Filters } from './route'

export interface Chip {
  key: string
  text: string
  /** The change that removes it. */
  without: Partial<Filters>
}

export interface Speaker {
  t: (key: string, values: Record<string, string>) => string
  label: (activity: string) => string
  edgeLabel: (edge: string) => string
  /** Who gave to whom, by edge key. */
  handoverLabel: (pair: string) => string
  /** `路径变体 2（5 步）`: a variant by its rank. */
  variantLabel: (key: string) => string
  duration: (seconds: number) => string
}

const LISTS = ['with', 'without', 'path', 'repeated', 'handover'] as const

export function chips(filters: Filters, say: Speaker): Chip[] {
  return [...range(filters, say), ...LISTS.flatMap((name) => listed(name, filters, say)), ...variant(filters, say), ...duration(filters, say)]
}

function listed(name: (typeof LISTS)[number], filters: Filters, say: Speaker): Chip[] {
  const words = { with: say.label, without: say.label, repeated: say.label, path: say.edgeLabel, handover: say.handoverLabel }[name]
  return filters[name].map((one) => ({
    key: `${name} ${one}`,
    text: say.t(`map.chip.${name}`, { name: words(one) }),
    without: { [name]: filters[name].filter((other) => other !== one) },
  }))
}

function range({ from, to }: Filters, say: Speaker): Chip[] {
  if (from === null && to === null) return []
  const kind = from === null ? 'until' : to === null ? 'since' : 'between'
  return [{ key: 'range', text: say.t(`map.chip.${kind}`, { from: from ?? '', to: to ?? '' }), without: { from: null, to: null } }]
}

function duration({ min_s: min, max_s: max }: Filters, say: Speaker): Chip[] {
  if (min === null && max === null) return []
  const kind = min === null ? 'shorter' : max === null ? 'longer' : 'lasting'
  const values = { min: min === null ? '' : say.duration(min), max: max === null ? '' : say.duration(max) }
  return [{ key: 'duration', text: say.t(`map.chip.${kind}`, values), without: { min_s: null, max_s: null } }]
}

function variant(filters: Filters, say: Speaker): Chip[] {
  if (filters.variant === null) return []
  return [{ key: 'variant', text: say.variantLabel(filters.variant), without: { variant: null } }]
}

/** Who did a step: what logs call the robot or nobody, in words; else the name, in brief. */
export function actorName(name: string, t: (key: string) => string): string {
  if (name === '' || name === 'nan') return t('map.nobody') // the engine calls a missing resource "nan"
  return name.toLowerCase() === 'bot' ? t('map.bot') : brief(name)
}

/** A name as it is; an id, which nobody can read, by its end. */
export function brief(name: string): string {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(name) ? `…${name.slice(-6)}` : name
}
