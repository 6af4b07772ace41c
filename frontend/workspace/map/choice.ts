/** Which log does the page open on? The one looked at last, else the installation's own, else the first ready. */
import type { Log } from '@/api/types'

const KEY = 'servewell.log'

export function firstLog(logs: Log[], last: string | null): Log | null {
  const ready = logs.filter((log) => log.state === 'ready')
  return (
    ready.find((log) => log.id === last) ??
    ready.find((log) => log.kind === 'journal') ??
    ready[0] ??
    logs.find((log) => log.state === 'importing') ??
    logs[0] ??
    null
  )
}

export function rememberLog(id: string): void {
  try {
    localStorage.setItem(KEY, id)
  } catch {
    return // storage forbidden: the page opens on the installation's own log
  }
}

export function recallLog(): string | null {
  try {
    return localStorage.getItem(KEY)
  } catch {
    return null // as above
  }
}
