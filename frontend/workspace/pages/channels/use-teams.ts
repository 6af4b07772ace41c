/** Which teams are there to choose from? Without them the rest of a form still works. */
import { ref } from 'vue'

import { readTeams, type Team } from '@/api/settings'
import { useToasts } from '@/stores/toasts'

export function useTeams() {
  const teams = ref<Team[]>([])
  const toasts = useToasts()
  async function load(): Promise<void> {
    try {
      teams.value = await readTeams()
    } catch (error) {
      toasts.problem(error)
    }
  }
  return { teams, load }
}
