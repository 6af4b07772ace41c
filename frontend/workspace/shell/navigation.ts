/** Where can one go? Only what works; each entry says who may see it. */
import { computed } from 'vue'

import type { Verb } from '@/api/types'
import { useSession } from '@/stores/session'
import type { IconName } from '@/ui/icons'

export interface Entry {
  name: string // route, or an address outside the workspace
  says: string // key of the text
  icon: IconName
  keys: string
  href?: string
  may?: Verb
  foot?: boolean // stands below the line
  inside?: boolean // a part of another entry's pages: the palette leads there, the rail does not
}

const ENTRIES: Entry[] = [
  { name: 'process', says: 'shell.nav.process', icon: 'process', keys: 'g p', may: 'logs.read' },
  { name: 'logs', says: 'shell.nav.logs', icon: 'logs', keys: 'g l', may: 'logs.read' },
  { name: 'account', says: 'shell.nav.account', icon: 'account', keys: 'g s', foot: true },
  { name: 'channels', says: 'shell.nav.channels', icon: 'channels', keys: 'g c', may: 'channels.read', foot: true },
  { name: 'reception', says: 'reception.title', icon: 'channels', keys: 'g r', may: 'reception.read', inside: true },
  { name: 'access', says: 'access.title', icon: 'eye', keys: 'g a', may: 'access.read', foot: true },
  { name: 'people', says: 'shell.nav.people', icon: 'people', keys: '', href: '/admin/', may: 'people.manage', foot: true },
]

export function useNavigation() {
  const session = useSession()
  return computed(() => ENTRIES.filter((entry) => !entry.may || session.may(entry.may)))
}
