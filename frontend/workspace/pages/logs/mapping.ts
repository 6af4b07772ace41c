/** What does each column of a file mean? The server's guess, changed by hand, checked before it is sent. */
import type { NewLog, Upload, UploadColumn } from '@/api/types'

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

/** A name for the log: the file's, without path and endings. */
export function nameFor(fileName: string): string {
  return fileName.replace(/^.*[/\\]/, '').replace(/(\.(xes|csv|xlsx|parquet|tsv|txt|gz))+$/i, '') || fileName
}
