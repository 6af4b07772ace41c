/** Which logs are there, and how does a file become one? */
import { get, headersOf, noteExpiry, post, remove } from './client'
import { problemFrom, unreachable } from './problem'
import type { Log, NewLog, Upload } from './types'

const BASE = '/api/v1/insight'

export const readLogs = async (signal?: AbortSignal) =>
  (await get<{ items: Log[] }>(`${BASE}/logs`, signal ? { signal } : {})).items
export const readLog = (id: string) => get<Log>(`${BASE}/logs/${encodeURIComponent(id)}`)
export const createLog = (log: NewLog) => post<Log>(`${BASE}/logs`, log)
export const deleteLog = (id: string) => remove(`${BASE}/logs/${encodeURIComponent(id)}`)
export const setAsideUrl = (id: string) => `${BASE}/logs/${encodeURIComponent(id)}/set-aside.csv`

export interface Sent {
  loaded: number // bytes
  total: number // bytes
}

/** Send a file, telling how far it is. XMLHttpRequest, because fetch does not tell of an upload's progress. */
export function sendFile(file: File, onProgress: (sent: Sent) => void, signal: AbortSignal): Promise<Upload> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    request.open('POST', `${BASE}/uploads`)
    request.responseType = 'json'
    for (const [name, value] of Object.entries(headersOf('POST'))) request.setRequestHeader(name, value)
    request.upload.onprogress = (event) => onProgress({ loaded: event.loaded, total: event.total || file.size })
    request.onerror = () => reject(unreachable())
    request.onabort = () => reject(new DOMException('aborted', 'AbortError'))
    request.onload = () => {
      if (request.status >= 200 && request.status < 300) return resolve(request.response as Upload)
      noteExpiry(request.status)
      reject(problemFrom(request.response, request.status, request.getResponseHeader('Retry-After')))
    }
    signal.addEventListener('abort', () => request.abort())
    const form = new FormData()
    form.append('file', file, file.name)
    request.send(form)
  })
}
