/** How fast is an upload, and how long will it still take? Over the last few seconds, so that a stall shows. */
export interface Sample {
  at: number // ms
  loaded: number // bytes
}

export interface Rate {
  bytesPerSecond: number | null // null until it can be told
  remaining: number | null // seconds
}

const WINDOW_MS = 5000
const LEAST_MS = 400

/** Add a sample and forget those older than the window, but keep one to measure from. */
export function remember(samples: readonly Sample[], fresh: Sample): Sample[] {
  const recent = samples.filter((sample) => fresh.at - sample.at <= WINDOW_MS)
  return [...recent, fresh]
}

/** The rate over the samples; `total` in bytes. */
export function rateOf(samples: readonly Sample[], total: number): Rate {
  const first = samples[0]
  const last = samples.at(-1)
  if (!first || !last || last.at - first.at < LEAST_MS) return { bytesPerSecond: null, remaining: null }
  const bytesPerSecond = ((last.loaded - first.loaded) * 1000) / (last.at - first.at)
  if (bytesPerSecond <= 0) return { bytesPerSecond: 0, remaining: null }
  return { bytesPerSecond, remaining: Math.max(0, total - last.loaded) / bytesPerSecond }
}
