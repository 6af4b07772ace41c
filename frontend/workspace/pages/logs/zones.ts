/** Which time zone does a file without zones mean? Every zone the browser knows, likely ones first. */
import { intlTag } from '@/format'
import type { LanguageCode } from '@/api/types'

export interface ZoneChoice {
  value: string // IANA name
  label: string // `Asia/Shanghai · 中国标准时间 · UTC+8`
}

/** Every zone with its name and offset in words; `likely` stand first, in their order. */
export function zoneChoices(language: LanguageCode, likely: string[], now = new Date()): ZoneChoice[] {
  const all = new Set([...likely, 'UTC', ...Intl.supportedValuesOf('timeZone')])
  return [...all].filter(isKnown).map((zone) => ({ value: zone, label: labelOf(zone, language, now) }))
}

function labelOf(zone: string, language: LanguageCode, now: Date): string {
  const long = part(zone, language, 'long', now)
  const offset = part(zone, language, 'shortOffset', now).replace('GMT', 'UTC')
  return [zone, long, offset].filter((word, index, words) => word && words.indexOf(word) === index).join(' · ')
}

function part(zone: string, language: LanguageCode, timeZoneName: 'long' | 'shortOffset', now: Date): string {
  const parts = new Intl.DateTimeFormat(intlTag(language), { timeZone: zone, timeZoneName }).formatToParts(now)
  return parts.find(({ type }) => type === 'timeZoneName')?.value ?? ''
}

function isKnown(zone: string): boolean {
  try {
    return Boolean(new Intl.DateTimeFormat('en', { timeZone: zone }))
  } catch {
    return false // the server may know zones that this browser does not
  }
}
