import { beforeEach, describe, expect, it, vi } from 'vitest'

import { Problem } from '../kit/request'
import { blobs, type Blobs } from './blobs'
import { Queue, type Entry, type Sending } from './queue'
import { shelf, type Shelf } from './storage'

const file = (name = 'cup.png') => new File(['bytes'], name, { type: 'image/png' })
const message = (text: string) => ({ visitor: 'v', text, page: { url: 'u', title: 't' }, wrote_at: '2026-11-22T15:00:00Z', language: 'en' })
const network = () => new Problem('network', 0, '', '')
const refused = (slug: string, fields?: unknown) => new Problem('refused', 422, slug, 'No.', { fields })

let storage: Shelf
let files: Blobs
let sent: string[]
let fail: (entry: Entry) => unknown
let greeted: boolean[]
let leads = true

function page(over: Partial<Sending> = {}): Queue {
  return new Queue(
    storage,
    files,
    {
      known: () => false,
      upload: async (_bytes, name) => ({ id: `id of ${name}`, name, media_type: '', size: 5, inline: true, url: '' }),
      send: async (entry, ids) => {
        const error = fail(entry)
        if (error) throw error
        sent.push([entry.text, ...ids].join(' '))
        return { id: entry.id, client_id: entry.id, conversation: 'c', position: sent.length, at: '', new_conversation: false }
      },
      taken: () => undefined,
      greet: async (lost) => void greeted.push(lost),
      progress: () => undefined,
      changed: () => undefined,
      ...over,
    },
    () => leads,
  )
}

const calm = () => vi.advanceTimersByTimeAsync(0)

beforeEach(() => {
  vi.useFakeTimers()
  localStorage.clear()
  storage = shelf('site', () => localStorage)
  files = blobs('site', () => undefined)
  sent = []
  greeted = []
  fail = () => null
  leads = true
})

describe('the queue', () => {
  it('works', async () => {
    const queue = page()
    await queue.add(message('one'), [])
    await calm()
    expect(sent).toEqual(['one'])
    expect(queue.entries()).toEqual([])
    expect(Object.keys(localStorage)).toEqual([])
  })
  it('keeps the order of writing, also where the first one has a file to be stored', async () => {
    const queue = page()
    void queue.add(message('with file'), [file()])
    void queue.add(message('without'), [])
    await calm()
    expect(sent).toEqual(['with file id of cup.png', 'without'])
  })
  it('tries again later and later, and loses nothing', async () => {
    const queue = page()
    let tries = 0
    fail = () => ((tries += 1) < 4 ? network() : null)
    await queue.add(message('one'), [])
    await queue.add(message('two'), [])
    await calm()
    expect(queue.hold?.cause).toBe('network')
    await vi.advanceTimersByTimeAsync(8000)
    expect(sent).toEqual(['one', 'two'])
    expect(queue.hold).toBeNull()
  })
  it('tries at once when told so', async () => {
    const queue = page()
    fail = () => network()
    await queue.add(message('one'), [])
    await vi.advanceTimersByTimeAsync(20_000)
    fail = () => null
    queue.now()
    await calm()
    expect(sent).toEqual(['one'])
  })
  it('waits as long as the server asks, whoever presses the button', async () => {
    const queue = page()
    fail = () => new Problem('limited', 429, 'too-fast', 'Please wait 12 seconds.', {}, 12_000)
    await queue.add(message('one'), [])
    await calm()
    expect(queue.hold?.sentence).toBe('Please wait 12 seconds.')
    fail = () => null
    queue.now()
    await vi.advanceTimersByTimeAsync(11_900)
    expect(sent).toEqual([])
    await vi.advanceTimersByTimeAsync(200)
    expect(sent).toEqual(['one'])
  })
  it('shows what was refused, and goes on with the next', async () => {
    const queue = page()
    fail = (entry) => (entry.text === 'bad' ? refused('channels_webchat-too-long') : null)
    await queue.add(message('bad'), [])
    await queue.add(message('good'), [])
    await calm()
    expect(sent).toEqual(['good'])
    expect(queue.entries()).toMatchObject([{ text: 'bad', refused: { slug: 'channels_webchat-too-long', sentence: 'No.' } }])
  })
  it('sends a refused one again with what its form lacked', async () => {
    const queue = page()
    fail = (entry) => (entry.form ? null : refused('channels_webchat-form-incomplete', [{ key: 'name', sentence: 'Please.' }]))
    const entry = await queue.add(message('one'), [])
    await calm()
    expect(queue.entries()[0]?.refused?.fields).toEqual([{ key: 'name', sentence: 'Please.' }])
    queue.retry(entry.id, { name: 'Lin' })
    await calm()
    expect(sent).toEqual(['one'])
  })
  it('asks for another visitor when the token is refused, then goes on', async () => {
    const queue = page()
    let tries = 0
    fail = () => ((tries += 1) === 1 ? new Problem('identity', 401, 'no-visitor', '') : null)
    await queue.add(message('one'), [])
    await calm()
    await vi.advanceTimersByTimeAsync(10)
    expect(greeted).toEqual([false, true, false])
    expect(sent).toEqual(['one'])
  })
  it('does not send up a file twice when only the message failed', async () => {
    const upload = vi.fn(async () => ({ id: 'f', name: '', media_type: '', size: 1, inline: true, url: '' }))
    const queue = page({ upload })
    let tries = 0
    fail = () => ((tries += 1) === 1 ? network() : null)
    await queue.add(message('one'), [file()])
    await vi.advanceTimersByTimeAsync(3000)
    expect(sent).toEqual(['one f'])
    expect(upload).toHaveBeenCalledTimes(1)
  })
  it('sends files up again for another visitor', async () => {
    const queue = page()
    fail = () => network()
    await queue.add(message('one'), [file()])
    await calm()
    expect(queue.entries()[0]?.files[0]?.sent).toBeTruthy()
    queue.handOver('somebody else')
    expect([queue.entries()[0]?.visitor, queue.entries()[0]?.files[0]?.sent]).toEqual(['somebody else', undefined])
  })
  it('says when a file is no longer here', async () => {
    const queue = page()
    leads = false
    await queue.add(message('one'), [])
    storage.set('q.0.x', { ...message('lost'), id: 'x', name: 'q.0.x', files: [{ key: 'gone', name: 'a', type: '', size: 1 }] })
    leads = true
    queue.now()
    await calm()
    expect(sent).toEqual(['one'])
    expect(queue.entries()).toMatchObject([{ text: 'lost', refused: { slug: 'widget-file-lost' } }])
  })
  it('drops what a catch-up showed to be with the server', async () => {
    const queue = page({ known: () => true })
    await queue.add(message('one'), [])
    await calm()
    expect([sent, queue.entries()]).toEqual([[], []])
  })
  it('goes on after a reload with what an earlier page left', async () => {
    fail = () => network()
    await page().add(message('one'), [])
    fail = () => null
    const later = page()
    later.now()
    await calm()
    expect(sent).toEqual(['one'])
  })
  it('leaves sending to the page that leads', async () => {
    leads = false
    const follower = page()
    await follower.add(message('one'), [])
    await calm()
    expect(sent).toEqual([])
    leads = true
    page().now()
    await calm()
    expect(sent).toEqual(['one'])
    expect(follower.entries()).toEqual([])
  })
  it('sends by itself what only its own memory holds', async () => {
    storage = shelf('site', () => { throw new DOMException('denied') })
    leads = false
    await page().add(message('one'), [])
    await calm()
    expect(sent).toEqual(['one'])
  })
  it('takes a message out, with its files', async () => {
    fail = () => refused('too-long')
    const queue = page()
    const entry = await queue.add(message('one'), [file()])
    await calm()
    queue.drop(entry.id)
    expect(queue.entries()).toEqual([])
    expect(await files.get(entry.files[0]!.key)).toBeNull()
  })
})
