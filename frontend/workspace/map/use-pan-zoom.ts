/** Moving and enlarging the drawing: drag, wheel, two fingers, buttons and keys change one view. */
import { onScopeDispose, ref, type Ref } from 'vue'

import type { Point, Size } from './layout'
import { panned, zoomAt, type View } from './viewport'

const DRAG_FROM = 4 // pixels; less is a click

export function usePanZoom(element: Ref<Element | null>, drawing: Ref<Size>, room: Ref<Size>) {
  const view = ref<View>({ x: 0, y: 0, scale: 1 })
  /** True once a person moved the map: it then stays where it is. */
  const moved = ref(false)
  const dragging = ref(false)
  const fingers = new Map<number, Point>()
  let began: Point | null = null
  let frame = 0
  onScopeDispose(() => cancelAnimationFrame(frame))

  function show(next: View, options: { smooth?: boolean } = {}): void {
    cancelAnimationFrame(frame)
    if (!options.smooth || matchMedia('(prefers-reduced-motion: reduce)').matches) return void (view.value = next)
    glide(next)
  }

  function glide(next: View): void {
    const from = { ...view.value }
    const start = performance.now()
    const move = (now: number) => {
      const share = Math.min(1, (now - start) / 180)
      const eased = 1 - (1 - share) ** 3
      const between = (a: number, b: number) => a + (b - a) * eased
      view.value = { x: between(from.x, next.x), y: between(from.y, next.y), scale: between(from.scale, next.scale) }
      if (share < 1) frame = requestAnimationFrame(move)
    }
    frame = requestAnimationFrame(move)
  }

  function zoom(factor: number, at?: Point): void {
    moved.value = true
    const middle = { x: room.value.width / 2, y: room.value.height / 2 }
    show(zoomAt(view.value, factor, at ?? middle), { smooth: !at })
  }

  function pan(by: Point): void {
    moved.value = true
    show(panned(view.value, by, drawing.value, room.value))
  }

  function inside(event: { clientX: number; clientY: number }): Point {
    const box = element.value?.getBoundingClientRect()
    return { x: event.clientX - (box?.left ?? 0), y: event.clientY - (box?.top ?? 0) }
  }

  function wheel(event: WheelEvent): void {
    event.preventDefault()
    const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1
    const speed = event.ctrlKey ? 0.01 : 0.0016 // a pinch on a touchpad comes as a wheel with Ctrl, in small steps
    zoom(Math.exp(-event.deltaY * lines * speed), inside(event))
  }

  function pointerdown(event: PointerEvent): void {
    if (event.button !== 0) return
    fingers.set(event.pointerId, inside(event))
    if (fingers.size === 1) [began, dragging.value] = [inside(event), false]
  }

  function pointermove(event: PointerEvent): void {
    const before = fingers.get(event.pointerId)
    if (!before) return
    const now = inside(event)
    if (fingers.size === 1 && !dragging.value && began && far(began, now) < DRAG_FROM) return
    if (!dragging.value) take(event)
    const other = [...fingers].find(([id]) => id !== event.pointerId)?.[1]
    fingers.set(event.pointerId, now)
    if (other) pinch(before, now, other)
    else pan({ x: now.x - before.x, y: now.y - before.y })
  }

  function take(event: PointerEvent): void {
    dragging.value = true
    element.value?.setPointerCapture(event.pointerId)
  }

  function pinch(before: Point, now: Point, other: Point): void {
    const ratio = far(now, other) / Math.max(1, far(before, other))
    pan({ x: (now.x - before.x) / 2, y: (now.y - before.y) / 2 })
    zoom(ratio, { x: (now.x + other.x) / 2, y: (now.y + other.y) / 2 })
  }

  function pointerup(event: PointerEvent): void {
    fingers.delete(event.pointerId)
    // the click that follows a drag must still see that it was one
    if (fingers.size === 0) setTimeout(() => (dragging.value = false))
  }

  const handlers = { wheel, pointerdown, pointermove, pointerup, pointercancel: pointerup }
  return { view, moved, dragging, show, zoom, pan, handlers }
}

function far(a: Point, b: Point): number {
  return Math.hypot(a.x - b.x, a.y - b.y)
}
