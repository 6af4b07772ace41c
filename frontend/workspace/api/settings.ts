/** What can be set while it runs? */
import { get, patch } from './client'

export type SettingValue = boolean | number | string | string[]

export interface Setting {
  name: string // <room>.<words>
  type: 'bool' | 'int' | 'float' | 'str' | 'list'
  value: SettingValue
  default: SettingValue
  sentence: string // what it is
}

export interface Team {
  id: string
  name: string
  archived: boolean
}

export const readSettings = () => get<Setting[]>('/api/v1/settings')
export const changeSetting = (name: string, value: SettingValue) => patch<Setting>(`/api/v1/settings/${encodeURIComponent(name)}`, { value })
export const readTeams = () => get<Team[]>('/api/v1/people/teams')
