/** Before a sensitive change the server may want the password once more: ask, then go on where it stopped. */
import { ref } from 'vue'

import { reauthenticate, wantsReauthentication } from '@/api/session'

export function useProof() {
  const proving = ref(false)
  let settle: { done: () => void; stop: (reason: DOMException) => void } | null = null

  /** Run a step; when proof is wanted, wait for it and run the step once more. */
  async function proven(step: () => Promise<void>): Promise<void> {
    try {
      await step()
    } catch (error) {
      if (!wantsReauthentication(error)) throw error
      if (await asked()) await step()
    }
  }

  /** Give the password; throws a Problem when it is wrong. */
  async function prove(password: string): Promise<void> {
    await reauthenticate(password)
    proving.value = false
    settle?.done()
  }

  function giveUp(): void {
    proving.value = false
    settle?.stop(new DOMException('given up', 'AbortError'))
  }

  async function asked(): Promise<boolean> {
    proving.value = true
    const proof = new Promise<void>((done, stop) => (settle = { done, stop }))
    return proof.then(
      () => true,
      () => false,
    )
  }

  return { proving, proven, prove, giveUp }
}
