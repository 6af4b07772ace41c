/** How does a failed call read? As a Problem: a name, a status, and a sentence that says what to do. */
import type { ProblemBody } from './types'

export class Problem extends Error {
  constructor(
    readonly type: string, // `/errors/<room>-<slug>`, or `client:<what>` when no answer came
    override readonly message: string, // the server's sentence; empty when the client must say it
    readonly status: number, // 0 when no answer came
    readonly values: Record<string, unknown> = {},
    readonly retryAfter: number | null = null, // seconds
  ) {
    super(message)
    this.name = 'Problem'
  }

  /** The name without its path: `people-wrong-password`. */
  get slug(): string {
    return this.type.replace(/^\/errors\//, '')
  }

  /** May the same call succeed a moment later? */
  get isPassing(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500
  }
}

/** Could the server not be reached at all? */
export function unreachable(): Problem {
  return new Problem('client:unreachable', '', 0)
}

/** Make a Problem of an answer that is not 2xx. */
export async function problemOf(response: Response): Promise<Problem> {
  const body = await jsonOf(response)
  return problemFrom(body, response.status, response.headers.get('Retry-After'))
}

/** Make a Problem of a body that may be problem+json, allauth's errors, or anything else. */
export function problemFrom(body: unknown, status: number, retryAfter: string | null = null): Problem {
  const fields = (body ?? {}) as Partial<ProblemBody>
  const known = typeof fields.title === 'string' && typeof fields.type === 'string'
  return new Problem(
    known ? String(fields.type) : `client:status-${status}`,
    known ? String(fields.detail ?? fields.title) : '',
    status,
    fields as Record<string, unknown>,
    retryAfter && /^\d+$/.test(retryAfter) ? Number(retryAfter) : null,
  )
}

/** Whatever was thrown, as a Problem. Aborts stay what they are. */
export function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error
  if (error instanceof TypeError) return unreachable()
  return new Problem('client:fault', error instanceof Error ? error.message : String(error), 0)
}

async function jsonOf(response: Response): Promise<unknown> {
  try {
    return await response.json()
  } catch {
    return null // a proxy's HTML page tells nothing that a person could use
  }
}
