import { describe, expect, it } from 'vitest'

import { en } from './texts.en'
import { zh } from './texts.zh'

const places = (sentence: string) => [...sentence.matchAll(/\{(\w+)/g)].map((match) => match[1]).sort()
const files = import.meta.glob<string>(['./*.ts', './core/*.ts', './view/*.ts', '!./**/*.test.ts', '!./texts*.ts'], { query: '?raw', import: 'default', eager: true })
const source = Object.values(files).join('\n')

describe('the texts of the widget', () => {
  it('have the same keys in both languages', () => expect(Object.keys(zh).sort()).toEqual(Object.keys(en).sort()))
  it.each(Object.keys(en) as (keyof typeof en)[])('%s has the same places to fill', (key) =>
    expect([...new Set(places(zh[key]))]).toEqual([...new Set(places(en[key]))]))
  it('are all used', () => {
    const unused = Object.keys(en).filter((key) => !source.includes(`'${key}'`) && !source.includes(`\`${key.split('.')[0]}.\${`))
    expect(unused).toEqual([])
  })
  it('are Chinese in Chinese, with full-width punctuation', () => {
    for (const [key, sentence] of Object.entries(zh)) {
      if (key === 'menu.language') continue
      expect(sentence, key).toMatch(/[\u4e00-\u9fff]/)
      expect(sentence.replace(/\{[^}]*\}|name@example\.com/g, ''), key).not.toMatch(/[,;:!?]|\.(?!\d)/)
    }
  })
})
