/** Kinds, fields and accounts for tests. */
import type { Account, Field, Kind } from '@/api/channels'

export const field = (key: string, change: Partial<Field> = {}): Field => ({
  key, name: key, hint: '', kind: 'text', default: '', required: false, only_when: null, options: [], least: null, most: null, group: '', group_name: '', ...change,
})

export const kind = (fields: Field[], change: Partial<Kind> = {}): Kind => ({ code: 'email', name: 'Email', hint: '', speaks: 'email', can_check: true, address_name: '', address_hint: '', address_required: false, fields, ...change })

export const account = (change: Partial<Account> = {}): Account => ({
  id: 'a1', channel: 'email', channel_name: 'Email', name: 'Orders', address: 'orders@shop.example', team: null, language: 'en', state: 'active', per_minute: null,
  options: {}, secrets: {}, version: 1, extra: [], created_at: '2026-11-22T00:00:00Z',
  health: { state: 'ok', sentence: '', words: '', since: null, last_in_at: null, last_out_at: null, checked_at: null, waiting_in: 0, waiting_out: 0, aside: 0, alerts: [] },
  ...change,
})
