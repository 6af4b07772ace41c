/** A list typed line by line. */
import { mount } from '@vue/test-utils'
import { describe, expect, it } from 'vitest'

import LinesInput from './LinesInput.vue'

describe('a list', () => {
  it('is known while it is typed, and stays as it was typed', async () => {
    const box = mount(LinesInput, { props: { modelValue: ['a'] } })
    await box.find('textarea').setValue('a\nb,\n')
    expect(box.emitted('update:modelValue')?.at(-1)).toEqual([['a', 'b']])
    await box.setProps({ modelValue: ['a', 'b'] })
    expect(box.find('textarea').element.value).toBe('a\nb,\n')
  })
  it('shows what it was set to from elsewhere', async () => {
    const box = mount(LinesInput, { props: { modelValue: ['a'] } })
    await box.setProps({ modelValue: ['c', 'd'] })
    expect(box.find('textarea').element.value).toBe('c\nd')
  })
})
