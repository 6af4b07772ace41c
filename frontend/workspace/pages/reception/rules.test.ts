/** Rules as they are ordered, typed and read. */
import { describe, expect, it } from 'vitest'

import type { Rule } from '@/api/reception'

import { blankRule, draftOfRule, fitsAll, ruleBody } from './draft'
import { moved, rowAt } from './order'
import { conditionsSay, outcomeSays } from './says'

const rule = (change: Partial<Rule> = {}): Rule => ({
  id: 'r1', name: 'Refunds', active: true, team: { id: 't1', name: 'After sales', archived: false }, priority: 'high', tags: ['g1'], overrides: false, version: 3,
  conditions: { channels: ['email'], accounts: [], languages: [], words: ['refund*'], words_in: 'subject', addresses: [], tiers: [], fields: { order: ['7', '8'] } },
  ...change,
})
const names = {
  t: (key: string, values: Record<string, string> = {}) => [key.replace('reception.', ''), ...Object.values(values)].join(' '),
  way: (code: string) => code.toUpperCase(), account: (id: string) => id, language: (tag: string) => tag, tier: (code: string) => code, field: (key: string) => key, tag: (id: string) => id, joint: '/',
}

describe('a place in the order', () => {
  it.each([
    [0, 2, ['b', 'c', 'a']],
    [2, 0, ['c', 'a', 'b']],
    [1, 9, ['a', 'c', 'b']],
    [1, -1, ['b', 'a', 'c']],
    [5, 0, ['a', 'b', 'c']], // there is none to move
  ])('%i to %i', (from, to, left) => expect(moved(['a', 'b', 'c'], from, to)).toEqual(left))
  it('is that of the row below the pointer, or the last one', () => {
    const rows = [{ top: 0, bottom: 10 }, { top: 10, bottom: 30 }]
    expect([rowAt(rows, -5), rowAt(rows, 12), rowAt(rows, 99)]).toEqual([0, 1, 1])
  })
})

describe('the form of a rule', () => {
  it('sends a new one whole', () => {
    const body = ruleBody({ ...blankRule(), name: ' Refunds ', words: ['x'] }, null)
    expect([body.name, body.conditions?.words, body.team, body.active]).toEqual(['Refunds', ['x'], null, true])
  })
  it('sends what changed, and conditions as a whole', () => {
    const opened = draftOfRule(rule())
    expect(ruleBody({ ...opened, team: null }, opened)).toEqual({ team: null })
    expect(ruleBody({ ...opened, words: ['a'] }, opened)).toEqual({ conditions: { ...rule().conditions, words: ['a'] } })
    expect(ruleBody(opened, opened)).toEqual({})
  })
})

describe('a rule without a condition', () => {
  it('fits every conversation; where words are looked for asks nothing', () => {
    expect(fitsAll({ ...blankRule(), words_in: 'subject', fields: { order: [] } })).toBe(true)
    expect(fitsAll({ ...blankRule(), words: ['refund'] })).toBe(false)
    expect(fitsAll({ ...blankRule(), fields: { order: ['7'] } })).toBe(false)
  })
})

describe('a rule in words', () => {
  it('says when and what', () => {
    expect(conditionsSay(rule().conditions, names)).toEqual(['when.channels EMAIL', 'when.words_subject quoted refund*', 'when.field order quoted 7/quoted 8'])
    expect(outcomeSays(rule(), names)).toEqual(['then.team After sales', 'then.priority priority.high', 'then.tags quoted g1'])
  })
  it('gives the team of the account when it names none, and says that a team takes no more work', () => {
    expect(outcomeSays(rule({ team: null, priority: null, tags: [] }), names)).toEqual(['then.same_team'])
    expect(outcomeSays(rule({ team: { id: 't', name: 'Old', archived: true }, priority: null, tags: [] }), names)).toEqual(['then.archived Old'])
  })
})
