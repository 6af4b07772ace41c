/**
 * Who is the visitor? One token for all pages of a site in this browser, renewed by saying hello.
 *
 * A page whose user is signed in names them by an identity that its own server signed. Somebody else on the same device
 * must find nothing of the former person: what is here is cleared as soon as the server names another visitor.
 */
import type { Hello, State, Visitor } from './protocol'
import type { Shelf } from './storage'

export interface Session {
  token: string
  visitor: Visitor
  expires_at: string
}

export interface SessionOptions {
  shelf: Shelf
  locks: Pick<LockManager, 'request'> | null
  site: string
  hello: (identity: string | null) => Promise<Hello>
  /** A session began, or goes on. `stranger`: nothing of the former visitor may stay. */
  began: (session: Session, state: State, stranger: boolean) => void
}

/** How long a page with a person's token is given to say who its user is, before it is taken for signed out. */
export const IDENTIFY_MS = 3000
const NAME = 'session'

export class Sessions {
  current: Session | null
  identity: string | null = null
  private greeting: Promise<void> | null = null
  private greeted = false
  private greetedAs: string | null = null

  constructor(private readonly options: SessionOptions) {
    this.current = options.shelf.get<Session>(NAME)
  }

  /** Is it known who the visitor is: said by the server on this page? */
  get isGreeted(): boolean {
    return this.greeted && this.current !== null
  }

  token(): string {
    return this.current?.token ?? ''
  }

  /** Say hello unless that was done; with `lost`, the token was refused: take another page's newer one, or ask for one. */
  greet(lost = false): Promise<void> {
    if (!lost && this.isGreeted) return Promise.resolve()
    this.greeting ??= this.alone(() => this.hello(lost)).finally(() => (this.greeting = null))
    return this.greeting
  }

  /** The page says who its user is, or that nobody is signed in (null). */
  async identify(identity: string | null): Promise<void> {
    this.identity = identity
    await this.greeting?.catch(() => undefined) // its failure is told to whoever waited for it
    if (this.greetedAs !== identity) this.greeted = false
    await this.greet()
  }

  /** Another page has a newer session; true when it is another visitor's. */
  adopt(session: Session | null): boolean {
    const other = this.current?.visitor.id !== session?.visitor.id
    this.current = session
    return other
  }

  forget(): void {
    this.current = null
    this.greeted = false
    this.options.shelf.remove(NAME)
  }

  private async hello(lost: boolean): Promise<void> {
    const stored = this.options.shelf.get<Session>(NAME)
    const used = this.token()
    this.greeted = false
    if (stored && stored.token !== used) this.current = stored // another page was faster
    else if (lost) this.current = this.current && { ...this.current, token: '' }
    const before = this.current?.visitor ?? null
    const identity = this.identity
    const said = await this.options.hello(identity)
    this.greetedAs = identity
    this.current = { token: said.token, visitor: said.visitor, expires_at: said.expires_at }
    this.greeted = true
    this.options.shelf.set(NAME, this.current)
    this.options.began(this.current, said.state, isStranger(before, said.visitor))
  }

  /** Two pages that greet at once would be two visitors. */
  private alone(action: () => Promise<void>): Promise<void> {
    const { locks, site, shelf } = this.options
    if (!locks || !shelf.lasting) return action()
    const alone = locks.request(`servewell.${site}.hello`, action) as unknown as Promise<void>
    return alone.catch((error: unknown) => {
      if (error instanceof DOMException) return action() // locks are denied here
      throw error
    })
  }
}

/** Two anonymous visitors in one browser are the same person whose token had expired; anybody else is somebody else. */
export function isStranger(before: Visitor | null, now: Visitor): boolean {
  return before !== null && before.id !== now.id && before.identified
}
