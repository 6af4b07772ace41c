/** What does the state of all accounts come to, in one sentence? The worst first. */
import type { Account } from '@/api/channels'

export interface Headline {
  tone: 'bad' | 'warn' | 'ok'
  key: string // of the text
  count: number
  name: string // of the first one meant
}

export function headline(accounts: Account[]): Headline {
  const failing = accounts.filter(({ health }) => health.state === 'failing')
  if (failing.length) return told('bad', 'channels.headline.failing', failing)
  const aside = accounts.filter(({ health }) => health.aside > 0)
  if (aside.length) return { ...told('warn', 'channels.headline.aside', aside), count: aside.reduce((sum, { health }) => sum + health.aside, 0) }
  const fresh = accounts.filter(({ health }) => health.state === 'new')
  if (fresh.length) return told('warn', 'channels.headline.new', fresh)
  const paused = accounts.filter(({ health }) => health.state === 'paused')
  if (paused.length) return told('warn', 'channels.headline.paused', paused)
  return told('ok', 'channels.headline.ok', accounts)
}

function told(tone: Headline['tone'], key: string, meant: Account[]): Headline {
  return { tone, key, count: meant.length, name: meant[0]?.name ?? '' }
}
