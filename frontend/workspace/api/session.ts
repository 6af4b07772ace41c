/** Who is here? Session, sign-in and the second step, through our API and allauth's headless one. */
import { call, get, patch, post, remove } from './client'
import { Problem } from './problem'
import type { LanguageCode, SessionBody, ThemeChoice } from './types'

const AUTH = '/_allauth/browser/v1/auth'
const ACCOUNT = '/_allauth/browser/v1/account'

/** What is still to be done after a step of signing in. */
export type Outcome = 'done' | 'second-step'

/** What allauth says instead of problem+json. */
interface AllauthBody {
  data?: { flows?: { id: string; is_pending?: boolean }[] }
  errors?: { message: string; code: string; param?: string }[]
}

export const readSession = () => get<SessionBody>('/api/v1/session', { anonymous: true })
export const changeSession = (change: { language?: LanguageCode; theme?: ThemeChoice; name?: string }) =>
  patch<SessionBody>('/api/v1/session', change)
export const changePassword = (current: string, fresh: string) =>
  post<unknown>('/api/v1/session/password', { current, new: fresh })

/** Sign in; `second-step` when a code is wanted next. Throws a Problem whose slug may be an allauth code. */
export function signIn(username: string, password: string): Promise<Outcome> {
  return step(`${AUTH}/login`, { username, password })
}

/** Give the code of the authenticator, or a recovery code. */
export function giveCode(code: string): Promise<Outcome> {
  return step(`${AUTH}/2fa/authenticate`, { code })
}

/** Sign out. allauth answers 401 (there is no session now), which here is success. */
export async function signOut(): Promise<void> {
  try {
    await remove(`${AUTH}/session`, { anonymous: true })
  } catch (error) {
    if (!(error instanceof Problem) || error.status !== 401) throw error
  }
}

export interface TotpSetup {
  secret: string
  url: string // otpauth://
  svg: string | null
}

/** What a person needs to set up an authenticator; null when one is set up already. */
export async function totpSetup(): Promise<TotpSetup | null> {
  try {
    await get(`${ACCOUNT}/authenticators/totp`, { anonymous: true })
    return null
  } catch (error) {
    if (!(error instanceof Problem) || error.status !== 404) throw error
    const meta = error.values.meta as { secret: string; totp_url: string; totp_svg?: string }
    return { secret: meta.secret, url: meta.totp_url, svg: meta.totp_svg ?? null }
  }
}

export const activateTotp = (code: string) => allauth('POST', `${ACCOUNT}/authenticators/totp`, { code })
export const deactivateTotp = () => allauth('DELETE', `${ACCOUNT}/authenticators/totp`)

export interface RecoveryCodes {
  unused_codes: string[]
  unused_code_count: number
  total_code_count: number
}

export async function recoveryCodes(): Promise<RecoveryCodes> {
  const body = await allauth<{ data: RecoveryCodes }>('GET', `${ACCOUNT}/authenticators/recovery-codes`)
  return body.data
}

export async function freshRecoveryCodes(): Promise<RecoveryCodes> {
  const body = await allauth<{ data: RecoveryCodes }>('POST', `${ACCOUNT}/authenticators/recovery-codes`)
  return body.data
}

/** Prove again who one is, where allauth asks for it before a sensitive change. */
export const reauthenticate = (password: string) => allauth('POST', `${AUTH}/reauthenticate`, { password })

/** Does this Problem ask to give the password once more? */
export function wantsReauthentication(error: unknown): boolean {
  if (!(error instanceof Problem) || error.status !== 401) return false
  const flows = (error.values as AllauthBody).data?.flows ?? []
  return flows.some((flow) => flow.id === 'reauthenticate' || flow.id === 'mfa_reauthenticate')
}

async function step(path: string, body: unknown): Promise<Outcome> {
  try {
    await allauth('POST', path, body)
    return 'done'
  } catch (error) {
    if (isSecondStep(error)) return 'second-step'
    throw error
  }
}

function isSecondStep(error: unknown): boolean {
  if (!(error instanceof Problem) || error.status !== 401) return false
  const flows = (error.values as AllauthBody).data?.flows ?? []
  return flows.some((flow) => flow.id === 'mfa_authenticate' && flow.is_pending)
}

/** allauth answers `{errors: [{code}]}`: the code becomes the Problem's name, so that the screen has words for it. */
async function allauth<T = unknown>(method: 'GET' | 'POST' | 'DELETE', path: string, body?: unknown): Promise<T> {
  try {
    return await call<T>(method, path, body === undefined ? { anonymous: true } : { body, anonymous: true })
  } catch (error) {
    throw named(error)
  }
}

function named(error: unknown): unknown {
  if (!(error instanceof Problem) || error.message) return error
  const first = (error.values as AllauthBody).errors?.[0]
  if (!first) return error
  return new Problem(`auth:${first.code}`, first.message, error.status, error.values, error.retryAfter)
}
