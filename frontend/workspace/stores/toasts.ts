/** Short notes that come and go: what was done, and what went wrong where no page shows it. */
import { defineStore } from 'pinia'
import { ref } from 'vue'

import { asProblem } from '@/api/problem'
import { sayProblem } from '@/ui/say-problem'

export interface Toast {
  id: number
  kind: 'done' | 'problem'
  text: string
}

const STAY_MS = { done: 4000, problem: 9000 }

export const useToasts = defineStore('toasts', () => {
  const items = ref<Toast[]>([])
  let last = 0

  function add(kind: Toast['kind'], text: string): void {
    last += 1
    const id = last
    items.value = [...items.value.filter((toast) => toast.text !== text), { id, kind, text }]
    setTimeout(() => dismiss(id), STAY_MS[kind])
  }

  function dismiss(id: number): void {
    items.value = items.value.filter((toast) => toast.id !== id)
  }

  const done = (text: string) => add('done', text)

  /** Say what failed; an abort was wanted and is not told. */
  function problem(error: unknown): void {
    if (error instanceof DOMException && error.name === 'AbortError') return
    add('problem', sayProblem(asProblem(error)))
  }

  return { items, done, problem, dismiss }
})
