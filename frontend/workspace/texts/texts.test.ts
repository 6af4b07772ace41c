/** Is every sentence there, in both languages, with the same places to fill, and is each one used? */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import { describe, expect, it } from 'vitest'

import en from './en'
import zh from './zh-Hans'

const WORKSPACE = join(import.meta.dirname, '..')

function flat(tree: Record<string, unknown>, path = ''): Map<string, string> {
  const found = new Map<string, string>()
  for (const [name, value] of Object.entries(tree)) {
    const key = path ? `${path}.${name}` : name
    if (typeof value === 'string') found.set(key, value)
    else for (const [inner, text] of flat(value as Record<string, unknown>, key)) found.set(inner, text)
  }
  return found
}
const chinese = flat(zh)
const english = flat(en)
const places = (text: string) => [...new Set([...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]))].sort()

const sources = readdirSync(WORKSPACE, { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.(vue|ts)$/.test(name) && !/(\.test|(^|\/)testing)\.ts$/.test(name))
  .map((name) => ({ name, text: readFileSync(join(WORKSPACE, name), 'utf8') }))

describe('the texts', () => {
  it('have the same keys in both languages', () => {
    expect([...chinese.keys()].sort()).toEqual([...english.keys()].sort())
  })
  it.each([...chinese.keys()])('%s fills the same places in both languages', (key) => {
    expect(places(english.get(key) ?? '')).toEqual(places(chinese.get(key) ?? ''))
  })
  it('are never empty', () => {
    expect([...chinese, ...english].filter(([, text]) => !text.trim())).toEqual([])
  })
  it('hold no sign that would be read as a link to another text', () => {
    expect([...chinese, ...english].filter(([, text]) => /@/.test(text.replaceAll("{'@'}", '')))).toEqual([])
  })
  it('mix no languages: Chinese has full-width punctuation, English has no Chinese', () => {
    const halfWidth = [...chinese].filter(([, text]) => /[\u4e00-\u9fff][,;:?!]|[,;?!][\u4e00-\u9fff]/.test(text))
    const hanzi = [...english].filter(([key, text]) => /[\u4e00-\u9fff]/.test(text) && !MEANT.has(key))
    expect({ halfWidth, hanzi }).toEqual({ halfWidth: [], hanzi: [] })
  })
})

/** The brand, and a language named in itself. */
const MEANT = new Set(['shell.brand', 'shell.language.zh'])

/** Permissions are written like keys. */
const VERBS = new Set(['logs.read', 'logs.import', 'logs.delete', 'account.manage', 'access.read', 'channels.read', 'channels.manage', 'conversations.write', 'reception.read', 'reception.manage'])

describe('the sources', () => {
  // Whole keys written as literals: 'room.path'. Keys put together at run time are checked by their beginning.
  const rooms = Object.keys(zh).join('|')
  const literal = new RegExp(`['\`]((?:${rooms})\\.[a-z0-9_.]*[a-z0-9_])['\`]`, 'gi')
  const made = new RegExp(`\`((?:${rooms})\\.[a-z0-9_.]*)\\$\\{`, 'gi')
  const used = sources.flatMap(({ name, text }) => [...text.matchAll(literal)].map((match) => ({ name, key: match[1] ?? '' }))).filter(({ key }) => !VERBS.has(key))
  const begun = sources.flatMap(({ text }) => [...text.matchAll(made)].map((match) => match[1] ?? ''))

  it('ask only for texts that exist', () => {
    expect(used.length).toBeGreaterThan(100)
    expect(used.filter(({ key }) => !chinese.has(key))).toEqual([])
  })
  it('use every text', () => {
    const known = new Set(used.map(({ key }) => key))
    const idle = [...chinese.keys()].filter((key) => !known.has(key) && !begun.some((start) => key.startsWith(start)))
    expect(idle).toEqual([])
  })
  it('have no Chinese outside the texts', () => {
    const meant = new Set(['format.ts'])
    const found = sources.filter(({ name, text }) => !meant.has(name) && /[\u4e00-\u9fff]/.test(withoutComments(text)))
    expect(found.map(({ name }) => name)).toEqual([])
  })
})

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\/|\/\/.*|<!--[\s\S]*?-->/g, '')
}
