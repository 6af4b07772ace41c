/** Can the server be reached? From the browser's own word and from what the live stream sees. */
import { defineStore } from 'pinia'
import { computed, ref } from 'vue'

import { get } from '@/api/client'
import { live } from '@/live'

export const useConnection = defineStore('connection', () => {
  const online = ref(navigator.onLine)
  const stream = live.state
  /** Lost for longer than a reconnect normally takes. */
  const lostLong = ref(false)
  let timer: ReturnType<typeof setTimeout> | undefined

  window.addEventListener('online', () => (online.value = true))
  window.addEventListener('offline', () => (online.value = false))
  live.onState((state) => {
    clearTimeout(timer)
    if (state !== 'waiting') lostLong.value = lostLong.value && state === 'connecting'
    else if (!lostLong.value) timer = setTimeout(lose, 5000)
  })

  /** A stream is refused without a reason: perhaps the session has ended, which this question brings to light. */
  function lose(): void {
    lostLong.value = true
    get('/api/v1/session').catch(() => undefined) // a 401 leads to sign-in; anything else the banner tells
  }

  const dot = computed(() => (online.value ? stream.value : 'offline'))
  const banner = computed(() => (online.value ? (lostLong.value ? 'unreachable' : null) : 'away'))
  return { dot, banner }
})
