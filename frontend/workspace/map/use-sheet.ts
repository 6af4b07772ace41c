/** The details as a sheet from below, where the screen is narrow: how high does it stand? */
import { computed, ref, watch, type Ref } from 'vue'

export type Height = 'peek' | 'half' | 'tall'
const ORDER: readonly Height[] = ['peek', 'half', 'tall']
const TAP = 6 // pixels; more is a drag

/** Pixels of each height in a window so high. */
export function sheetHeights(windowHeight: number): Record<Height, number> {
  return { peek: 132, half: Math.round(windowHeight * 0.46), tall: Math.max(200, windowHeight - 130) }
}

/** The height nearest to where a drag ended. */
export function nearestHeight(pixels: number, windowHeight: number): Height {
  const heights = sheetHeights(windowHeight)
  return ORDER.reduce((best, one) => (Math.abs(heights[one] - pixels) < Math.abs(heights[best] - pixels) ? one : best))
}

/** `rises` changes when something is to be read: a sheet that only peeks then comes up to half. */
export function useSheet(rises: () => unknown) {
  const height = ref<Height>('peek')
  const dragged: Ref<number | null> = ref(null)
  let began: { y: number; pixels: number } | null = null
  watch(rises, (now) => {
    if (now && height.value === 'peek') height.value = 'half'
  }, { immediate: true })

  const pixels = computed(() => dragged.value ?? sheetHeights(window.innerHeight)[height.value])

  function pointerdown(event: PointerEvent): void {
    began = { y: event.clientY, pixels: pixels.value }
    ;(event.currentTarget as Element).setPointerCapture(event.pointerId)
  }

  function pointermove(event: PointerEvent): void {
    if (began && Math.abs(began.y - event.clientY) > TAP) dragged.value = Math.max(80, began.pixels + began.y - event.clientY)
  }

  function pointerup(): void {
    if (dragged.value !== null) height.value = nearestHeight(dragged.value, window.innerHeight)
    began = null
    setTimeout(() => (dragged.value = null)) // the click that follows a drag must still see it
  }

  /** A tap or Enter: the next height, and from the tallest back to the least. */
  function click(): void {
    if (dragged.value === null) height.value = ORDER[(ORDER.indexOf(height.value) + 1) % ORDER.length] as Height
  }

  return { height, pixels, grip: { pointerdown, pointermove, pointerup, pointercancel: pointerup, click } }
}
