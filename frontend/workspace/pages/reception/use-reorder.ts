/** Move rules by pointer or by key; what is dropped is kept on the server, one order after the other. */
import { onScopeDispose, ref, type Ref } from 'vue'

import { moved, rowAt } from './order'

const SOON_MS = 700 // several presses of an arrow make one order

export function useReorder<T extends { id: string }>(items: Ref<T[]>, rows: () => HTMLElement[], keep: () => Promise<void>) {
  const dragged = ref('')
  let timer: ReturnType<typeof setTimeout> | undefined
  const later = () => {
    clearTimeout(timer)
    timer = setTimeout(() => void keep(), SOON_MS)
  }
  onScopeDispose(() => {
    clearTimeout(timer)
    drop()
  })

  /** Move by so many places; returns the new place, from 0. */
  function step(id: string, by: number): number {
    const from = items.value.findIndex((item) => item.id === id)
    const to = Math.max(0, Math.min(from + by, items.value.length - 1))
    if (to !== from) {
      items.value = moved(items.value, from, to)
      later()
    }
    return to
  }

  function grip(id: string, event: PointerEvent): void {
    if (event.button !== 0) return
    dragged.value = id
    before = items.value.map((item) => item.id).join()
    ;(event.currentTarget as HTMLElement | null)?.focus()
    window.addEventListener('pointermove', drag)
    window.addEventListener('pointerup', drop)
    window.addEventListener('pointercancel', drop)
  }
  let before = ''

  function drag(event: PointerEvent): void {
    const to = rowAt(rows().map((row) => row.getBoundingClientRect()), event.clientY)
    const from = items.value.findIndex((item) => item.id === dragged.value)
    if (from >= 0 && to >= 0 && from !== to) items.value = moved(items.value, from, to)
  }

  function drop(): void {
    window.removeEventListener('pointermove', drag)
    window.removeEventListener('pointerup', drop)
    window.removeEventListener('pointercancel', drop)
    if (dragged.value && before !== items.value.map((item) => item.id).join()) void keep()
    dragged.value = ''
  }

  return { dragged, step, grip }
}
