/** How long until the next try? 1, 2, 4, ... at most 30 seconds, half of it by chance, so that a thousand pages do not come back at once. */
export const LONGEST_MS = 30_000

export function backOff(tries: number, random: () => number = Math.random): number {
  const whole = Math.min(LONGEST_MS, 1000 * 2 ** Math.max(0, tries - 1))
  return whole / 2 + (whole / 2) * random()
}

/** A pause that can be cut short. */
export interface Pause {
  over: Promise<void>
  cut: () => void
}

export function pause(milliseconds: number): Pause {
  let cut: () => void = () => undefined
  const over = new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, milliseconds)
    cut = () => {
      clearTimeout(timer)
      resolve()
    }
  })
  return { over, cut: () => cut() }
}

/** A name that nobody else has made; without the secure context that randomUUID asks for. */
export function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
  const digits = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
  return [digits.slice(0, 8), digits.slice(8, 12), digits.slice(12, 16), digits.slice(16, 20), digits.slice(20)].join('-')
}
