/** What the customer's page and the server say to each other: docs/guide/en/customer-page.md as types. */
export type Status = 'received' | 'working' | 'waiting_for_you' | 'solved' | 'closed'

export interface Case {
  house: string
  number: number
  subject: string
  language: string
  status: Status
  since: string
  created_at: string
  team: string
  next: { kind: string; sentence: string; at: string | null }[]
  promises: { kind: string; sentence: string; due_at: string | null; state: 'open' | 'kept' | 'late' }[]
  can_answer: boolean
  can_solve: boolean
  begins_new: boolean
  goes_on: { number: number; path: string } | null
  messages: Message[]
  more: boolean
  limits: Limits
}

export interface Limits {
  characters: number
  files: number
  megabytes: number
}

export interface Message {
  id: string
  from: 'customer' | 'us' | 'system'
  name: string
  text: string
  html: string
  files: CaseFile[]
  at: string
  client_id: string
  failed: boolean
}

export interface CaseFile {
  id: string
  name: string
  media_type: string
  size: number // bytes
  inline: boolean
  in_text: boolean
  url: string
}

export interface Answered {
  id: string
  client_id: string
  number: number
  path: string
}
