import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { effectScope, type EffectScope } from 'vue'

import { labels, listen, useKeys } from './keys'

let scope: EffectScope
let stop: () => void
beforeEach(() => {
  scope = effectScope()
  stop = listen()
})
afterEach(() => {
  scope.stop()
  stop()
  document.body.replaceChildren()
})

const register = (keys: string, run: () => void, inFields = false) => scope.run(() => useKeys([{ keys, says: 'x', run, inFields }]))
function press(key: string, options: KeyboardEventInit = {}, target: EventTarget = document.body): KeyboardEvent {
  const event = new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...options })
  target.dispatchEvent(event)
  return event
}

describe('a key', () => {
  it('works', () => {
    const run = vi.fn()
    register('?', run)
    expect(press('?', { shiftKey: true }).defaultPrevented).toBe(true)
    expect(run).toHaveBeenCalledOnce()
  })
  it('ends with the page that registered it', () => {
    const run = vi.fn()
    register('u', run)
    scope.stop()
    press('u')
    expect(run).not.toHaveBeenCalled()
  })
  it('does nothing while typing, unless it says so', () => {
    const [plain, always] = [vi.fn(), vi.fn()]
    register('d', plain)
    register('mod+k', always, true)
    const field = document.body.appendChild(document.createElement('input'))
    press('d', {}, field)
    press('k', { ctrlKey: true }, field)
    expect(plain).not.toHaveBeenCalled()
    expect(always).toHaveBeenCalledOnce()
  })
  it('does nothing while Chinese is composed, nor behind a dialog', () => {
    const run = vi.fn()
    register('d', run)
    press('d', { isComposing: true })
    const dialog = document.body.appendChild(document.createElement('dialog'))
    dialog.setAttribute('open', '')
    press('d')
    expect(run).not.toHaveBeenCalled()
  })
  it('of the youngest page goes before an older one', () => {
    const [old, young] = [vi.fn(), vi.fn()]
    register('e', old)
    register('e', young)
    press('e')
    expect([old.mock.calls.length, young.mock.calls.length]).toEqual([0, 1])
  })
})

describe('a sequence', () => {
  it('works', () => {
    const run = vi.fn()
    register('g p', run)
    press('g')
    press('p')
    expect(run).toHaveBeenCalledOnce()
  })
  it('is forgotten after a pause or another key', () => {
    const run = vi.fn()
    register('g p', run)
    const now = vi.spyOn(performance, 'now').mockReturnValue(0)
    press('g')
    now.mockReturnValue(5000)
    press('p')
    press('g')
    press('x')
    press('p')
    expect(run).not.toHaveBeenCalled()
  })
})

it('keys are labelled as the keyboard shows them', () => {
  expect(labels('g p')).toEqual(['G', 'P'])
  expect(labels('mod+k')).toEqual(['Ctrl', 'K'])
  expect(labels('+')).toEqual(['+'])
})
