/** Small questions over the composer: where to mail the transcript, whether to end, whether to forget. */
import { attr, h, show, text } from '../kit/dom'
import { Problem } from '../kit/request'
import type { Key } from '../texts'
import type { Context, Part } from './context'

export interface Sheet extends Part {
  transcript: () => void
  end: () => void
  forget: () => void
  close: () => boolean // was one open?
}

interface Question {
  words: Key
  yes: Key
  mail?: boolean // asks for a mail address
  grave?: boolean
  action: (mail: string) => Promise<string> // what to say when done; '' nothing
}

export function sheet({ chat, say, announce }: Context, after: () => void): Sheet {
  let asked: Question | null = null
  const words = h('p')
  const label = h('label', { for: 'mail' })
  const mail = h('input', { class: 'input', id: 'mail', type: 'email', autocomplete: 'email', maxlength: 320, 'aria-describedby': 'sheet-wrong' })
  const wrong = h('p', { class: 'wrong', id: 'sheet-wrong', role: 'alert' })
  const yes = h('button', { class: 'btn main', type: 'submit' })
  const no = h('button', { class: 'btn', type: 'button', onclick: () => close() })
  const field = h('div', { class: 'field' }, label, mail)
  const element = h('form', { class: 'sheet', novalidate: true, hidden: true, onsubmit: submit }, words, field, wrong, h('div', { class: 'row' }, yes, no))

  function ask(question: Question): void {
    asked = question
    fill(question)
    text(wrong, '')
    show(element, true)
    if (question.mail) mail.value ||= String(chat.seen.form?.email ?? '')
    ;(question.mail ? mail : no).focus()
  }

  function fill(question: Question): void {
    text(words, say(question.words))
    text(yes, say(question.yes))
    text(no, say('sheet.cancel'))
    text(label, say('transcript.label'))
    show(field, question.mail === true)
    show(words, !question.mail)
    attr(yes, 'class', question.grave ? 'btn bad' : 'btn main')
  }

  function close(): boolean {
    if (!asked) return false
    asked = null
    show(element, false)
    after()
    return true
  }

  async function submit(event: Event): Promise<void> {
    event.preventDefault()
    const question = asked
    if (!question || yes.disabled) return
    const bad = question.mail && !/^\S+@\S+\.\S+$/.test(mail.value.trim())
    attr(mail, 'aria-invalid', bad ? 'true' : null)
    if (bad) return text(wrong, say('form.email'))
    yes.disabled = true
    try {
      const said = await question.action(mail.value.trim())
      close()
      if (said) announce(said)
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      text(wrong, error.message || say('sheet.failed'))
    } finally {
      yes.disabled = false
    }
  }

  return {
    element,
    close,
    transcript: () => ask({ words: 'menu.transcript', yes: 'transcript.send', mail: true, action: async (address) => chat.tell((await chat.client.transcript(address)).sentence) }),
    end: () => ask({ words: 'end.ask', yes: 'end.yes', action: () => chat.end().then(() => '') }),
    forget: () => ask({ words: 'forget.ask', yes: 'forget.yes', grave: true, action: () => chat.forget().then(() => '') }),
    update: () => {
      if (asked) fill(asked)
    },
  }
}
