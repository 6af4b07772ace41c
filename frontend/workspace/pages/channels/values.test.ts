import { describe, expect, it } from 'vitest'

import { hexOf, linesOf, numberOf, readable } from './values'
import { field } from './testing'

const WORDS = { yes: 'yes', no: 'no', empty: 'nothing', hidden: 'a secret' }

describe('what was typed', () => {
  it('is a list by lines, commas of both languages and semicolons, without repetition', () => {
    expect(linesOf('a@x.example\n b@x.example，a@x.example；\n\n')).toEqual(['a@x.example', 'b@x.example'])
  })
  it.each([
    ['', null],
    ['993', 993],
    ['0.5', 0.5],
    ['many', 'many'], // the server says why not
  ])('%j is the number %j', (text, value) => expect(numberOf(text)).toBe(value))
  it.each([
    ['#0C715D', '#0c715d'],
    ['#fa0', '#ffaa00'],
    ['red', '#000000'],
    ['', '#000000'],
  ])('%j is the colour %j', (text, value) => expect(hexOf(text)).toBe(value))
})

describe('a value in a sentence', () => {
  it.each([
    [true, field('a', { kind: 'boolean' }), 'yes'],
    ['', field('a'), 'nothing'],
    [[], field('a', { kind: 'list' }), 'nothing'],
    [['a', 'b'], field('a', { kind: 'list' }), 'a, b'],
    ['tls', field('a', { kind: 'choice', options: [{ code: 'tls', name: 'TLS' }] }), 'TLS'],
    ['hunter2', field('a', { kind: 'secret' }), 'a secret'],
    [993, null, '993'],
  ])('%j of %o reads %s', (value, from, words) => expect(readable(value, from, WORDS)).toBe(words))
})
