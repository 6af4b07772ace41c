import { describe, expect, it } from 'vitest'

import { safeHtml } from './safe-html'

function shown(html: string): string {
  const box = document.createElement('div')
  box.append(...safeHtml(html))
  return box.innerHTML
}

describe('the HTML of a message', () => {
  it('works', () => expect(shown('<p>One <b>bold</b> word</p><ul><li>a</li></ul>')).toBe('<p>One <b>bold</b> word</p><ul><li>a</li></ul>'))
  it.each([
    ['<script>alert(1)</script>x', 'x'],
    ['<p onclick="x()" style="position:fixed" class="a" id="b">x</p>', '<p>x</p>'],
    ['<a href="javascript:alert(1)">x</a>', '<a>x</a>'],
    ['<a href=" java\nscript:alert(1)">x</a>', '<a>x</a>'],
    ['<img src="https://tracker.example/a.png" alt="logo">', 'logo'],
    ['<img src="x" onerror="alert(1)">', ''],
    ['<iframe src="https://a.example"></iframe><form><button>x</button></form>', 'x'],
    ['<svg><script>alert(1)</script></svg>x', 'x'],
    ['<template><img src=x onerror=alert(1)></template>', ''],
    ['<td colspan="2" rowspan="x">x</td>', 'x'],
    ['<font color="#000">x</font>', 'x'],
  ])('of %s shows %s', (html, wanted) => expect(shown(html)).toBe(wanted))
  it('keeps pictures of the message itself', () => {
    const src = '/api/v1/channels/case/files/1/a.png?until=1&amp;key=2'
    expect(shown(`<img src="${src}" alt="a">`)).toBe(`<img src="${src}" alt="a" loading="lazy">`)
  })
  it('opens links apart, and tells them nothing', () =>
    expect(shown('<a href="https://a.example/x">x</a>')).toBe('<a href="https://a.example/x" target="_blank" rel="noopener noreferrer nofollow">x</a>'))
})
