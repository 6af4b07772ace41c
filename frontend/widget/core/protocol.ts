/** What passes between widget and server: docs/guide/en/webchat-protocol.md as types. */
export interface Config {
  site: string
  name: string
  language: string
  languages: string[]
  texts: { title: string; greeting: string; away: string; privacy: string; privacy_url: string }
  look: { colour: string; position: 'left' | 'right'; theme: 'auto' | 'light' | 'dark'; offset_x: number; offset_y: number }
  form: FormField[]
  hours: Hours
  files: { allowed: boolean; megabytes: number; most: number }
  identity: 'none' | 'optional' | 'required'
  transcript: boolean
  limits: { characters: number; typing_every_s: number }
  rings: boolean
}

export interface FormField {
  key: string
  kind: 'text' | 'long' | 'email' | 'phone' | 'number' | 'boolean' | 'date' | 'choice' | 'choices'
  name: string
  required: boolean
  most: number // characters; 0: not limited here
  options: { code: string; name: string }[]
}

export type FormValues = Record<string, string | number | boolean | string[]>

export interface Hours {
  open: boolean
  opens_at: string | null
  closes_at: string | null
  takes_messages: boolean
  sentence: string
}

export interface Visitor {
  id: string
  identified: boolean
  name: string
}

export interface State {
  visitor: Visitor
  conversation: Conversation | null
  queue: { ahead: number; position: number; wait_s: number | null; sentence: string } | null
  unread: number
  read: { visitor: number; agents: number }
  typing: { name: string }[]
  ask: string[]
  hours: Hours
}

export interface Conversation {
  id: string
  number: number
  status: 'waiting' | 'active' | 'solved' | 'ended'
  agent: { name: string } | null
  started_at: string
  ended_at: string | null
  last_position: number
}

export interface Message {
  id: string
  position: number
  client_id: string
  from: 'visitor' | 'agent' | 'system'
  name: string
  text: string
  files: SentFile[]
  at: string
  delivery: string
}

export interface SentFile {
  id: string
  name: string
  media_type: string
  size: number // bytes
  inline: boolean
  url: string
}

export interface MessagePage {
  conversation: string | null
  more: boolean
  items: Message[]
}

export interface Hello {
  visitor: Visitor
  token: string
  expires_at: string
  state: State
}

export interface Taken {
  id: string
  client_id: string
  conversation: string
  position: number
  at: string
  new_conversation: boolean
}

export interface PageSeen {
  url: string
  title: string
  referrer?: string
}

/** What an outgoing message says. */
export interface Written {
  client_id: string
  text: string
  files: string[]
  form?: FormValues
  page: PageSeen
  wrote_at: string
  language: string
}
