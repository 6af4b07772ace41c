/** Files on their way to becoming logs. Kept here, so that walking to another page loses none of them. */
import { defineStore } from 'pinia'
import { ref } from 'vue'

import { createLog, sendFile } from '@/api/logs'
import { asProblem, type Problem } from '@/api/problem'
import type { NewLog, Upload } from '@/api/types'
import { nameFor } from '@/pages/logs/mapping'
import { rateOf, remember, type Rate, type Sample } from '@/pages/logs/rate'

import { useLogs } from './logs'

export interface Sending {
  key: number
  file: File
  state: 'sending' | 'checking' | 'asking' | 'creating' | 'failed'
  loaded: number // bytes
  rate: Rate
  upload: Upload | null
  problem: Problem | null
}

export const useUploads = defineStore('uploads', () => {
  const items = ref<Sending[]>([])
  const aborts = new Map<number, AbortController>()
  const logs = useLogs()
  let last = 0

  function add(files: Iterable<File>): void {
    for (const file of files) {
      last += 1
      items.value.push({ key: last, file, state: 'sending', loaded: 0, rate: { bytesPerSecond: null, remaining: null }, upload: null, problem: null })
      void send(last)
    }
  }

  /** Send, look at what the server saw in the file, and go on at once when nothing is to be asked. */
  async function send(key: number): Promise<void> {
    const item = find(key)
    if (!item) return
    const abort = new AbortController()
    aborts.set(key, abort)
    Object.assign(item, { state: 'sending', loaded: 0, problem: null })
    try {
      item.upload = await sendFile(item.file, progressOf(item), abort.signal)
      item.state = 'asking'
      if (item.upload.ready) await create(key, { name: nameFor(item.file.name), columns: null, zone: null })
    } catch (error) {
      fail(item, error)
    }
  }

  /** Make the log; the answers to the form's questions come with it. */
  async function create(key: number, answers: Omit<NewLog, 'upload'>): Promise<void> {
    const item = find(key)
    if (!item?.upload) return
    Object.assign(item, { state: 'creating', problem: null })
    try {
      logs.put(await createLog({ upload: item.upload.id, ...answers }))
      drop(key)
    } catch (error) {
      fail(item, error, item.upload.ready ? 'failed' : 'asking')
    }
  }

  /** Stop, and forget the file. */
  function drop(key: number): void {
    aborts.get(key)?.abort()
    aborts.delete(key)
    items.value = items.value.filter((item) => item.key !== key)
  }

  const find = (key: number) => items.value.find((item) => item.key === key)

  function progressOf(item: Sending) {
    let samples: Sample[] = []
    return ({ loaded, total }: { loaded: number; total: number }) => {
      samples = remember(samples, { at: performance.now(), loaded })
      item.loaded = Math.min(loaded, item.file.size)
      item.rate = rateOf(samples, total)
      if (loaded >= total) item.state = 'checking'
    }
  }

  function fail(item: Sending, error: unknown, state: Sending['state'] = 'failed'): void {
    if (error instanceof DOMException && error.name === 'AbortError') return
    Object.assign(item, { state, problem: asProblem(error) })
  }

  return { items, add, send, create, drop }
})
