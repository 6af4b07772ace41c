/** What does the browser's tab say? The page's own words, while it is shown, else its entry in the navigation. */
import { onScopeDispose, ref, watchEffect } from 'vue'

export const pageTitle = ref('')

/** Name the page after what it shows, for as long as the component lives. */
export function useTitle(words: () => string): void {
  watchEffect(() => (pageTitle.value = words()))
  onScopeDispose(() => (pageTitle.value = ''))
}
