/** Which changes are said to who cannot see them? (New messages are said by the log itself.) */
import type { Seen } from '../core/seen'
import type { Say } from '../kit/texts'
import type { Key } from '../texts'

type Heard = Pick<Seen, 'offline' | 'outgoing' | 'inFlight' | 'state'>

/** The sentence for what changed; '' nothing that matters. */
export function changeInWords(before: Heard, now: Heard, say: Say<Key>): string {
  const agent = now.state?.conversation?.agent?.name
  const ended = (seen: Heard) => seen.state?.conversation?.status === 'ended'
  const refused = (seen: Heard) => seen.outgoing.filter((entry) => entry.refused).length
  if (refused(now) > refused(before)) return say('say.failed')
  if (ended(now) && before.state && !ended(before)) return say('say.ended')
  if (agent && before.state && agent !== before.state.conversation?.agent?.name) return say('say.agent', { name: agent })
  if (now.offline && now.outgoing.length > before.outgoing.length) return say('say.waiting')
  if (!now.offline && before.offline) return say('say.online')
  return now.outgoing.length < before.outgoing.length && !refused(before) ? say('say.sent') : ''
}
