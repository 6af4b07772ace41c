/** Nothing typed is lost, nothing unknown is sent. */
import { describe, expect, it } from 'vitest'

import { blank, bodyOf, changes, draftOf, FORGET, groupsOf, lacking, merge } from './draft'
import { account, field, kind } from './testing'

const MAIL = kind([
  field('host', { required: true, group: 'in' }),
  field('password', { kind: 'secret', required: true, group: 'in' }),
  field('port', { kind: 'number', default: 993, group: 'in' }),
  field('names', { kind: 'list', default: [], group: 'out' }),
])
const ours = account({ options: { host: 'mail.example', port: 993, names: ['a'] }, secrets: { password: true } })

describe('a draft', () => {
  it('of a new account has the defaults, and is sent whole', () => {
    const draft = { ...blank(MAIL, 'en'), name: 'Orders', 'options.host': 'mail.example', 'options.password': 'x' }
    expect(bodyOf(draft, MAIL, null)).toEqual({
      name: 'Orders', address: '', team: null, language: 'en', per_minute: null, options: { host: 'mail.example', password: 'x', port: 993, names: [] },
    })
  })
  it('of an account sends what was changed and nothing else, a kept secret never', () => {
    const opened = draftOf(ours, MAIL)
    expect(bodyOf({ ...opened, 'options.port': 143 }, MAIL, opened)).toEqual({ options: { port: 143 } })
    expect(bodyOf({ ...opened, name: 'New' }, MAIL, opened)).toEqual({ name: 'New' })
    expect(bodyOf({ ...opened, 'options.password': 'fresh' }, MAIL, opened)).toEqual({ options: { password: 'fresh' } })
    expect(bodyOf({ ...opened, name: 'New', 'options.password': '' }, MAIL, opened)).toEqual({ name: 'New' }) // begun, nothing typed
    expect(bodyOf({ ...opened, 'options.password': FORGET }, MAIL, opened)).toEqual({ options: { password: null } })
    expect(opened['options.password']).toBeNull()
  })
  it('tells a list changed in place from the same list made anew', () => {
    const opened = draftOf(ours, MAIL)
    expect(changes(opened, { ...opened, 'options.names': ['a'] })).toEqual([])
    expect(changes(opened, { ...opened, 'options.names': ['a', 'b'] })).toEqual(['options.names'])
  })
  it('lacks what is required and empty; a secret that is kept counts as given', () => {
    expect(lacking(blank(MAIL, 'en'), MAIL, {})).toEqual(['name', 'options.host', 'options.password'])
    expect(lacking(draftOf(ours, MAIL), MAIL, ours.secrets)).toEqual([])
    expect(lacking({ ...draftOf(ours, MAIL), 'options.password': '' }, MAIL, ours.secrets)).toEqual(['options.password'])
  })
})

describe('two people at one form', () => {
  const opened = { name: 'Orders', address: 'a@x.example', 'options.port': 993 }
  it('who touched other things keep both', () => {
    const { draft, foreign } = merge(opened, { ...opened, name: 'Mine' }, { ...opened, 'options.port': 143 })
    expect(draft).toEqual({ ...opened, name: 'Mine', 'options.port': 143 })
    expect(foreign).toEqual([{ key: 'options.port', from: 993, to: 143, mine: false }])
  })
  it('who touched the same thing are told, and nothing typed is lost', () => {
    const { draft, foreign } = merge(opened, { ...opened, name: 'Mine' }, { ...opened, name: 'Theirs' })
    expect(draft.name).toBe('Mine')
    expect(foreign).toEqual([{ key: 'name', from: 'Orders', to: 'Theirs', mine: true }])
  })
  it('who wrote the same agree', () => {
    const { foreign } = merge(opened, { ...opened, name: 'Same' }, { ...opened, name: 'Same' })
    expect(foreign).toEqual([{ key: 'name', from: 'Orders', to: 'Same', mine: false }])
  })
})

describe('the fields', () => {
  it('stand under their headings in the order the channel names them', () => {
    expect(groupsOf(MAIL, blank(MAIL, 'en')).map((group) => [group.code, group.fields.map(({ key }) => key)])).toEqual([
      ['in', ['host', 'password', 'port']],
      ['out', ['names']],
    ])
  })
})

describe('a field that applies with some choices only', () => {
  const GATE = kind([
    field('auth', { kind: 'choice', default: 'none', required: true }),
    field('secret', { kind: 'secret', required: true, only_when: { field: 'auth', options: ['basic', 'header'] } }),
  ], { address_required: true })
  const draft = { ...blank(GATE, 'en'), name: 'Texts', address: '10690' }
  const shown = (now: Record<string, unknown>) => groupsOf(GATE, now).flatMap((group) => group.fields.map(({ key }) => key))
  it('is neither shown nor asked for with others', () => {
    expect([shown(draft), lacking(draft, GATE, {})]).toEqual([['auth'], []])
    const basic = { ...draft, 'options.auth': 'basic' }
    expect([shown(basic), lacking(basic, GATE, {})]).toEqual([['auth', 'secret'], ['options.secret']])
  })
  it('keeps what was typed', () => {
    const typed = { ...draft, 'options.secret': 'x' }
    expect(bodyOf(typed, GATE, null).options).toEqual({ auth: 'none', secret: 'x' })
  })
  it('an address is asked for where the channel needs one', () => expect(lacking({ ...draft, address: ' ' }, GATE, {})).toEqual(['address']))
})
