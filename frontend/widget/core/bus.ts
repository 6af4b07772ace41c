/** How do several pages of one site talk in one browser? By BroadcastChannel, or by storage events where there is none. */
export interface Bus<Word> {
  say: (word: Word) => void // to the other pages, not to oneself
  close: () => void
}

export function bus<Word>(site: string, storage: Storage | null, hear: (word: Word) => void): Bus<Word> {
  const name = `servewell.${site}.bus`
  if (typeof BroadcastChannel === 'function') return byChannel(new BroadcastChannel(name), hear)
  return storage ? byStorage(name, storage, hear) : { say: () => undefined, close: () => undefined }
}

function byChannel<Word>(channel: BroadcastChannel, hear: (word: Word) => void): Bus<Word> {
  channel.onmessage = (event: MessageEvent<Word>) => hear(event.data)
  return { say: (word) => channel.postMessage(word), close: () => channel.close() }
}

function byStorage<Word>(name: string, storage: Storage, hear: (word: Word) => void): Bus<Word> {
  let nth = 0
  const listen = (event: StorageEvent) => {
    if (event.key === name && event.newValue) hear((JSON.parse(event.newValue) as { word: Word }).word)
  }
  addEventListener('storage', listen)
  return {
    say: (word) => storage.setItem(name, JSON.stringify({ word, nth: `${(nth += 1)}${Math.random()}` })), // an equal value is no event
    close: () => removeEventListener('storage', listen),
  }
}
