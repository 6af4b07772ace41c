/** Lays out maps beside the page, so that it stays responsive. */
import { arrange, type Drawing } from './arrange'
import type { Layout, Size } from './layout'

export interface LayoutRequest {
  turn: number
  drawing: Pick<Drawing, 'boxes' | 'lines'>
  room: Size
}

export interface LayoutAnswer {
  turn: number
  layout: Layout
  milliseconds: number
}

self.onmessage = ({ data }: MessageEvent<LayoutRequest>) => {
  const began = performance.now()
  const layout = arrange(data.drawing, data.room)
  self.postMessage({ turn: data.turn, layout, milliseconds: performance.now() - began } satisfies LayoutAnswer)
}
