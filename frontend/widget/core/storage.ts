/**
 * Where does the widget remember? In the page's localStorage under names of its own; where that is denied or full, in
 * memory, for as long as the page lives.
 */
export interface Shelf {
  readonly lasting: boolean // do other pages and the next load see it?
  get: <T>(name: string) => T | null
  set: (name: string, value: unknown) => boolean // was it stored lastingly?
  remove: (name: string) => void
  names: (prefix: string) => string[] // sorted
}

/** Return the shelf of a site; `area` is localStorage or sessionStorage. */
export function shelf(site: string, area: () => Storage): Shelf {
  const prefix = `servewell.${site}.`
  const storage = usable(area, prefix)
  const memory = new Map<string, string>()
  const read = (name: string) => memory.get(name) ?? tried(() => storage?.getItem(prefix + name)) ?? null
  return {
    lasting: storage !== null,
    get: <T>(name: string) => parsed<T>(read(name)),
    set(name, value) {
      const written = JSON.stringify(value)
      const kept = storage !== null && tried(() => (storage.setItem(prefix + name, written), true)) === true
      if (kept) memory.delete(name)
      else memory.set(name, written)
      return kept
    },
    remove(name) {
      memory.delete(name)
      tried(() => storage?.removeItem(prefix + name))
    },
    names(begin) {
      const stored = tried(() => Object.keys(storage ?? {})) ?? []
      const own = stored.filter((key) => key.startsWith(prefix)).map((key) => key.slice(prefix.length))
      return [...new Set([...own, ...memory.keys()])].filter((name) => name.startsWith(begin)).sort()
    },
  }
}

function usable(area: () => Storage, prefix: string): Storage | null {
  try {
    const storage = area()
    storage.setItem(`${prefix}probe`, '1')
    storage.removeItem(`${prefix}probe`)
    return storage
  } catch {
    return null // denied by the browser, or the page is in a sandbox
  }
}

function tried<T>(action: () => T): T | undefined {
  try {
    return action()
  } catch {
    return undefined // full, or taken away while the page lives: memory goes on
  }
}

function parsed<T>(written: string | null): T | null {
  try {
    return written === null ? null : (JSON.parse(written) as T)
  } catch {
    return null // somebody else wrote there
  }
}
