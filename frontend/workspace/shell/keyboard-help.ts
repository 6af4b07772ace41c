/** Is the list of keys open? Shared by the key `?` and the menus that offer it. */
import { ref } from 'vue'

export const helpOpen = ref(false)
