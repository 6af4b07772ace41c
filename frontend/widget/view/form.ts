/** The form before the first message: fields as the site describes them, what is wrong in words beside each. */
import type { FormField, FormValues } from '../core/protocol'
import type { Seen } from '../core/seen'
import { attr, h, show, text } from '../kit/dom'
import type { Say } from '../kit/texts'
import type { Key } from '../texts'
import type { Context, Part } from './context'

type Control = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement

interface Asked {
  field: FormField
  element: HTMLElement
  value: () => FormValues[string] | undefined
  control: HTMLElement
  wrong: HTMLElement
}

/** Which fields are to be asked now? None while a conversation runs, or once they were answered. */
export function asking(seen: Readonly<Seen>): FormField[] {
  const { config, state, form } = seen
  if (!config) return []
  const runs = state?.conversation && state.conversation.status !== 'ended'
  const keys = state ? state.ask : config.form.map((field) => field.key)
  const returned = seen.outgoing.some((entry) => entry.refused?.slug.endsWith('form-incomplete'))
  if (runs && !returned) return []
  return config.form.filter((field) => keys.includes(field.key) && (returned || !form))
}

export function preChat({ chat, say, announce }: Context, done: () => void): Part {
  let asked: Asked[] = []
  let drawn = ''
  const title = h('h3')
  const fields = h('div', { class: 'fields' })
  const start = h('button', { class: 'btn main', type: 'submit' })
  const element = h('form', { class: 'pre-chat', novalidate: true, onsubmit: submit }, title, fields, start)

  function submit(event: Event): void {
    event.preventDefault()
    const values: FormValues = {}
    const wrong = asked.filter((one) => {
      const value = one.value()
      if (value !== undefined) values[one.field.key] = value
      return complain(one, faultOf(one.field, value, say))
    })
    if (wrong.length) {
      wrong[0]?.control.focus()
      return announce(say('form.wrong', { n: wrong.length }))
    }
    chat.keepForm(values)
    queueMicrotask(done) // once the form has given way to the composer
  }

  function draw(wanted: readonly FormField[], seen: Readonly<Seen>): void {
    const said = new Map(asked.map((one) => [one.field.key, one.value()]))
    asked = wanted.map((field) => fieldOf(field, said.get(field.key) ?? seen.form?.[field.key], say))
    fields.replaceChildren(...asked.map((one) => one.element))
  }

  return {
    element,
    update(seen) {
      const wanted = asking(seen)
      show(element, wanted.length > 0)
      text(title, say('form.title'))
      text(start, say('form.start'))
      const told = seen.outgoing.flatMap((entry) => entry.refused?.fields ?? [])
      const now = JSON.stringify([wanted, seen.language, told])
      if (now === drawn) return
      drawn = now
      draw(wanted, seen)
      for (const one of asked) complain(one, told.find((field) => field.key === one.field.key)?.sentence ?? '')
    },
  }
}

function complain({ control, wrong }: Asked, words: string): boolean {
  text(wrong, words)
  show(wrong, words !== '')
  attr(control, 'aria-invalid', words ? 'true' : null)
  return words !== ''
}

function fieldOf(field: FormField, value: FormValues[string] | undefined, say: Say<Key>): Asked {
  const id = `field-${field.key}`
  const wrong = h('p', { class: 'wrong', id: `${id}-wrong`, hidden: true })
  const optional = field.required ? null : h('span', { class: 'hint' }, ` · ${say('form.optional')}`)
  const common = { id, 'aria-describedby': `${id}-wrong`, 'aria-required': field.required ? 'true' : null }
  if (field.kind === 'boolean') return tick(field, value === true, common, wrong, optional)
  if (field.kind === 'choices') return ticks(field, Array.isArray(value) ? value : [], common, wrong, optional)
  const control = field.kind === 'choice' ? choice(field, common, say) : input(field, common)
  if (value !== undefined) control.value = String(value)
  const read = () => (control.value.trim() === '' ? undefined : field.kind === 'number' ? Number(control.value) : control.value.trim())
  return { field, control, wrong, value: read, element: h('div', { class: 'field' }, h('label', { for: id }, field.name, optional), control, wrong) }
}

function input(field: FormField, common: Record<string, string | null>): Control {
  const kinds: Partial<Record<FormField['kind'], string>> = { email: 'email', phone: 'tel', date: 'date', number: 'text' }
  const fills: Record<string, string> = { email: 'email', phone: 'tel', name: 'name' }
  const rest = { ...common, class: 'input', autocomplete: fills[field.kind] ?? fills[field.key] ?? 'off', inputmode: field.kind === 'number' ? 'decimal' : null }
  return field.kind === 'long' ? h('textarea', { ...rest, rows: 3 }) : h('input', { ...rest, type: kinds[field.kind] ?? 'text' })
}

function choice(field: FormField, common: Record<string, string | null>, say: Say<Key>): HTMLSelectElement {
  const options = field.options.map((option) => h('option', { value: option.code }, option.name))
  return h('select', { ...common, class: 'input' }, h('option', { value: '' }, say('form.choose')), ...options)
}

function tick(field: FormField, on: boolean, common: Record<string, string | null>, wrong: HTMLElement, optional: HTMLElement | null): Asked {
  const control = h('input', { ...common, type: 'checkbox', checked: on })
  const element = h('div', { class: 'field' }, h('label', { class: 'tick' }, control, h('span', {}, field.name, optional)), wrong)
  return { field, control, wrong, element, value: () => control.checked || undefined }
}

function ticks(field: FormField, on: string[], common: Record<string, string | null>, wrong: HTMLElement, optional: HTMLElement | null): Asked {
  const boxes = field.options.map((option) => h('input', { type: 'checkbox', value: option.code, checked: on.includes(option.code) }))
  const labels = boxes.map((box, nth) => h('label', { class: 'tick' }, box, field.options[nth]?.name))
  const control = h('fieldset', { id: common.id, 'aria-describedby': common['aria-describedby'], tabindex: -1 }, h('legend', { class: 'label' }, field.name, optional), ...labels)
  const chosen = () => boxes.filter((box) => box.checked).map((box) => box.value)
  return { field, control, wrong, element: h('div', { class: 'field' }, control, wrong), value: () => (chosen().length ? chosen() : undefined) }
}

/** What is wrong with a value, in words; '' nothing. */
export function faultOf(field: FormField, value: FormValues[string] | undefined, say: Say<Key>): string {
  if (value === undefined) return field.required ? say(field.kind === 'boolean' ? 'form.yes' : 'form.required') : ''
  const written = String(value)
  if (field.kind === 'email' && !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(written)) return say('form.email')
  if (field.kind === 'phone' && (written.match(/\d/g)?.length ?? 0) < 5) return say('form.phone')
  if (field.kind === 'number' && !Number.isFinite(Number(value))) return say('form.number')
  if (field.kind === 'date' && Number.isNaN(Date.parse(written))) return say('form.date')
  if (field.most > 0 && typeof value === 'string' && written.length > field.most) return say('form.long', { n: field.most })
  return ''
}
