/** Where do files wait to be sent? In IndexedDB, which pages share and a reload leaves alone; else in memory. */
export interface Blobs {
  /** Keep a file; true when it outlives the page. */
  put: (key: string, file: Blob) => Promise<boolean>
  get: (key: string) => Promise<Blob | null>
  remove: (key: string) => Promise<void>
}

const TABLE = 'files'

export function blobs(site: string, factory: () => IDBFactory | undefined): Blobs {
  const memory = new Map<string, Blob>()
  let opening: Promise<IDBDatabase | null> | null = null
  const database = () => (opening ??= open(`servewell.${site}`, factory))
  const ask = async <T>(mode: IDBTransactionMode, action: (table: IDBObjectStore) => IDBRequest<T>) => {
    const opened = await database()
    return opened ? finished(opened, mode, action) : null
  }
  return {
    async put(key, file) {
      const kept = await ask('readwrite', (table) => table.put(file, key)).catch(() => null)
      if (kept === null) memory.set(key, file)
      return kept !== null
    },
    get: async (key) => memory.get(key) ?? (await ask('readonly', (table) => table.get(key) as IDBRequest<Blob | undefined>).catch(() => null)) ?? null,
    async remove(key) {
      memory.delete(key)
      await ask('readwrite', (table) => table.delete(key)).catch(() => null) // what stays behind only takes room
    },
  }
}

function open(name: string, factory: () => IDBFactory | undefined): Promise<IDBDatabase | null> {
  return new Promise((resolve) => {
    try {
      const asked = factory()?.open(name, 1)
      if (!asked) return resolve(null)
      asked.onupgradeneeded = () => asked.result.createObjectStore(TABLE)
      asked.onsuccess = () => resolve(asked.result)
      asked.onerror = asked.onblocked = () => resolve(null)
    } catch {
      resolve(null) // denied
    }
  })
}

function finished<T>(database: IDBDatabase, mode: IDBTransactionMode, action: (table: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(TABLE, mode)
    const asked = action(transaction.objectStore(TABLE))
    transaction.oncomplete = () => resolve(asked.result)
    transaction.onerror = transaction.onabort = () => reject(transaction.error ?? new Error('aborted'))
  })
}
