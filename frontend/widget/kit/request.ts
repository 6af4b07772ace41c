/**
 * How are our servers called from somebody else's page? One fetch without cookies, with a deadline; every failure is a
 * `Problem` that says whether the same call may succeed later, after how long, or only when changed.
 */
export interface Call {
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  authorization?: string // the whole header: `Visitor <token>`
  body?: unknown // JSON, or FormData as it is
  language?: string // in which the server's sentences are wanted
  headers?: Record<string, string>
  signal?: AbortSignal
  timeout?: number // ms; 30 s
}

/** `network`: no answer; `limited`: 429; `server`: 5xx; `identity`: 401; `refused`: any other 4xx. */
export type Cause = 'network' | 'limited' | 'server' | 'identity' | 'refused'

export class Problem extends Error {
  constructor(
    override readonly cause: Cause,
    readonly status: number, // 0 when no answer came
    readonly slug: string, // `<room>-<slug>` of docs/errors.md; empty when the answer was not ours
    override readonly message: string, // the server's sentence; empty when the page must say it
    readonly values: Record<string, unknown> = {},
    readonly waitMs = 0, // how long the server asks us to wait
  ) {
    super(message)
    this.name = 'Problem'
  }

  /** May the same call succeed later? */
  get passes(): boolean {
    return this.cause === 'network' || this.cause === 'limited' || this.cause === 'server'
  }
}

const DEADLINE_MS = 30_000

/**
 * Call and return the JSON of the answer (undefined for 204).
 *
 * @throws Problem for any answer outside 2xx, and when no whole answer comes in time.
 */
export async function request<T>(url: string, call: Call = {}): Promise<T> {
  const timer = new AbortController()
  const deadline = setTimeout(() => timer.abort(), call.timeout ?? DEADLINE_MS)
  const stop = () => timer.abort()
  call.signal?.addEventListener('abort', stop)
  try {
    const response = await fetch(url, init(call, timer.signal))
    if (!response.ok) throw await problemOf(response)
    return (response.status === 204 ? undefined : await response.json()) as T
  } catch (error) {
    throw error instanceof Problem ? error : new Problem('network', 0, '', '')
  } finally {
    clearTimeout(deadline)
    call.signal?.removeEventListener('abort', stop)
  }
}

/** Return what fetch needs for a call. */
export function init(call: Call, signal?: AbortSignal): RequestInit {
  const headers: Record<string, string> = { Accept: 'application/json', ...call.headers }
  if (call.authorization) headers.Authorization = call.authorization
  if (call.language) headers['Accept-Language'] = call.language
  const plain = call.body !== undefined && !(call.body instanceof FormData) && !(call.body instanceof Blob)
  if (plain) headers['Content-Type'] = 'application/json'
  const body = plain ? JSON.stringify(call.body) : ((call.body as BodyInit | undefined) ?? null)
  return { method: call.method ?? 'GET', headers, body, signal: signal ?? null, credentials: 'omit', cache: 'no-store', referrerPolicy: 'strict-origin-when-cross-origin' }
}

/** Make a Problem of an answer outside 2xx. */
export async function problemOf(response: Response): Promise<Problem> {
  const body = (await response.json().catch(() => ({}))) as Record<string, unknown> // a proxy's HTML tells nothing
  const ours = typeof body.title === 'string' && typeof body.type === 'string'
  const slug = ours ? String(body.type).replace(/^\/errors\//, '') : ''
  const sentence = ours ? String(body.detail ?? body.title) : ''
  return new Problem(causeOf(response.status), response.status, slug, sentence, body, waitOf(response.headers.get('Retry-After')))
}

function causeOf(status: number): Cause {
  if (status === 401) return 'identity'
  if (status === 429) return 'limited'
  return status >= 500 || status === 408 ? 'server' : 'refused'
}

function waitOf(header: string | null): number {
  if (!header) return 0
  const seconds = Number(header)
  return Math.max(0, Number.isFinite(seconds) ? seconds * 1000 : Date.parse(header) - Date.now() || 0)
}
