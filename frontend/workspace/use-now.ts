/** What time is it, for "3 min ago"? One slow clock for all of a page. */
import { onScopeDispose, readonly, ref } from 'vue'

const EACH_MS = 15_000

export function useNow() {
  const now = ref(Date.now())
  const timer = setInterval(() => (now.value = Date.now()), EACH_MS)
  onScopeDispose(() => clearInterval(timer))
  return readonly(now)
}
