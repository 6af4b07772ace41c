import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { effectScope } from 'vue'

import * as api from '@/api/logs'
import { Problem } from '@/api/problem'
import type { Log, Upload } from '@/api/types'
import { live } from '@/live'

import { useLogs } from './logs'
import { useUploads } from './uploads'

vi.mock('@/api/logs')
vi.mock('@/live', async () => {
  const { ref } = await import('vue')
  return { live: { on: vi.fn(), state: ref('waiting'), onState: () => undefined } }
})

const log = (id: string, change: Partial<Log> = {}): Log => ({
  id, name: id, kind: 'imported', state: 'ready', events: 1, cases: 1, activities: 1, first_at: null, last_at: null,
  created_at: '2026-11-22T00:00:00Z', set_aside: 0, progress: null, error: null, columns: null, ...change,
})
const reading = (id: string, done = 0) => log(id, { state: 'importing', progress: { stage: 'reading', done, eta_s: null } })
const upload = (ready: boolean) => ({ id: 'u1', ready, columns: [], preview: [] }) as unknown as Upload

beforeEach(() => {
  vi.resetAllMocks()
  vi.useFakeTimers()
  setActivePinia(createPinia())
})
afterEach(() => vi.useRealTimers())

/** What the stream tells the store. */
function streamed(name: string): (event: unknown) => void {
  const call = vi.mocked(live.on).mock.calls.find(([heard]) => heard === name)
  return call![1] as never
}

describe('the list of logs', () => {
  it('works', async () => {
    vi.mocked(api.readLogs).mockResolvedValue([log('a')])
    const logs = useLogs()
    await logs.load()
    expect(logs.items.map(({ id }) => id)).toEqual(['a'])
    expect(logs.loaded).toBe(true)
  })
  it('keeps what it had when it cannot be read again, and says why', async () => {
    vi.mocked(api.readLogs).mockResolvedValueOnce([log('a')]).mockRejectedValueOnce(new Problem('client:unreachable', '', 0))
    const logs = useLogs()
    await logs.load()
    await logs.load()
    expect(logs.items).toHaveLength(1)
    expect(logs.problem?.type).toBe('client:unreachable')
  })
  it('asks each half second for a log being read, until it is', async () => {
    vi.mocked(api.readLogs).mockResolvedValue([reading('a')])
    vi.mocked(api.readLog).mockResolvedValueOnce(reading('a', 0.5)).mockResolvedValueOnce(log('a'))
    const logs = useLogs()
    await logs.load()
    await vi.advanceTimersByTimeAsync(500)
    expect(logs.items[0]?.progress?.done).toBe(0.5)
    await vi.advanceTimersByTimeAsync(500)
    expect(logs.items[0]?.state).toBe('ready')
    await vi.advanceTimersByTimeAsync(5000)
    expect(api.readLog).toHaveBeenCalledTimes(2)
  })
  it('forgets a log that somebody else deleted meanwhile', async () => {
    vi.mocked(api.readLogs).mockResolvedValue([reading('a')])
    vi.mocked(api.readLog).mockRejectedValue(new Problem('/errors/insight-no-such-log', 'x', 404))
    const logs = useLogs()
    await logs.load()
    await vi.advanceTimersByTimeAsync(500)
    expect(logs.items).toEqual([])
  })
  it('does not ask for a log it deleted, whatever the stream still tells of it', async () => {
    vi.mocked(api.readLogs).mockResolvedValue([log('a')])
    const logs = useLogs()
    await logs.load()
    effectScope().run(logs.listen)
    await logs.discard('a')
    streamed('log')({ id: 'a', state: 'ready' })
    expect(logs.items).toHaveLength(0)
    expect(api.readLog).not.toHaveBeenCalled()
  })
  it('takes progress from the stream, and reads the log when its state changed or it is new', async () => {
    vi.mocked(api.readLogs).mockResolvedValue([reading('a')])
    vi.mocked(api.readLog).mockImplementation((id) => Promise.resolve(log(id)))
    const logs = useLogs()
    await logs.load()
    effectScope().run(() => logs.listen())
    const tell = streamed('log')
    tell({ id: 'a', state: 'importing', progress: { stage: 'sorting', done: 0.9, eta_s: 1 } })
    expect(logs.items[0]?.progress?.stage).toBe('sorting')
    expect(api.readLog).not.toHaveBeenCalled()
    tell({ id: 'a', state: 'ready', progress: null })
    tell({ id: 'b', state: 'importing', progress: null })
    await vi.advanceTimersByTimeAsync(0)
    expect(logs.items.map(({ id, state }) => [id, state])).toEqual([['b', 'ready'], ['a', 'ready']])
    tell({ id: 'b', state: 'deleted', progress: null })
    expect(logs.items.map(({ id }) => id)).toEqual(['a'])
  })
})

describe('a file on its way', () => {
  const file = new File(['x'], '十月.csv')

  it('that asks nothing becomes a log at once, under its own name', async () => {
    vi.mocked(api.sendFile).mockResolvedValue(upload(true))
    vi.mocked(api.createLog).mockResolvedValue(reading('new'))
    const uploads = useUploads()
    uploads.add([file])
    await vi.advanceTimersByTimeAsync(0)
    expect(api.createLog).toHaveBeenCalledWith({ upload: 'u1', name: '十月', columns: null, zone: null })
    expect(uploads.items).toEqual([])
    expect(useLogs().items.map(({ id }) => id)).toEqual(['new'])
  })
  it('that asks something waits for the answers, and keeps them when the server refuses', async () => {
    vi.mocked(api.sendFile).mockResolvedValue(upload(false))
    vi.mocked(api.createLog).mockRejectedValue(new Problem('/errors/insight-name-taken', '这个名称已经有了。', 409))
    const uploads = useUploads()
    uploads.add([file])
    await vi.advanceTimersByTimeAsync(0)
    expect(uploads.items[0]?.state).toBe('asking')
    await uploads.create(uploads.items[0]!.key, { name: 'x', columns: null, zone: null })
    expect(uploads.items[0]).toMatchObject({ state: 'asking', problem: { status: 409 } })
  })
  it('that fails says why and can be sent again', async () => {
    vi.mocked(api.sendFile).mockRejectedValueOnce(new Problem('client:unreachable', '', 0)).mockResolvedValueOnce(upload(false))
    const uploads = useUploads()
    uploads.add([file])
    await vi.advanceTimersByTimeAsync(0)
    expect(uploads.items[0]).toMatchObject({ state: 'failed', problem: { type: 'client:unreachable' } })
    await uploads.send(uploads.items[0]!.key)
    expect(uploads.items[0]).toMatchObject({ state: 'asking', problem: null })
  })
  it('that is cancelled is gone and no longer sent', async () => {
    vi.mocked(api.sendFile).mockImplementation((_file, _tell, signal) => new Promise((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(new DOMException('aborted', 'AbortError')))
    }))
    const uploads = useUploads()
    uploads.add([file])
    uploads.drop(uploads.items[0]!.key)
    await vi.advanceTimersByTimeAsync(0)
    expect(uploads.items).toEqual([])
    expect(api.createLog).not.toHaveBeenCalled()
  })
  it('tells how far it is', async () => {
    let tell: (sent: { loaded: number; total: number }) => void = () => undefined
    vi.mocked(api.sendFile).mockImplementation((_file, progress) => ((tell = progress), new Promise(() => undefined)))
    const uploads = useUploads()
    uploads.add([new File(['0123456789'], 'a.csv')])
    tell({ loaded: 4, total: 10 })
    expect(uploads.items[0]).toMatchObject({ state: 'sending', loaded: 4 })
    tell({ loaded: 10, total: 10 })
    expect(uploads.items[0]?.state).toBe('checking')
  })
})
