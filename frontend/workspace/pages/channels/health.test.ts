/** How an account is, and what to look at. */
import { mount } from '@vue/test-utils'
import { createPinia } from 'pinia'
import { describe, expect, it } from 'vitest'

import type { Alert, Health } from '@/api/channels'
import { i18n } from '@/i18n'

import HealthState from './HealthState.vue'
import { account } from './testing'

const now = Date.parse('2026-11-22T12:30:00Z')
const alert: Alert = { code: 'answers_stopped', sentence: 'One address gets no more answers.', since: '2026-11-22T12:00:00Z' }
const shown = (change: Partial<Health>) =>
  mount(HealthState, { props: { health: { ...account().health, ...change }, now }, global: { plugins: [createPinia(), i18n] } })

describe('how an account is', () => {
  it('warns of what to look at, under a state that is well', () => {
    const state = shown({ alerts: [alert] })
    expect(state.find('.tag').classes()).toContain('ok')
    expect(state.find('.alert').text()).toContain(alert.sentence)
    expect(state.find('.alert .num').text()).not.toBe('')
  })
  it('warns of nothing when there is nothing', () => {
    expect(shown({}).find('.alert').exists()).toBe(false)
  })
  it('says both, why it fails and what to look at', () => {
    const state = shown({ state: 'failing', sentence: 'It refused the password.', since: '2026-11-22T12:00:00Z', alerts: [alert] })
    expect(state.find('.why').text()).toBe('It refused the password.')
    expect(state.findAll('.alert')).toHaveLength(1)
  })
})
