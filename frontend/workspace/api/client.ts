/**
 * How does the workspace call the server? One fetch with the CSRF header, a stable Idempotency-Key on
 * writes, a few retries where they do no harm, and every failure as a Problem.
 */
import { Problem, problemOf, unreachable } from './problem'

export interface CallOptions {
  body?: unknown
  signal?: AbortSignal
  /** A 401 is an answer here (sign-in, first look at the session), not the end of a session. */
  anonymous?: boolean
}

type Method = 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE'
const RETRY_AFTER_MS = [300, 1200] // two more tries
let whenExpired: () => void = () => undefined
let language = 'zh-Hans'

/** Say what happens when the server no longer knows the session. */
export function onExpired(action: () => void): void {
  whenExpired = action
}

/** Say in which language the server's sentences are wanted, also before sign-in. */
export function speak(code: string): void {
  language = code
}

export const get = <T>(path: string, options: CallOptions = {}) => call<T>('GET', path, options)
export const post = <T>(path: string, body?: unknown, options: CallOptions = {}) =>
  call<T>('POST', path, { ...options, body })
export const patch = <T>(path: string, body: unknown, options: CallOptions = {}) =>
  call<T>('PATCH', path, { ...options, body })
export const put = <T>(path: string, body: unknown, options: CallOptions = {}) => call<T>('PUT', path, { ...options, body })
export const remove = <T = undefined>(path: string, options: CallOptions = {}) => call<T>('DELETE', path, options)

/**
 * Call the server and return its JSON (undefined for 204).
 *
 * @throws Problem for any answer outside 2xx and when no answer comes; AbortError when `signal` fires.
 */
export async function call<T>(method: Method, path: string, options: CallOptions = {}): Promise<T> {
  const request = requestOf(method, options)
  // Reads are repeated, and so are writes: their Idempotency-Key makes the second one the first one's answer.
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await once<T>(path, request, options)
    } catch (error) {
      const wait = RETRY_AFTER_MS[attempt]
      if (wait === undefined || !mayRetry(error, method)) throw error
      await pause(wait, options.signal)
    }
  }
}

/** The headers of every call; uploads by XMLHttpRequest use them too. */
export function headersOf(method: Method): Record<string, string> {
  const headers: Record<string, string> = { Accept: 'application/json', 'Accept-Language': language }
  if (method === 'GET') return headers
  return { ...headers, 'X-CSRFToken': cookie('csrftoken'), 'Idempotency-Key': newKey() }
}

/** Tell the shell that the session is over, unless the caller expected it. */
export function noteExpiry(status: number, anonymous = false): void {
  if (status === 401 && !anonymous) whenExpired()
}

async function once<T>(path: string, request: RequestInit, options: CallOptions): Promise<T> {
  const response = await reach(path, request)
  if (response.ok) return (await said(response)) as T
  noteExpiry(response.status, options.anonymous)
  throw await problemOf(response)
}

/** What an answer holds; 204 and some 202 hold nothing. */
async function said(response: Response): Promise<unknown> {
  const text = await response.text()
  return text ? JSON.parse(text) : undefined
}

async function reach(path: string, request: RequestInit): Promise<Response> {
  try {
    return await fetch(path, request)
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    throw unreachable()
  }
}

function requestOf(method: Method, options: CallOptions): RequestInit {
  const headers = headersOf(method)
  const request: RequestInit = { method, headers, credentials: 'same-origin', signal: options.signal ?? null }
  if (options.body === undefined) return request
  if (options.body instanceof FormData) return { ...request, body: options.body }
  return { ...request, headers: { ...headers, 'Content-Type': 'application/json' }, body: JSON.stringify(options.body) }
}

function mayRetry(error: unknown, method: Method): boolean {
  if (!(error instanceof Problem)) return false
  if (method === 'GET') return error.status === 0 || [502, 503, 504].includes(error.status)
  return error.status === 502 || error.status === 504 // the gateway gave up, the key protects the write
}

function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds)
    signal?.addEventListener('abort', () => {
      clearTimeout(timer)
      reject(new DOMException('aborted', 'AbortError'))
    })
  })
}

function cookie(name: string): string {
  const found = document.cookie.split('; ').find((pair) => pair.startsWith(`${name}=`))
  return found ? decodeURIComponent(found.slice(name.length + 1)) : ''
}

function newKey(): string {
  // randomUUID exists only in secure contexts; a trial over plain http on a LAN address must work as well
  if (typeof crypto.randomUUID === 'function') return crypto.randomUUID()
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
