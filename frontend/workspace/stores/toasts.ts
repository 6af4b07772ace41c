/** Short notes that come and go: what was done, and what went wrong where no page shows it. */
import { defineStore } from 'pinia'
import { ref } from 'vue'
import type { RouteLocationRaw } from 'vue-router'

import { asProblem } from '@/api/problem'
import { sayProblem } from '@/ui/say-problem'

export interface Toast {
  id: number
  kind: 'done' | 'problem'
  text: string
  to?: ToastLink // where to go from here
}

/** A page, and what the link to it says. */
export interface ToastLink {
  says: string
  route: RouteLocationRaw
}

const STAY_MS = { done: 4000, problem: 9000, link: 12_000 }

export const useToasts = defineStore('toasts', () => {
  const items = ref<Toast[]>([])
  let last = 0

  function add(kind: Toast['kind'], text: string, to?: ToastLink): void {
    last += 1
    const id = last
    items.value = [...items.value.filter((toast) => toast.text !== text), { id, kind, text, to }]
    setTimeout(() => dismiss(id), to ? STAY_MS.link : STAY_MS[kind])
  }

  function dismiss(id: number): void {
    items.value = items.value.filter((toast) => toast.id !== id)
  }

  const done = (text: string, to?: ToastLink) => add('done', text, to)

  /** Say what failed; an abort was wanted and is not told. */
  function problem(error: unknown): void {
    if (error instanceof DOMException && error.name === 'AbortError') return
    add('problem', sayProblem(asProblem(error)))
  }

  return { items, done, problem, dismiss }
})
