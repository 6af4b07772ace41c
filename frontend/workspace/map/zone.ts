/** At which instant does a day begin in a zone? */

/**
 * The ISO instant at which `day` (YYYY-MM-DD), moved by `shift` days, begins in the IANA zone.
 * Where the clock jumps over midnight, the first instant after the jump.
 */
export function startOfDay(day: string, shift: number, zone: string): string {
  const midnight = Date.parse(`${day}T00:00:00Z`) + shift * 86_400_000
  const once = midnight - offset(midnight, zone)
  const twice = midnight - offset(once, zone)
  return new Date(offset(twice, zone) === offset(once, zone) ? twice : Math.max(once, twice)).toISOString()
}

/** Milliseconds by which the zone's clock is ahead of UTC at an instant. */
function offset(instant: number, zone: string): number {
  const parts = Object.fromEntries(clock(zone).formatToParts(new Date(instant)).map((part) => [part.type, Number(part.value)]))
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(instant / 1000) * 1000
}

const clocks = new Map<string, Intl.DateTimeFormat>()

function clock(zone: string): Intl.DateTimeFormat {
  const digits = '2-digit'
  const known =
    clocks.get(zone) ??
    new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: digits,
      day: digits,
      hour: digits,
      minute: digits,
      second: digits,
    })
  clocks.set(zone, known)
  return known
}
