import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import { call, get, onExpired, post, remove } from './client'
import { Problem } from './problem'

const answer = (body: unknown, status = 200, headers: Record<string, string> = {}) =>
  new Response(body === null ? null : JSON.stringify(body), { status, headers })
const sentence = { type: '/errors/insight-empty-file', title: '文件是空的。', status: 422 }
let fetched: ReturnType<typeof vi.fn>

beforeEach(() => {
  vi.useFakeTimers()
  document.cookie = 'csrftoken=abc%3D'
  fetched = vi.fn()
  vi.stubGlobal('fetch', fetched)
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

/** Runs the timers of the pauses while the call is under way. */
async function settled<T>(promise: Promise<T>): Promise<T> {
  const outcome = promise.catch((error: unknown) => Promise.reject(error as Error))
  outcome.catch(() => undefined)
  await vi.runAllTimersAsync()
  return outcome
}
const headersSent = (nth = 0) => fetched.mock.calls[nth]![1].headers as Record<string, string>

describe('a call', () => {
  it('works', async () => {
    fetched.mockResolvedValue(answer({ items: [] }))
    expect(await get('/api/v1/insight/logs')).toEqual({ items: [] })
    expect(headersSent()).not.toHaveProperty('X-CSRFToken')
  })
  it('sends CSRF token and Idempotency-Key with a write, and the same key when it is repeated', async () => {
    fetched.mockResolvedValueOnce(answer(null, 502)).mockResolvedValueOnce(answer({ id: 1 }, 201))
    await settled(post('/api/v1/insight/logs', { name: 'x' }))
    expect(headersSent(0)['X-CSRFToken']).toBe('abc=')
    expect(headersSent(0)['Idempotency-Key']).toBeTruthy()
    expect(headersSent(1)['Idempotency-Key']).toBe(headersSent(0)['Idempotency-Key'])
  })
  it('has no body to read after 204', async () => {
    fetched.mockResolvedValue(answer(null, 204))
    expect(await remove('/api/v1/insight/logs/1')).toBeUndefined()
  })
})

describe('a failure', () => {
  it("carries the server's name, sentence and status", async () => {
    fetched.mockResolvedValue(answer(sentence, 422))
    const problem = await call('POST', '/x').catch((error: unknown) => error as Problem)
    expect(problem).toBeInstanceOf(Problem)
    expect(problem).toMatchObject({ slug: 'insight-empty-file', message: '文件是空的。', status: 422, isPassing: false })
  })
  it('of the network is tried three times for a read', async () => {
    fetched.mockRejectedValue(new TypeError('Failed to fetch'))
    await expect(settled(get('/x'))).rejects.toMatchObject({ type: 'client:unreachable', status: 0 })
    expect(fetched).toHaveBeenCalledTimes(3)
  })
  it('of the network is not repeated for a write: nobody knows whether it arrived', async () => {
    fetched.mockRejectedValue(new TypeError('Failed to fetch'))
    await expect(settled(post('/x'))).rejects.toMatchObject({ type: 'client:unreachable' })
    expect(fetched).toHaveBeenCalledTimes(1)
  })
  it('that the server means is not repeated', async () => {
    fetched.mockResolvedValue(answer(sentence, 422))
    await expect(settled(get('/x'))).rejects.toBeInstanceOf(Problem)
    expect(fetched).toHaveBeenCalledTimes(1)
  })
  it('without JSON still is a Problem', async () => {
    fetched.mockResolvedValue(new Response('<html>Bad gateway', { status: 500, headers: { 'Retry-After': '7' } }))
    const problem = await call('GET', '/x').catch((error: unknown) => error as Problem)
    expect(problem).toMatchObject({ type: 'client:status-500', retryAfter: 7, isPassing: true })
  })
  it('401 ends the session once, except where it is an answer', async () => {
    const expired = vi.fn()
    onExpired(expired)
    fetched.mockImplementation(() => Promise.resolve(answer({ ...sentence, status: 401 }, 401)))
    await get('/x', { anonymous: true }).catch(() => undefined)
    expect(expired).not.toHaveBeenCalled()
    await get('/x').catch(() => undefined)
    expect(expired).toHaveBeenCalledTimes(1)
  })
  it('an abort stays an abort', async () => {
    fetched.mockRejectedValue(new DOMException('aborted', 'AbortError'))
    await expect(get('/x')).rejects.toMatchObject({ name: 'AbortError' })
    expect(fetched).toHaveBeenCalledTimes(1)
  })
})
