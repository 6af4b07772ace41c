/** Keeps the layout of a drawing up to date, in a worker where there is one. The newest request wins. */
import { onScopeDispose, shallowRef, watch, type Ref } from 'vue'

import { arrange, type Drawing } from './arrange'
import type { Layout, Size } from './layout'
import type { LayoutAnswer, LayoutRequest } from './layout.worker'

export interface LaidOut {
  drawing: Drawing
  layout: Layout
}

export function useLayout(drawing: Ref<Drawing | null>, room: Ref<Size | null>): Ref<LaidOut | null> {
  const laid = shallowRef<LaidOut | null>(null)
  const pending = new Map<number, Drawing>()
  let turn = 0
  const worker = startWorker(({ turn: answered, layout }) => {
    const done = pending.get(answered)
    pending.delete(answered)
    if (done && answered === turn) laid.value = { drawing: done, layout }
  })
  watch([drawing, () => roomKey(room.value)], () => {
    turn += 1
    if (!drawing.value || !room.value) return
    const { boxes, lines } = drawing.value
    if (!worker) return void (laid.value = { drawing: drawing.value, layout: arrange({ boxes, lines }, room.value) })
    pending.set(turn, drawing.value)
    worker.postMessage({ turn, drawing: { boxes, lines }, room: { ...room.value } } satisfies LayoutRequest)
  }, { immediate: true })
  onScopeDispose(() => worker?.terminate())
  return laid
}

/** The room in coarse steps: a few pixels more or less do not call for another layout. */
function roomKey(room: Size | null): string {
  return room ? `${Math.round(room.width / 40)} ${Math.round(room.height / 40)}` : ''
}

function startWorker(answer: (data: LayoutAnswer) => void): Worker | null {
  if (typeof Worker === 'undefined') return null
  const worker = new Worker(new URL('./layout.worker.ts', import.meta.url), { type: 'module' })
  worker.onmessage = ({ data }: MessageEvent<LayoutAnswer>) => {
    performance.measure?.('servewell-layout', { start: performance.now() - data.milliseconds, duration: data.milliseconds })
    answer(data)
  }
  return worker
}
