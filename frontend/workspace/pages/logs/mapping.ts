/** What does each column of a file mean? The server's guess, changed by hand, checked before it is sent. */
import type { DateOrder, NewLog, Upload, UploadColumn } from '@/api/types'

export type Role = 'case' | 'activity' | 'time' | 'resource' | 'none'
export const ROLES: readonly Role[] = ['none', 'case', 'activity', 'time', 'resource']
/** Without these three there is no map. */
export const NEEDED: readonly Role[] = ['case', 'activity', 'time']

/** One role for each column, in the order of the file. */
export type Mapping = Role[]

/** Begin with the guesses; of two columns guessed alike the first has it, activities may be several. */
export function guessed(columns: UploadColumn[]): Mapping {
  const mapping: Mapping = columns.map(() => 'none')
  columns.forEach(({ guess }, index) => {
    if (!guess || guess === 'start') return
    if (guess === 'activity' || !mapping.includes(guess)) mapping[index] = guess
  })
  return mapping
}

/** Give one column a role; a role that only one column can have is taken from the other. */
export function assign(mapping: Mapping, index: number, role: Role): Mapping {
  const alone = role !== 'activity' && role !== 'none'
  return mapping.map((other, at) => (at === index ? role : alone && other === role ? 'none' : other))
}

/** Which needed roles has no column? */
export function missing(mapping: Mapping): Role[] {
  return NEEDED.filter((role) => !mapping.includes(role))
}

/** The columns as the server wants them; call only when nothing is missing. */
export function columnsOf(upload: Upload, mapping: Mapping): NonNullable<NewLog['columns']> {
  const named = (role: Role) => upload.columns.filter((_, index) => mapping[index] === role).map((column) => column.name)
  return {
    case: named('case')[0] ?? '',
    activity: named('activity'),
    time: named('time')[0] ?? '',
    resource: named('resource')[0] ?? null,
  }
}

/** A date like 02/01/2026 that names two days, and each of them. */
export interface Doubt {
  sample: string
  days: Record<DateOrder, { month: number; day: number }>
}

const SLASHED = /^\s*((\d{1,2})[-/](\d{1,2})[-/](?:\d{4}|\d{2}))(?!\d)/

/** The first time of the file that is two days, when none of its first times says which; null: nothing to ask. */
export function doubtOf(upload: Upload, mapping: Mapping): Doubt | null {
  const at = mapping.indexOf('time')
  const found = upload.preview.map((row) => SLASHED.exec(row[at] ?? '')).filter((match) => match !== null)
  const pairs = found.map((match) => ({ sample: match[1] ?? '', first: Number(match[2]), second: Number(match[3]) }))
  if (pairs.some(({ first, second }) => first > 12 || second > 12)) return null
  const shown = pairs.find(({ first, second }) => first !== second) ?? pairs[0]
  if (!shown) return null
  const { sample, first, second } = shown
  return { sample, days: { dmy: { month: second, day: first }, mdy: { month: first, day: second } } }
}

/** A name for the log: the file's, without path and endings. */
export function nameFor(fileName: string): string {
  return fileName.replace(/^.*[/\\]/, '').replace(/(\.(xes|csv|xlsx|parquet|tsv|txt|gz))+$/i, '') || fileName
}
