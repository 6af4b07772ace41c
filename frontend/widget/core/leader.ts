/**
 * Which of several open pages holds the stream and sends the queue? One.
 *
 * 1. By a Web Lock: the browser gives it to the next page when this one closes or crashes. A page may steal it from
 *    one that no longer answers (a browser may freeze what lies in the background).
 * 2. Where there are no locks (plain http): by a lease in storage, renewed every 2 s, gone after 6 s.
 * 3. Where pages share no storage, each leads itself.
 */
import type { Shelf } from './storage'
import { newId } from './waiting'

export interface Leader {
  leads: () => boolean
  steal: () => void
  stop: () => void
}

export interface LeaderOptions {
  site: string
  shelf: Shelf
  locks: Pick<LockManager, 'request'> | null
  changed: (leads: boolean) => void
}

const LEASE_MS = 6000
const RENEW_MS = 2000

export function elect(options: LeaderOptions): Leader {
  if (!options.shelf.lasting) return alone(options)
  return options.locks ? byLock(options, options.locks) : byLease(options)
}

function alone(options: LeaderOptions): Leader {
  let leading = true
  queueMicrotask(() => leading && options.changed(true))
  return { leads: () => leading, steal: () => undefined, stop: () => (leading = false) }
}

function byLock(options: LeaderOptions, locks: Pick<LockManager, 'request'>): Leader {
  let leading = false
  let stopped = false
  let release: () => void = () => undefined
  const set = (leads: boolean) => {
    if (leading === leads) return
    leading = leads
    options.changed(leads)
  }
  const hold = () => {
    if (stopped) return Promise.resolve()
    set(true)
    return new Promise<void>((resolve) => (release = resolve))
  }
  const ask = (steal: boolean) => {
    void locks.request(`servewell.${options.site}`, steal ? { steal } : {}, hold).catch(() => {
      // stolen from us: we stand in line again. Or locks are denied here: then we lead ourselves.
      if (stopped) return
      const held = leading
      set(false)
      if (held) ask(false)
      else set(true)
    })
  }
  ask(false)
  return {
    leads: () => leading,
    steal: () => void (!leading && !stopped && ask(true)),
    stop() {
      stopped = true
      set(false)
      release()
    },
  }
}

interface Lease {
  page: string
  until: number
}

function byLease({ shelf, changed }: LeaderOptions): Leader {
  const page = newId()
  let leading = false
  const mine = () => shelf.get<Lease>('lead')?.page === page
  const set = (leads: boolean) => {
    if (leading === leads) return
    leading = leads
    changed(leads)
  }
  const take = () => shelf.set('lead', { page, until: Date.now() + LEASE_MS } satisfies Lease)
  const look = () => {
    const lease = shelf.get<Lease>('lead')
    const free = !lease || lease.until < Date.now()
    if (mine() && !free) {
      take()
      set(true)
    } else {
      set(false)
      if (free) take() // two pages may take at once: who wrote last leads, from the next look on
    }
  }
  look()
  const timer = setInterval(look, RENEW_MS)
  const first = setTimeout(look, 60)
  return {
    leads: () => leading,
    steal: take,
    stop() {
      clearInterval(timer)
      clearTimeout(first)
      if (mine()) shelf.remove('lead')
      leading = false
    },
  }
}
