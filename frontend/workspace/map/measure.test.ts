import { describe, expect, it } from 'vitest'

import { tableWidth, wrap } from './measure'

const on = (text: string, room: number) => wrap(text, room, 12, tableWidth)

describe('a width from the table', () => {
  it('works', () => expect(tableWidth('核对身份', 12)).toBe(48))
  it('counts full-width punctuation as wide', () => expect(tableWidth('（）', 10)).toBe(20))
  it('counts characters beyond the basic plane once', () => expect(tableWidth('𠮷', 10)).toBe(10))
})

describe('a name on two lines', () => {
  it('works', () => expect(on('核对身份', 100)).toEqual({ lines: ['核对身份'], cut: false }))
  it('breaks Chinese anywhere', () => expect(on('财务组复核并登记', 60)).toEqual({ lines: ['财务组复核', '并登记'], cut: false }))
  it('keeps words whole', () => expect(on('Take in charge ticket', 100).lines).toEqual(['Take in charge', 'ticket']))
  it('breaks after a slash', () => expect(on('Queued/Awaiting', 70).lines).toEqual(['Queued/', 'Awaiting']))
  it('ends with an ellipsis where it does not fit', () => {
    const { lines, cut } = on('客户再次来电询问退款进度并要求转接主管处理', 84)
    expect(cut).toBe(true)
    expect(lines[1]).toMatch(/…$/)
    for (const line of lines) expect(tableWidth(line, 12)).toBeLessThanOrEqual(84)
  })
  it('breaks a word that is longer than the line', () => {
    const { lines, cut } = on('x'.repeat(60), 90)
    expect(lines).toHaveLength(2)
    expect(cut).toBe(true)
    expect(lines[0]).toMatch(/^x+$/)
  })
  it('begins no line with a full-width comma', () => expect(on('核对身份，再次', 48).lines[1]).not.toMatch(/^，/))
  it('takes nothing', () => expect(on('', 50)).toEqual({ lines: [''], cut: false }))
})
