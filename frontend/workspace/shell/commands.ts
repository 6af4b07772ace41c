/** What can the palette do? Pages, logs by name, and what the menus do. */
import { computed, shallowRef } from 'vue'
import { useI18n } from 'vue-i18n'
import { useRouter } from 'vue-router'

import { readLogs } from '@/api/logs'
import type { Log } from '@/api/types'
import { useLanguage } from '@/i18n'
import { useSession } from '@/stores/session'
import { useToasts } from '@/stores/toasts'
import type { IconName } from '@/ui/icons'
import { useFormat } from '@/use-format'

import { helpOpen } from './keyboard-help'
import { useNavigation } from './navigation'

export interface Command {
  id: string
  group: 'go' | 'logs' | 'do'
  label: string
  also?: string // other words it is found by
  hint?: string
  icon: IconName
  run: () => unknown
}

export function useCommands() {
  const { t } = useI18n()
  const router = useRouter()
  const session = useSession()
  const toasts = useToasts()
  const language = useLanguage()
  const format = useFormat()
  const entries = useNavigation()
  const logs = shallowRef<Log[]>([])

  async function loadLogs(): Promise<void> {
    if (session.may('logs.read')) logs.value = await readLogs().catch(() => []) // the palette works without them
  }

  const pages = computed<Command[]>(() =>
    entries.value.map(({ name, says, icon, href }) => ({
      id: name,
      group: 'go',
      label: t(says),
      also: name,
      icon,
      run: () => (href ? window.location.assign(href) : router.push({ name })),
    })),
  )
  const ready = computed<Command[]>(() =>
    logs.value
      .filter((log) => log.state === 'ready')
      .map((log) => ({
        id: log.id,
        group: 'logs',
        label: log.name,
        hint: t('logs.cases', { n: format.count(log.cases) }, log.cases),
        icon: 'process',
        run: () => router.push({ name: 'process', params: { log: log.id } }),
      })),
  )
  const doings = computed<Command[]>(() => [
    ...(['light', 'dark', 'auto'] as const).map((theme) => ({
      id: `theme-${theme}`,
      group: 'do' as const,
      label: `${t('shell.theme.label')} · ${t(`shell.theme.${theme}`)}`,
      also: `theme ${theme}`,
      icon: ({ light: 'sun', dark: 'moon', auto: 'auto' } as const)[theme],
      run: () => session.choose({ theme }).catch(toasts.problem),
    })),
    language.value === 'en'
      ? { id: 'zh', group: 'do', label: t('shell.language.zh'), also: 'chinese zhongwen language', icon: 'language', run: () => session.choose({ language: 'zh-Hans' }).catch(toasts.problem) }
      : { id: 'en', group: 'do', label: t('shell.language.en'), also: 'english yingyu language', icon: 'language', run: () => session.choose({ language: 'en' }).catch(toasts.problem) },
    { id: 'keys', group: 'do', label: t('shell.nav.keys'), also: 'keyboard shortcuts', hint: '?', icon: 'keyboard', run: () => (helpOpen.value = true) },
    { id: 'out', group: 'do', label: t('shell.me.sign_out'), also: 'sign out logout', icon: 'out', run: () => session.signOut().then(() => router.push({ name: 'sign-in' })).catch(toasts.problem) },
  ])

  const commands = computed(() => [...pages.value, ...ready.value, ...doings.value])
  return { commands, loadLogs }
}

/** Those whose name holds every word typed. */
export function matching(commands: Command[], words: string): Command[] {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean)
  return commands.filter(({ label, also }) => {
    const name = `${label} ${also ?? ''}`.toLowerCase()
    return wanted.every((word) => name.includes(word))
  })
}
