import { type Budget, priority } from '../../src/access/budget.ts'
import { type CallContext, type Caller, createCaller } from '../../src/access/caller.ts'
import type { Page } from '../../src/ports/listing.ts'
import type { Clock, Turns } from '../../src/ports/runtime.ts'
import { leapingClock } from './leaping-clock.ts'

export interface CallerOptions extends Partial<CallContext> {
  readonly budget?: Pick<Budget, 'run'>
  readonly clock?: Clock
  readonly random?: () => number
  readonly onRefusedToken?: () => void
}

/** A caller whose turn comes at once unless a budget is given, and whose pauses are those of the retry table. */
export function aCaller({
  budget = { run: (_, work) => work() },
  clock = leapingClock(),
  random = () => 0.5,
  onRefusedToken = () => {},
  ...context
}: CallerOptions = {}): Caller {
  const { signal } = new AbortController()
  return createCaller(
    { budget, clock, random, onRefusedToken },
    {
      api: 'rest',
      priority: priority.enabled,
      accountId: '',
      stop: signal,
      signal,
      reads: 'commandRead',
      ...context,
    },
  )
}

/** The page of a listing, as an API with right totals gives it. */
export function pageOf<T>(all: readonly T[], page: number, size = 50): Page<T> {
  const items = all.slice((page - 1) * size, page * size)
  const fill = items.length === 0 ? 'empty' : items.length < size ? 'short' : 'full'
  return { items, unreadable: [], fill, lastPage: Math.ceil(all.length / size) }
}

/** For work of which nothing else waits for the end. */
export const noTurns: Turns = { toBegin: async () => {}, toFinish: async () => {} }
