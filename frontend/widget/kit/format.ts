/** How do times, waits and sizes read? In the reader's language and zone; every function is pure, the moment comes in. */
import type { Language } from './texts'

const DAY_MS = 86_400_000
const tag = (language: Language) => (language === 'zh' ? 'zh-CN' : 'en-GB')
const known = new Map<string, Intl.DateTimeFormat>()

/** `14:05`. */
export function clock(at: Date, language: Language, zone?: string): string {
  return written(at, language, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone: zone })
}

/** `今天`, `昨天`, `11月3日 星期二`; with the year where it is another one. */
export function day(at: Date, now: Date, language: Language, zone?: string): string {
  const apart = daysBetween(at, now, zone)
  if (apart === 0 || apart === -1 || apart === 1) return relative(apart, language)
  const year = written(at, 'en', { year: 'numeric', timeZone: zone }) !== written(now, 'en', { year: 'numeric', timeZone: zone })
  const options: Intl.DateTimeFormatOptions = { month: 'long', day: 'numeric', weekday: 'long', timeZone: zone }
  return written(at, language, year ? { ...options, year: 'numeric' } : options)
}

/** A moment to come or gone, as short as it stays clear: `今天 14:05`, `tomorrow 09:00`, `11月3日 星期二 09:00`. */
export function moment(at: Date, now: Date, language: Language, zone?: string): string {
  return `${day(at, now, language, zone)} ${clock(at, language, zone)}`
}

/** The calendar day in a zone, `2026-11-03`: what messages are grouped by. */
export function dayKey(at: Date, zone?: string): string {
  return written(at, 'en', { year: 'numeric', month: '2-digit', day: '2-digit', timeZone: zone }).split('/').reverse().join('-')
}

/** `812 B`, `3.4 MB`: powers of 1024, one place below ten. */
export function size(bytes: number): string {
  const units = ['B', 'KB', 'MB', 'GB']
  let [value, unit] = [bytes, 0]
  while (value >= 1000 && unit < units.length - 1) [value, unit] = [value / 1024, unit + 1]
  return `${unit === 0 || value >= 10 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`
}

/** Whole minutes of a wait, never less than one; rounded to five from twenty on, since nobody knows better. */
export function roundMinutes(seconds: number): number {
  const minutes = Math.max(1, Math.round(seconds / 60))
  return minutes < 20 ? minutes : Math.round(minutes / 5) * 5
}

function daysBetween(at: Date, now: Date, zone?: string): number {
  return Math.round((Date.parse(dayKey(at, zone)) - Date.parse(dayKey(now, zone))) / DAY_MS)
}

function relative(days: number, language: Language): string {
  const words = new Intl.RelativeTimeFormat(tag(language), { numeric: 'auto' }).format(days, 'day')
  return words.charAt(0).toUpperCase() + words.slice(1)
}

function written(at: Date, language: Language, options: Intl.DateTimeFormatOptions): string {
  const key = language + JSON.stringify(options)
  let form = known.get(key)
  if (!form) known.set(key, (form = new Intl.DateTimeFormat(tag(language), options)))
  return form.format(at)
}
