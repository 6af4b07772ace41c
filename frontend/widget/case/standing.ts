/** How it stands, what comes next, and what was promised. */
import { attr, h, icon, keyed, show, text } from '../kit/dom'
import { ICONS } from '../kit/icons'
import { Problem } from '../kit/request'
import type { Context, Part } from './context'
import type { Case, Status } from './protocol'
import { when } from './when'

type Step = 'received' | 'working' | 'done'
const STEPS: readonly Step[] = ['received', 'working', 'done']
const PLACE: Record<Status, number> = { received: 0, working: 1, waiting_for_you: 1, solved: 2, closed: 2 }

export function standing(context: Context): Part {
  const parts = [steps(context), next(context), promises(context)]
  return {
    element: h('div', { class: 'standing' }, ...parts.map((part) => part.element)),
    update: () => parts.forEach((part) => part.update()),
  }
}

function steps({ desk, say, language }: Context): Part {
  const lines = STEPS.map(() => h('li', {}, h('span', { class: 'dot' }), h('span', { class: 'name' })))
  const since = h('p', { class: 'since' })
  const element = h('section', { class: 'card', 'aria-label': say('status.label') }, h('ol', { class: 'steps' }, ...lines), since)
  return {
    element,
    update() {
      const now = desk.case
      if (!now) return
      const place = PLACE[now.status]
      lines.forEach((line, at) => {
        attr(line, 'aria-current', at === place ? 'step' : null)
        attr(line, 'class', at < place || now.status === 'solved' || now.status === 'closed' ? 'past' : at === place && now.status === 'waiting_for_you' ? 'yours' : null)
        const [dot, name] = line.children
        if (dot && name) {
          if (line.className === 'past' && !dot.firstChild) dot.append(icon(ICONS.tick, 14))
          if (line.className !== 'past') dot.replaceChildren()
          text(name, say(`status.${nameOf(STEPS[at] ?? 'done', now)}`))
        }
      })
      const told = [say('status.since', { moment: when(now.since, language) }), now.team]
      text(since, told.filter(Boolean).join(' · '))
    },
  }
}

function nameOf(step: Step, now: Case): Status {
  if (step === 'received') return 'received'
  if (step === 'working') return now.status === 'waiting_for_you' ? 'waiting_for_you' : 'working'
  return now.status === 'closed' ? 'closed' : 'solved'
}

function next({ desk, say, language, announce }: Context): Part {
  const list = h('ul', { class: 'plain' })
  const button = h('button', { class: 'btn', type: 'button', onclick: () => void solve() }, icon(ICONS.tick, 16), say('solved.button'))
  const onward = h('p', { class: 'note' })
  const wrong = h('p', { class: 'wrong', role: 'alert' })
  const lines = keyed<Case['next'][number]>(list, (one) => one.kind, () => {
    const [words, at] = [h('span', {}), h('strong', { class: 'at' })]
    return {
      element: h('li', {}, words, ' ', at),
      update(one) {
        text(words, one.sentence)
        text(at, one.at ? when(one.at, language) : '')
      },
    }
  })

  async function solve(): Promise<void> {
    attr(button, 'aria-disabled', 'true')
    try {
      await desk.solve()
      announce(say('solved.done'))
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      text(wrong, error.message || say('gone.broken'))
    } finally {
      attr(button, 'aria-disabled', null)
    }
  }

  return {
    element: h('section', { class: 'card', 'aria-labelledby': 'next' }, h('h2', { id: 'next' }, say('next.title')), list, onward, h('div', { class: 'row' }, button), wrong),
    update() {
      const now = desk.case
      if (!now) return
      lines(now.next)
      show(button, now.can_solve)
      show(wrong, wrong.textContent !== '')
      show(onward, now.goes_on !== null)
      if (now.goes_on && !onward.firstChild) {
        const { number, path } = now.goes_on
        onward.append(say('goes-on.text', { number }), ' ', h('a', { href: path }, say('goes-on.link', { number })))
      }
    },
  }
}

function promises({ desk, say, language }: Context): Part {
  const list = h('ul', { class: 'plain' })
  const none = h('p', { class: 'quiet' }, say('promises.none'))
  return {
    element: h('section', { class: 'card', 'aria-labelledby': 'promises' }, h('h2', { id: 'promises' }, say('promises.title')), list, none),
    update() {
      const made = desk.case?.promises ?? []
      show(none, made.length === 0)
      show(list, made.length > 0)
      list.replaceChildren(
        ...made.map((one) => {
          const due = one.due_at ? say('promises.due', { moment: when(one.due_at, language) }) : ''
          const state = one.state === 'open' ? '' : say(`promises.${one.state}`)
          return h('li', { class: one.state }, h('span', {}, one.sentence), ' ', h('strong', { class: 'at' }, [due, state].filter(Boolean).join(' · ')))
        }),
      )
    },
  }
}
