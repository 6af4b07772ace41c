/** What does the server send? The shapes of `/api/v1`, as it names them. Seconds are floats, times ISO 8601 Z. */

export type Verb =
  | 'logs.read'
  | 'logs.import'
  | 'logs.delete'
  | 'journal.read'
  | 'people.manage'
  | 'settings.manage'
  | 'account.manage'
  | 'access.read'
  | 'channels.read'
  | 'conversations.write'
  | 'channels.manage'
  | 'reception.read'
  | 'reception.manage'

export type LanguageCode = 'zh-Hans' | 'en'
export type ThemeChoice = 'light' | 'dark' | 'auto'

export interface User {
  id: string
  username: string
  name: string
  email: string
  role: 'agent' | 'lead' | 'manager' | 'administrator' | 'auditor'
  language: LanguageCode
  theme: ThemeChoice
  totp: boolean // signs in with a second step
}

export interface Installation {
  name: string
  version: string
  demo: boolean
  zone: string // IANA name, the default for times
}

export interface DemoHint {
  username: string
  password: string
}

export interface SessionBody {
  user: User
  may: Verb[]
  alerts?: number // about one's account, not put away yet
  installation: Installation
  demo_hint?: DemoHint | null
}

/** What even somebody signed out may know. */
export interface SignedOut {
  installation?: Installation
  demo_hint?: DemoHint | null
}

export interface ProblemBody {
  type: string // `/errors/<room>-<slug>`
  title: string // a sentence in the person's language
  status: number
  detail?: string
  [value: string]: unknown
}

export type LogState = 'ready' | 'importing' | 'failed' | 'empty'

export interface LogProgress {
  stage: 'reading' | 'sorting' | 'writing'
  done: number // 0..1
  eta_s: number | null
}

export interface LogColumns {
  case: string
  activity: string[]
  time: string
  resource?: string | null
}

export interface Log {
  id: string
  name: string
  kind: 'journal' | 'imported'
  state: LogState
  events: number
  cases: number
  activities: number
  first_at: string | null
  last_at: string | null
  created_at: string
  set_aside: number // rows that could not be read
  progress: LogProgress | null
  error: { type: string; title: string } | null
  columns: LogColumns | null
}

export type ColumnGuess = 'case' | 'activity' | 'time' | 'start' | 'resource'

export interface UploadColumn {
  name: string
  samples: string[]
  guess: ColumnGuess | null
}

export interface Upload {
  id: string
  file_name: string
  bytes: number
  format: 'csv' | 'xes' | 'parquet' | 'xlsx'
  encoding: string | null
  columns: UploadColumn[]
  needs_zone: boolean
  ambiguous_dates: boolean // its first times may be day first or month first
  ready: boolean // nothing to ask
  preview: (string | null)[][]
}

export interface NewLog {
  upload: string
  name: string
  columns: { case: string; activity: string[]; time: string; resource: string | null } | null
  zone: string | null
  dates?: DateOrder | null // null: the file's own evidence decides
}

/** Day first, or month first? */
export type DateOrder = 'dmy' | 'mdy'

export interface Totals {
  events: number
  cases: number
  log_events: number
  log_cases: number
  variants: number
  first_at: string | null
  last_at: string | null
}

/** Times in seconds. */
export interface Times {
  sum: number
  mean: number
  median: number
  p90: number
}

export interface MapNode {
  id: string
  label: string
  events: number
  cases: number
  starts: number
  ends: number
  rework_cases: number
  rework_extra: number
  before_s: Times | null // time since the previous step of the case
  department: string | null
}

export interface MapEdge extends Times {
  from: string
  to: string
  n: number
  cases: number
}

export interface ProcessMap {
  log: Log
  totals: Totals
  nodes: MapNode[]
  edges: MapEdge[]
  case_duration_s: { mean: number; median: number; p90: number; max: number }
  handovers: { total: number; pairs: number; top: { from: string; to: string; n: number }[] }
}

export interface Variant {
  key: string
  steps: string[]
  cases: number
  share: number
  cumulative: number
  median_s: number
}

export interface Variants {
  total: number
  cases: number
  items: Variant[]
}

export interface CaseRow {
  case: string
  label: string
  start: string
  end: string
  duration_s: number
  steps: number
  focus_s: number | null // the time of the edge or node asked for
}

export interface CasePage {
  total: number
  items: CaseRow[]
  next: string | null
}

export interface CaseEvent {
  activity: string
  label: string
  at: string
  since_previous_s: number | null
  resource: string | null
  lifecycle?: string | null
}

export interface CaseLine {
  case: string
  events: CaseEvent[]
}
