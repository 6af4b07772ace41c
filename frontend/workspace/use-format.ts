/** The figures of format.ts, bound to the language on screen and the zone of the installation. */
import { computed } from 'vue'

import {
  formatAgo,
  formatBytes,
  formatCount,
  formatCountShort,
  formatDifference,
  formatDuration,
  formatDurationShort,
  formatPercent,
  formatRange,
  formatTime,
  formatWeekday,
  type TimeStyle,
} from './format'
import { useLanguage } from './i18n'
import { useSession } from './stores/session'

type Figure = number | null | undefined

export function useFormat() {
  const language = useLanguage()
  const session = useSession()
  const zone = computed(() => session.zone)
  return {
    language,
    zone,
    duration: (seconds: Figure) => formatDuration(seconds, language.value),
    durationShort: (seconds: Figure) => formatDurationShort(seconds, language.value),
    count: (value: Figure) => formatCount(value, language.value),
    countShort: (value: Figure) => formatCountShort(value, language.value),
    percent: (share: Figure) => formatPercent(share, language.value),
    bytes: (value: Figure) => formatBytes(value, language.value),
    time: (iso: string | null | undefined, style?: TimeStyle) => formatTime(iso, language.value, zone.value, style),
    ago: (iso: string | null | undefined, now: number) => formatAgo(iso, now, language.value),
    weekday: (iso: string | null | undefined, year?: boolean) => formatWeekday(iso, language.value, zone.value, year),
    range: (from: string | null, to: string | null) => formatRange(from, to, language.value, zone.value),
    difference: (seconds: Figure) => formatDifference(seconds, (size) => formatDuration(size, language.value)),
  }
}
