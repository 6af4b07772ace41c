/**
 * How does a figure read? Durations in words, counts, shares and times, in the person's language and zone.
 *
 * The functions are pure: language and zone come in as arguments; `useFormat()` binds them for components.
 */
export type Language = 'zh-Hans' | 'en'

/** What stands where there is no figure. */
export const NOTHING = '—'
const MINUS = '−'

interface Units {
  day: string
  hour: string
  minute: string
  second: string
}
/** Number and unit are never parted at the end of a line; between two pairs a line may break. */
const WORDS: Record<Language, Units> = {
  'zh-Hans': { day: '\u00a0天', hour: '\u00a0小时', minute: '\u00a0分', second: '\u00a0秒' },
  en: { day: '\u00a0d', hour: '\u00a0h', minute: '\u00a0min', second: '\u00a0s' },
}
const SHORT: Record<Language, Units> = {
  'zh-Hans': { day: '天', hour: '时', minute: '分', second: '秒' },
  en: { day: 'd', hour: 'h', minute: 'm', second: 's' },
}
const MINUTE = 60
const HOUR = 3600
const DAY = 86400

/** The tag that Intl understands. */
export function intlTag(language: Language): string {
  return language === 'en' ? 'en-GB' : 'zh-CN'
}

/** `220` → `3 分 40 秒` / `3 min 40 s`: the two greatest units, nothing smaller. Seconds may be negative. */
export function formatDuration(seconds: number | null | undefined, language: Language): string {
  return duration(seconds, language, WORDS[language], ' ')
}

/** The same for narrow places, such as a node of the map: `3分40秒` / `3m 40s`. */
export function formatDurationShort(seconds: number | null | undefined, language: Language): string {
  return duration(seconds, language, SHORT[language], language === 'en' ? ' ' : '')
}

/** `18204` → `18,204`. */
export function formatCount(value: number | null | undefined, language: Language): string {
  if (!isFigure(value)) return NOTHING
  return number(language, 'count').format(value).replace('-', MINUS)
}

/** A narrow count: `18204` → `1.8万` / `18.2k`; below ten thousand (zh) or one thousand (en) as in full. */
export function formatCountShort(value: number | null | undefined, language: Language): string {
  if (!isFigure(value)) return NOTHING
  if (language === 'zh-Hans' && Math.abs(value) < 10_000) return formatCount(value, language)
  return number(language, 'compact').format(value).replace('-', MINUS).replace('K', 'k')
}

/** A share between 0 and 1: `0.118` → `11.8%`. Small shares never round to nothing: `0.0004` → `<0.1%`. */
export function formatPercent(share: number | null | undefined, language: Language): string {
  if (!isFigure(share)) return NOTHING
  if (share > 0 && share < 0.0005) return '<0.1%'
  if (share < 1 && share > 0.9995) return '>99.9%'
  return number(language, 'percent').format(share).replace('-', MINUS)
}

/** `1536` → `1.5 KB`; powers of 1024. */
export function formatBytes(bytes: number | null | undefined, language: Language): string {
  if (!isFigure(bytes)) return NOTHING
  const names = ['B', 'KB', 'MB', 'GB', 'TB']
  const power = Math.min(names.length - 1, Math.floor(Math.log2(Math.max(1, bytes)) / 10))
  const digits = power === 0 ? 0 : 1
  const figure = new Intl.NumberFormat(intlTag(language), { maximumFractionDigits: digits }).format(bytes / 1024 ** power)
  return `${figure} ${names[power] ?? 'B'}`
}

/** A difference with its sign, `+48 秒`, `−12 s`, `±0`; `words` says how its size reads. */
export function formatDifference(value: number | null | undefined, words: (size: number) => string): string {
  if (!isFigure(value)) return NOTHING
  const size = words(Math.abs(value))
  if (value === 0) return `±${size}`
  return `${value > 0 ? '+' : MINUS}${size}`
}

export type TimeStyle = 'date' | 'minute' | 'second' | 'clock'

/** A time with its day of the week, `周一 09-14 09:02` / `Mon 09-14 09:02`; `year` puts the year before the month. */
export function formatWeekday(iso: string | null | undefined, language: Language, zone: string, year = false): string {
  const at = new Date(iso ?? Number.NaN)
  if (Number.isNaN(at.getTime())) return NOTHING
  const weekday = new Intl.DateTimeFormat(intlTag(language), { timeZone: zone, weekday: 'short' }).format(at)
  return `${weekday} ${formatTime(at, language, zone).slice(year ? 0 : 5)}`
}

/** An ISO 8601 time in a zone: `2026-11-22 14:02`, in both languages alike; `style` says how fine. */
export function formatTime(
  iso: string | Date | null | undefined,
  _language: Language,
  zone: string,
  style: TimeStyle = 'minute',
): string {
  const at = iso instanceof Date ? iso : new Date(iso ?? Number.NaN)
  if (Number.isNaN(at.getTime())) return NOTHING
  const part = timeParts(at, zone)
  const date = `${part.year}-${part.month}-${part.day}`
  const clock = `${part.hour}:${part.minute}`
  if (style === 'date') return date
  if (style === 'clock') return clock
  return style === 'minute' ? `${date} ${clock}` : `${date} ${clock}:${part.second}`
}

/** How long ago: `刚刚`, `3分钟前`, `2 days ago`; the greatest unit alone, and no future by a clock that goes wrong. */
export function formatAgo(iso: string | null | undefined, now: number, language: Language): string {
  const at = new Date(iso ?? Number.NaN).getTime()
  if (Number.isNaN(at)) return NOTHING
  const seconds = Math.max(0, (now - at) / 1000)
  if (seconds < MINUTE) return language === 'en' ? 'just now' : '刚刚'
  const [size, unit] = seconds < HOUR ? ([MINUTE, 'minute'] as const) : seconds < DAY ? ([HOUR, 'hour'] as const) : ([DAY, 'day'] as const)
  return new Intl.RelativeTimeFormat(intlTag(language), { style: 'short' }).format(-Math.floor(seconds / size), unit)
}

/** Two times as a range that repeats nothing: `2026-08-24 – 11-22`, `2026-11-22 09:00 – 11:30`. */
export function formatRange(from: string | null, to: string | null, language: Language, zone: string): string {
  if (!from || !to) return NOTHING
  const start = formatTime(from, language, zone)
  const end = formatTime(to, language, zone)
  if (start.slice(0, 10) === end.slice(0, 10)) return start === end ? start : `${start} – ${end.slice(11)}`
  const sameYear = start.slice(0, 4) === end.slice(0, 4)
  return `${start.slice(0, 10)} – ${end.slice(sameYear ? 5 : 0, 10)}`
}

function duration(seconds: number | null | undefined, language: Language, unit: Units, gap: string): string {
  if (!isFigure(seconds)) return NOTHING
  if (seconds < 0) return MINUS + duration(-seconds, language, unit, gap)
  if (seconds < 10) return decimals(seconds, seconds < 1 ? 2 : 1, language) + unit.second
  const whole = Math.round(seconds)
  if (whole < MINUTE) return String(whole) + unit.second
  if (whole < HOUR) return pair(Math.floor(whole / MINUTE), unit.minute, whole % MINUTE, unit.second, gap, language)
  const minutes = Math.round(seconds / MINUTE)
  if (minutes < 24 * 60) return pair(Math.floor(minutes / 60), unit.hour, minutes % 60, unit.minute, gap, language)
  const hours = Math.round(seconds / HOUR)
  const days = Math.floor(hours / 24)
  if (days >= 100) return formatCount(Math.round(seconds / DAY), language) + unit.day
  return pair(days, unit.day, hours % 24, unit.hour, gap, language)
}

function pair(big: number, bigUnit: string, small: number, smallUnit: string, gap: string, language: Language): string {
  const head = formatCount(big, language) + bigUnit
  return small === 0 ? head : `${head}${gap}${small}${smallUnit}`
}

function decimals(value: number, digits: number, language: Language): string {
  return new Intl.NumberFormat(intlTag(language), { maximumFractionDigits: digits }).format(value)
}

function isFigure(value: number | null | undefined): value is number {
  return typeof value === 'number' && Number.isFinite(value)
}

const STYLES = {
  count: { maximumFractionDigits: 1 },
  compact: { notation: 'compact', maximumFractionDigits: 1 },
  percent: { style: 'percent', maximumFractionDigits: 1 },
} satisfies Record<string, Intl.NumberFormatOptions>
const numbers = new Map<string, Intl.NumberFormat>()

function number(language: Language, style: keyof typeof STYLES): Intl.NumberFormat {
  const key = `${language} ${style}`
  const known = numbers.get(key) ?? new Intl.NumberFormat(intlTag(language), STYLES[style])
  numbers.set(key, known)
  return known
}

interface Parts {
  year: string
  month: string
  day: string
  hour: string
  minute: string
  second: string
}
const clocks = new Map<string, Intl.DateTimeFormat>()

function timeParts(at: Date, zone: string): Parts {
  const known = clocks.get(zone) ?? clockOf(zone)
  clocks.set(zone, known)
  return Object.fromEntries(known.formatToParts(at).map((part) => [part.type, part.value])) as unknown as Parts
}

function clockOf(zone: string): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat('en-CA', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  })
}
