import { describe, expect, it } from 'vitest'

import type { Seen } from '../core/seen'
import { queueOf } from './notices'

const waiting = (ahead: number) =>
  ({ language: 'en', messages: [], config: { hours: { open: true } }, state: { conversation: { status: 'waiting' }, queue: { ahead, wait_s: 300 } } }) as unknown as Seen
const say = (key: string) => key

describe('the queue', () => {
  it('promises no minutes to who is next', () => {
    expect(queueOf(waiting(0), say)).toBe('queue.next')
    expect(queueOf(waiting(1), say)).toBe('queue.ahead queue.wait')
  })
})
