/** How does the widget ask the server? Every call of the protocol, typed; who asks is looked up at each call. */
import { problemOf, request, init, Problem, type Call } from '../kit/request'
import type { Config, Hello, MessagePage, PageSeen, SentFile, State, Taken, Written } from './protocol'

export interface Speaker {
  token: () => string
  language: () => string // `zh-Hans` or `en`
}

const UPLOAD_MS = 300_000 // a picture over a telephone of yesterday

export class Client {
  readonly base: string

  constructor(
    readonly origin: string, // of our server, without a slash at the end
    readonly site: string,
    private readonly who: Speaker,
  ) {
    this.base = `${origin}/api/v1/channels/webchat/${encodeURIComponent(site)}`
  }

  config(): Promise<Config> {
    return request(`${this.base}/config?lang=${this.who.language()}`, { timeout: 15_000 })
  }

  hello(identity: string | null, page: PageSeen): Promise<Hello> {
    const said = { language: this.who.language(), page, ...(identity ? { identity } : {}) }
    return this.ask('/visitors', { method: 'POST', body: said })
  }

  forget(): Promise<void> {
    return this.ask('/visitors/me', { method: 'DELETE' })
  }

  state(): Promise<State> {
    return this.ask('/state')
  }

  /** The newest messages, or those after a position; `before` pages backwards. */
  messages(conversation: string | null, range: { after?: number; before?: number } = {}): Promise<MessagePage> {
    const query = new URLSearchParams({ limit: '50' })
    if (conversation) query.set('conversation', conversation)
    for (const [name, position] of Object.entries(range)) query.set(name, String(position))
    return this.ask(`/messages?${query}`)
  }

  send(written: Written): Promise<Taken> {
    return this.ask('/messages', { method: 'POST', body: written })
  }

  typing(state: 'typing' | 'stopped'): Promise<void> {
    return this.ask('/typing', { method: 'POST', body: { state } })
  }

  read(conversation: string, position: number): Promise<void> {
    return this.ask('/read', { method: 'POST', body: { conversation, position } })
  }

  end(): Promise<State> {
    return this.ask('/end', { method: 'POST', body: {} })
  }

  transcript(email: string): Promise<{ sentence: string }> {
    return this.ask('/transcript', { method: 'POST', body: { email } })
  }

  /** Open the stream; the answer's body is read by the caller. Problem when it is refused. */
  async stream(signal: AbortSignal): Promise<Response> {
    const call = { authorization: this.authorization(), headers: { Accept: 'text/event-stream' } }
    const response = await fetch(`${this.origin}/stream/chat/${encodeURIComponent(this.site)}`, init(call, signal))
    if (!response.ok) throw await problemOf(response)
    return response
  }

  /** Fetch the bytes of a file; a picture is drawn from them, so that the page's policy need not allow our pictures. */
  async bytes(url: string): Promise<Blob> {
    const response = await fetch(new URL(url, this.origin), init({ headers: { Accept: '*/*' } })).catch(() => null)
    if (!response) throw new Problem('network', 0, '', '')
    if (!response.ok) throw await problemOf(response)
    return response.blob()
  }

  /** Send a file up; `progress` hears shares from 0 to 1. (fetch does not tell how much has been sent.) */
  upload(file: Blob, name: string, progress: (share: number) => void): Promise<SentFile> {
    return new Promise((resolve, reject) => {
      const sending = new XMLHttpRequest()
      sending.open('POST', `${this.base}/files`)
      sending.timeout = UPLOAD_MS
      sending.setRequestHeader('Authorization', this.authorization())
      sending.setRequestHeader('Accept-Language', this.who.language())
      sending.upload.onprogress = (event) => progress(event.total ? event.loaded / event.total : 0)
      sending.onerror = sending.ontimeout = sending.onabort = () => reject(new Problem('network', 0, '', ''))
      sending.onload = () => void answered(sending).then(resolve, reject)
      const form = new FormData()
      form.append('file', file, name)
      sending.send(form)
    })
  }

  private ask<T>(path: string, call: Call = {}): Promise<T> {
    return request(this.base + path, { authorization: this.authorization(), language: this.who.language(), ...call })
  }

  private authorization(): string {
    const token = this.who.token()
    return token && `Visitor ${token}`
  }
}

async function answered(sending: XMLHttpRequest): Promise<SentFile> {
  const wait = sending.getResponseHeader('Retry-After')
  const response = new Response(sending.responseText, { status: sending.status, headers: wait ? { 'Retry-After': wait } : {} })
  if (!response.ok) throw await problemOf(response)
  return response.json() as Promise<SentFile>
}
