/** Which logs are there, and how far are those being read? Kept up to date by the live stream, and by asking. */
import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'

import { deleteLog, readLog, readLogs } from '@/api/logs'
import { asProblem, type Problem } from '@/api/problem'
import type { Log } from '@/api/types'
import { live } from '@/live'

const ASK_MS = { alone: 500, withStream: 2000 } // between two questions about a log being read

export const useLogs = defineStore('logs', () => {
  const items = ref<Log[]>([])
  const loaded = ref(false)
  const problem = shallowRef<Problem | null>(null)
  const importing = computed(() => items.value.filter((log) => log.state === 'importing'))
  const gone = new Set<string>() // deleted here: the stream may still tell of how they were
  let timer: ReturnType<typeof setTimeout> | undefined

  /** Read the list; what fails is told in `problem`, and what was loaded stays. */
  async function load(): Promise<void> {
    try {
      items.value = await readLogs()
      problem.value = null
      loaded.value = true
      follow()
    } catch (error) {
      problem.value = asProblem(error)
    }
  }

  /** Put a log in its place in the list, or at its head when it is new. */
  function put(log: Log): void {
    const known = items.value.some((other) => other.id === log.id)
    items.value = known ? items.value.map((other) => (other.id === log.id ? log : other)) : [log, ...items.value]
    follow()
  }

  async function refresh(id: string): Promise<void> {
    try {
      put(await readLog(id))
    } catch (error) {
      if (asProblem(error).status === 404) drop(id)
    }
  }

  async function discard(id: string): Promise<void> {
    gone.add(id)
    try {
      await deleteLog(id)
    } catch (error) {
      gone.delete(id)
      throw error
    }
    drop(id)
  }

  function drop(id: string): void {
    gone.add(id)
    items.value = items.value.filter((log) => log.id !== id)
  }

  /** Ask again and again while something is being read. */
  function follow(): void {
    clearTimeout(timer)
    if (!importing.value.length) return
    timer = setTimeout(askAll, live.state.value === 'open' ? ASK_MS.withStream : ASK_MS.alone)
  }

  async function askAll(): Promise<void> {
    await Promise.all(importing.value.map((log) => refresh(log.id)))
    follow()
  }

  /** Begin to hear of logs from the stream; ends with the calling component. */
  function listen(): void {
    live.on('refresh', load)
    live.on('log', (event) => {
      if (event.state === 'deleted') return drop(event.id)
      if (gone.has(event.id)) return
      const known = items.value.find((log) => log.id === event.id)
      if (!known || event.state !== known.state) void refresh(event.id)
      else put({ ...known, progress: event.progress ?? known.progress })
    })
  }

  return { items, loaded, problem, load, put, refresh, discard, listen }
})
