/** What is asked of the server, with the link's token. */
import type { SentFile } from '../core/protocol'
import { Problem, request, type Call } from '../kit/request'
import { codeOf, type Language } from '../kit/texts'
import type { Answered, Case, Message } from './protocol'

const ROOT = '/api/v1/channels/case/'
const UPLOAD_MS = 600_000 // a large file on a slow line

export class Client {
  private readonly at: string

  constructor(
    token: string,
    private readonly language: () => Language,
  ) {
    this.at = ROOT + encodeURIComponent(token)
  }

  read(): Promise<Case> {
    return this.ask('')
  }

  earlier(before: string): Promise<{ messages: Message[]; more: boolean }> {
    return this.ask(`/messages?before=${before}`)
  }

  answer(clientId: string, text: string, files: string[]): Promise<Answered> {
    return this.ask('/messages', { method: 'POST', body: { client_id: clientId, text, files } })
  }

  async upload(bytes: Blob, name: string): Promise<SentFile> {
    const body = new FormData()
    body.append('file', bytes, name)
    const kept = await this.ask<Omit<SentFile, 'inline' | 'url'>>('/files', { method: 'POST', body, timeout: UPLOAD_MS })
    return { ...kept, inline: false, url: '' }
  }

  solved(): Promise<Case> {
    return this.ask('/solved', { method: 'POST' })
  }

  private async ask<T>(path: string, call: Call = {}): Promise<T> {
    try {
      return await request<T>(this.at + path, { ...call, language: codeOf(this.language()) })
    } catch (error) {
      throw error instanceof Problem && error.cause === 'identity' ? refusedFor(error) : error
    }
  }
}

/** Nobody signs in here: a 401 does not pass with another identity, so what was sent is refused and the rest goes on. */
function refusedFor(error: Problem): Problem {
  return new Problem('refused', error.status, error.slug, error.message, error.values)
}
