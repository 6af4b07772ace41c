import { afterEach, describe, expect, it, vi } from 'vitest'

import { Client } from './client'

const answering = (status: number) =>
  vi.stubGlobal('fetch', () => Promise.resolve(new Response(JSON.stringify({ type: '/errors/people-sign-in-needed', title: 'No.' }), { status })))

afterEach(() => vi.unstubAllGlobals())

describe('the page’s client', () => {
  it.each([[401, 'refused'], [429, 'limited'], [503, 'server']])('takes %i as %s', async (status, cause) => {
    answering(status)
    const client = new Client('token', () => 'en')
    await expect(client.upload(new Blob(['x']), 'a.txt')).rejects.toMatchObject({ cause, status, message: 'No.' })
  })
})
