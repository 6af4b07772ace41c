/** Which sentence does a person read when something failed? The server's own, else one of ours. */
import { i18n } from '@/i18n'
import type { Problem } from '@/api/problem'

export function sayProblem(problem: Problem): string {
  const { t, te } = i18n.global
  const key = problem.type.startsWith('auth:') ? `session.error.${problem.type.slice(5)}` : ''
  if (key && te(key)) return t(key)
  if (problem.message && problem.type !== 'client:fault') return problem.message
  if (problem.status === 0) return problem.type === 'client:fault' ? t('problem.fault') : t('problem.unreachable')
  if (problem.status === 403) return t('problem.forbidden')
  if (problem.status === 404) return t('problem.missing')
  if (problem.status === 413) return t('problem.too_large')
  if (problem.status === 429) return t('problem.too_many', { seconds: problem.retryAfter ?? 60 })
  return problem.status >= 500 ? t('problem.server') : t('problem.refused', { status: problem.status })
}
