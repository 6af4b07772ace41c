/** The settings that all channels share, for who may set them. */
import { computed, ref, shallowRef } from 'vue'

import { asProblem, type Problem } from '@/api/problem'
import { changeSetting, readSettings, type Setting, type SettingValue } from '@/api/settings'
import { useSession } from '@/stores/session'

const ROOM = 'channels'
const WANTED = ['public_url', 'answers_per_hour', 'raw_kept_days'] as const
const named = (name: (typeof WANTED)[number]) => [ROOM, name].join('.')

export function useChannelSettings() {
  const session = useSession()
  const items = ref<Setting[]>([])
  const problem = shallowRef<Problem | null>(null)
  const allowed = computed(() => session.may('settings.manage'))
  /** Customers cannot be led anywhere: nobody said where this installation is reached. */
  const lacksAddress = computed(() => items.value.some(({ name, value }) => name === named('public_url') && value === ''))

  async function load(): Promise<void> {
    if (!allowed.value) return
    try {
      const all = await readSettings()
      items.value = WANTED.flatMap((name) => all.filter((setting) => setting.name === named(name)))
      problem.value = null
    } catch (error) {
      problem.value = asProblem(error)
    }
  }

  /** Throws a Problem. */
  async function save(name: string, value: SettingValue): Promise<void> {
    const fresh = await changeSetting(name, value)
    items.value = items.value.map((setting) => (setting.name === name ? fresh : setting))
  }

  return { items, problem, allowed, lacksAddress, load, save }
}
