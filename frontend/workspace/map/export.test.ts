import { describe, expect, it } from 'vitest'

import { fileName, pictureSize, standalone } from './export'

const paint = { paper: '#fff', ink: '#111', faint: '#888', font: 'sans-serif' }
const captions = { title: '时间主要花在「a → b」', subtitle: 'x < y & z' }

function drawing(): SVGSVGElement {
  document.body.innerHTML = `<svg><g class="viewport" transform="translate(9 9) scale(0.3)">
    <g class="box" role="button" tabindex="0" data-node="a" aria-label="x"><rect class="body" width="10" height="10"/><text class="label" x="5">核对身份</text></g>
    <path class="hit" d="M0 0"/><path class="way" d="M0 0L5 5" stroke-width="2"/></g></svg>`
  return document.querySelector('svg') as unknown as SVGSVGElement
}
const styleOf = (element: Element) => ({ getPropertyValue: (name: string) => (name === 'fill' ? (element.tagName === 'rect' ? 'rgb(255, 244, 220)' : 'rgb(0, 0, 0)') : '') })

describe('an exported drawing', () => {
  const text = standalone(drawing(), { width: 600, height: 300 }, captions, paint, styleOf)
  const parsed = new DOMParser().parseFromString(text, 'image/svg+xml')

  it('works: is a well-formed SVG of the whole map', () => {
    expect(parsed.querySelector('parsererror')).toBeNull()
    expect(parsed.documentElement.getAttribute('viewBox')).toBe('0 0 648 404')
    expect(text).toContain('核对身份')
  })
  it('carries its colours with it, no variables, no classes', () => {
    expect(parsed.querySelector('[style*="rgb(255, 244, 220)"]')).not.toBeNull()
    expect(text).not.toMatch(/var\(|class=|data-node|tabindex|aria-/)
  })
  it('leaves out what is only there to be clicked', () => expect(parsed.querySelectorAll('path')).toHaveLength(1))
  it('shows the map at its own size, not as it was zoomed', () => expect(text).not.toContain('scale(0.3)'))
  it('says what it shows', () => {
    const lines = [...parsed.querySelectorAll('svg > text')].map((line) => line.textContent)
    expect(lines).toEqual([captions.title, captions.subtitle])
  })
  it('fetches nothing from anywhere', () => {
    const addresses = [...text.matchAll(/https?:\/\/[^"]+/g)].map(([address]) => address)
    expect(new Set(addresses)).toEqual(new Set(['http://www.w3.org/2000/svg']))
  })
  it('is wide enough for its title', () => expect(pictureSize({ width: 100, height: 100 }).width).toBe(528))
})

describe('a file name', () => {
  it.each([
    [['客服日志', '流程图'], '客服日志-流程图.svg'],
    [['a/b:c*?"<>|', 'map'], 'a-b-c-map.svg'],
    [['///'], 'map.svg'],
    [['x'.repeat(300)], `${'x'.repeat(120)}.svg`],
  ])('of %j is %s', (words, name) => expect(fileName(words, 'svg')).toBe(name))
})
