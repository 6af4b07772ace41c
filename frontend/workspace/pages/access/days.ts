/** When does a day begin where the person is? In UTC, as the server wants it; days of 23 and 25 hours too. */

const HOUR = 3_600_000

/** `2026-03-10` in a zone → its first moment, ISO 8601 Z. */
export function startOf(day: string, zone: string): string {
  const wall = Date.parse(`${day}T00:00:00Z`)
  let at = wall - offset(wall, zone)
  at = wall - offset(at, zone) // the offset of that moment, not of the same figures read as UTC
  // Where the clock jumps at midnight there is no 00:00: the day begins when it first shows.
  while (dayAt(at, zone) < day) at += HOUR / 2
  return new Date(at).toISOString()
}

/** The next day of the calendar. */
export function dayAfter(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + 24 * HOUR).toISOString().slice(0, 10)
}

function offset(at: number, zone: string): number {
  const part = parts(at, zone)
  const shown = Date.UTC(part.year ?? 0, (part.month ?? 1) - 1, part.day, part.hour, part.minute, part.second)
  return shown - Math.floor(at / 1000) * 1000
}

function dayAt(at: number, zone: string): string {
  const part = parts(at, zone)
  const two = (figure: number | undefined) => String(figure).padStart(2, '0')
  return `${part.year}-${two(part.month)}-${two(part.day)}`
}

function parts(at: number, zone: string): Record<string, number> {
  const clock = new Intl.DateTimeFormat('en-CA', {
    timeZone: zone, hourCycle: 'h23', year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit',
  })
  return Object.fromEntries(clock.formatToParts(at).map((part) => [part.type, Number(part.value)]))
}
