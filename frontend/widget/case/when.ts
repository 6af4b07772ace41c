/** How does a moment stand within a sentence? As the kit writes it, without a capital in the middle. */
import { moment } from '../kit/format'
import type { Language } from '../kit/texts'

export function when(at: string, language: Language): string {
  return moment(new Date(at), new Date(), language).replace(/^(Today|Yesterday|Tomorrow)/, (word) => word.toLowerCase())
}
