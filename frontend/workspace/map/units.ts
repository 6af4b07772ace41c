/** In which unit does a person give a duration? */

export const UNITS = ['minute', 'hour', 'day'] as const
export type Unit = (typeof UNITS)[number]
const SECONDS: Record<Unit, number> = { minute: 60, hour: 3600, day: 86_400 }

/** The greatest unit of which a duration holds at least one. */
export function unitOf(duration: number): Unit {
  return [...UNITS].reverse().find((unit) => duration >= SECONDS[unit]) ?? 'minute'
}

/** What a field shows: seconds in a unit; empty for none. */
export function inUnit(duration: number | null, unit: Unit): string {
  return duration === null ? '' : String(Number((duration / SECONDS[unit]).toPrecision(6)))
}

/** What a field means, in seconds; null for empty and for what is no number. Number fields may give either type. */
export function seconds(field: string | number, unit: Unit): number | null {
  if (field === '') return null
  const number = Number(field)
  return Number.isFinite(number) && number >= 0 ? number * SECONDS[unit] : null
}
