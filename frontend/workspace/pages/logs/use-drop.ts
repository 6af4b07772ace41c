/** Files may be dropped anywhere on the page: is one held over it, and what was let go? */
import { onBeforeUnmount, onMounted, ref } from 'vue'

export function useDrop(take: (files: File[]) => void) {
  const over = ref(false)
  let depth = 0 // dragenter and dragleave come for every element passed

  const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false
  function enter(event: DragEvent): void {
    if (!hasFiles(event)) return
    depth += 1
    over.value = true
  }
  function leave(event: DragEvent): void {
    if (!hasFiles(event)) return
    depth = Math.max(0, depth - 1)
    over.value = depth > 0
  }
  function hold(event: DragEvent): void {
    if (hasFiles(event)) event.preventDefault()
  }
  function drop(event: DragEvent): void {
    if (!hasFiles(event)) return
    event.preventDefault()
    depth = 0
    over.value = false
    take([...(event.dataTransfer?.files ?? [])])
  }

  const pairs = { dragenter: enter, dragleave: leave, dragover: hold, drop }
  onMounted(() => Object.entries(pairs).forEach(([name, handler]) => window.addEventListener(name, handler as EventListener)))
  onBeforeUnmount(() => Object.entries(pairs).forEach(([name, handler]) => window.removeEventListener(name, handler as EventListener)))
  return over
}
