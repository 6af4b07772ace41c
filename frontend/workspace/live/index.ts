/** The one live connection of this tab. `live.on('log', ...)` in a component ends with the component. */
import { getCurrentScope, onScopeDispose, readonly, ref } from 'vue'

import { LiveClient } from './client'
import type { LiveEvents, LiveName, LiveState } from './protocol'

const client = new LiveClient('/stream', {
  openSource: (url) => new EventSource(url),
  openChannel: (name) => ('BroadcastChannel' in window ? new BroadcastChannel(name) : null),
  locks: 'locks' in navigator ? navigator.locks : null,
  random: Math.random,
})
const state = ref<LiveState>('idle')
client.onState((fresh) => (state.value = fresh))
window.addEventListener('online', () => client.retryNow())

function on<N extends LiveName>(name: N, handler: (data: LiveEvents[N], id: string) => void): () => void {
  const off = client.on(name, handler)
  if (getCurrentScope()) onScopeDispose(off)
  return off
}

export const live = {
  on,
  state: readonly(state),
  onState: (watcher: (state: LiveState) => void) => client.onState(watcher),
  start: () => client.start(),
  stop: () => client.stop(),
}
