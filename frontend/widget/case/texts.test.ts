import { describe, expect, it } from 'vitest'

import { en } from './texts.en'
import { zh } from './texts.zh'

const places = (sentence: string) => [...new Set([...sentence.matchAll(/\{(\w+)/g)].map((match) => match[1]))].sort()
const files = import.meta.glob<string>(['./*.ts', '!./*.test.ts', '!./texts*.ts'], { query: '?raw', import: 'default', eager: true })
const source = Object.values(files).join('\n')

describe("the texts of the customer's page", () => {
  it('have the same keys in both languages', () => expect(Object.keys(zh).sort()).toEqual(Object.keys(en).sort()))
  it.each(Object.keys(en) as (keyof typeof en)[])('%s has the same places to fill', (key) => expect(places(zh[key])).toEqual(places(en[key])))
  it('are all used', () => {
    const unused = Object.keys(en).filter((key) => !source.includes(`'${key}'`) && !source.includes(`\`${key.split('.')[0]}.\${`))
    expect(unused).toEqual([])
  })
  it('are Chinese in Chinese, with full-width punctuation', () => {
    for (const [key, sentence] of Object.entries(zh)) {
      if (key === 'page.language') continue
      expect(sentence, key).toMatch(/[一-鿿]/)
      expect(sentence.replace(/\{[^}]*\}/g, ''), key).not.toMatch(/[,;:!?]|\.(?!\d)/)
    }
  })
})
