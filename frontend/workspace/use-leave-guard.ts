/** Who would leave a page with something typed and not kept is asked; the browser asks who closes the tab. */
import { onScopeDispose, ref } from 'vue'
import { onBeforeRouteLeave, onBeforeRouteUpdate } from 'vue-router'

import { useSession } from '@/stores/session'

/** `isDirty` says whether something would be lost; `isSame` whether two addresses are the same page. */
export function useLeaveGuard(isDirty: () => boolean, isSame: (to: string, from: string) => boolean = () => false) {
  const session = useSession()
  const asking = ref(false)
  let settle: (go: boolean) => void = () => undefined

  const ask = () =>
    new Promise<boolean>((resolve) => {
      asking.value = true
      settle = (go) => {
        asking.value = false
        resolve(go)
      }
    })
  const mayGo = () => session.state !== 'in' || !isDirty() || ask()
  onBeforeRouteLeave(mayGo)
  onBeforeRouteUpdate((to, from) => isSame(to.path, from.path) || mayGo())

  const closing = (event: BeforeUnloadEvent) => isDirty() && event.preventDefault()
  window.addEventListener('beforeunload', closing)
  onScopeDispose(() => window.removeEventListener('beforeunload', closing))
  return { asking, stay: () => settle(false), go: () => settle(true) }
}
