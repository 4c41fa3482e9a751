import { setMaxListeners } from 'node:events'
import { accountOf, type Scope } from '../domain/scope.ts'
import { ApiFailure } from '../errors.ts'
import type { CallOptions } from '../ports/cloudflare.ts'
import type { Listing, Page } from '../ports/listing.ts'
import type { Clock, Random } from '../ports/runtime.ts'
import type { Api, Budget, Priority } from './budget.ts'
import { allPages, type PagingRules, pagesOf } from './paging.ts'
import { nextTry, noTries, type ReadRow, type RetryRow, retryTable } from './retry.ts'

/* How every call to Cloudflare is made: in its turn, and as often as the retry table says. */

export interface CallerDeps {
  readonly budget: Pick<Budget, 'run'>
  readonly clock: Clock
  readonly random: Random
  /** Told when Cloudflare did not accept the token, whatever status that came with. */
  readonly onRefusedToken?: () => void
}

/** The circumstances of a call. */
export interface CallContext {
  readonly api: Api
  readonly priority: Priority
  /** The account that a GraphQL query counts against in account mode; otherwise it does not matter. */
  readonly accountId: string
  /** From then on no request begins: turns and pauses are given up. */
  readonly stop: AbortSignal
  /** Ends reads that are under way; never a write, half of which could not be told. */
  readonly signal: AbortSignal
  /** The row of the retry table for reads. */
  readonly reads: ReadRow
  /** Told before each pause, with why it is made. */
  readonly onWait?: (reason: string) => void
}

/** One request. It is made with the options given, and may be made again. */
export type Send<T> = (options: CallOptions) => Promise<T>

/** One page of a listing. */
export type SendPage<T> = (page: number, options: CallOptions) => Promise<Page<T>>

/** Makes calls to Cloudflare. All throw ApiFailure: `aborted` when told to stop. */
export interface Caller {
  /** Makes a call that only reads. */
  read<T>(send: Send<T>): Promise<T>
  /** Makes a call that changes something. It is sent once, and ends even when the program is told to stop. */
  write<T>(send: Send<T>): Promise<T>
  /** Everything that a listing has, by the rules where they are given. */
  all<T extends { readonly id: string }>(
    send: SendPage<T>,
    rules?: Partial<PagingRules<T>>,
  ): Promise<Listing<T>>
  /** The pages of a listing, for whoever needs only some. */
  pages<T>(send: SendPage<T>, rules: PagingRules<T>): AsyncIterable<readonly T[]>
  /** How many writes have left through this caller. */
  writesSent(): number
  /** A caller in other circumstances; those not given stay. */
  with(changes: Partial<CallContext>): Caller
}

export function createCaller(deps: CallerDeps, context: CallContext): Caller {
  // One signal serves many calls at once, which Node would take for a leak.
  setMaxListeners(0, context.stop, context.signal)
  let sent = 0
  const read: Caller['read'] = (send) =>
    persist(deps, context, retryTable[context.reads], () => send({ signal: context.signal }))
  return {
    read,
    write: (send) =>
      persist(deps, context, retryTable.write, () => {
        sent += 1
        return send({ signal: new AbortController().signal })
      }),
    all: (send, rules) => allPages((page) => read((options) => send(page, options)), rules),
    pages: (send, rules) => pagesOf((page) => read((options) => send(page, options)), rules),
    writesSent: () => sent,
    with: (changes) => createCaller(deps, { ...context, ...changes }),
  }
}

/** The circumstances of a read for one scope. */
export function forScope(
  api: Api,
  scope: Scope,
  priority: Priority,
  signal: AbortSignal,
): Pick<CallContext, 'api' | 'priority' | 'accountId' | 'signal'> {
  return { api, priority, accountId: accountOf(scope).id, signal }
}

async function persist<T>(
  { budget, clock, random, onRefusedToken }: CallerDeps,
  { api, priority, accountId, stop, onWait }: CallContext,
  row: RetryRow,
  send: () => Promise<T>,
): Promise<T> {
  for (let tries = noTries; ; ) {
    if (stop.aborted) throw interrupted()
    try {
      return await budget.run({ api, priority, accountId, signal: stop }, send)
    } catch (error) {
      if (!(error instanceof ApiFailure)) throw error
      if (error.kind === 'auth') onRefusedToken?.()
      const next = nextTry(row, error, tries, random)
      if (next === null) throw error
      onWait?.(next.reason)
      await clock.sleep(next.pauseMs, stop)
      tries = next.tries
    }
  }
}

/** Nothing was sent: the program was told to stop. */
function interrupted(): ApiFailure {
  return new ApiFailure('aborted', 'interrupted before it was sent', { operation: 'wait' })
}
