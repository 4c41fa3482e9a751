import type { BudgetStatus } from '../access/budget.ts'
import { isOutOfReach, jobsAreKnown, mayHaveJobs, type ScopeState } from '../exporter/state/scope-state.ts'
import { durationBuckets, type PollerStats, type SelfState } from '../exporter/state/self-state.ts'
import type { Sample } from './exposition-text.ts'

/** Everything the exporter exposes about itself, as read at the moment of a scrape. */
export interface ExporterView {
  readonly self: SelfState
  readonly scopes: ScopeCounts
  readonly budget: readonly BudgetStatus[]
  /** Null before the first answer. */
  readonly clockSkewSeconds: number | null
  readonly store: { readonly writes: number; readonly failures: number }
  /** Whether this process runs the shard; false on standby. */
  readonly leader: boolean
  readonly build: { readonly version: string; readonly revision: string; readonly nodeVersion: string }
  readonly config: {
    readonly pollInterval: string
    readonly revisionWindow: string
    readonly budgetShare: string
    readonly rateLimitType: string
    /** Null on a standby. */
    readonly shard: number | null
    readonly totalShards: number
  }
}

/** Accounts and zones by state, and what they add up to. */
export interface ScopeCounts {
  readonly states: Readonly<Record<'watched' | 'empty' | 'unknown' | 'failing', number>>
  readonly lateRows: number
  readonly gapSeconds: number
}

/** `departed` is what scopes that are no longer watched have left: counters never go down. */
export function countScopes(
  scopes: Iterable<ScopeState>,
  departed: { readonly lateRows: number; readonly gapSeconds: number },
): ScopeCounts {
  const states = { watched: 0, empty: 0, unknown: 0, failing: 0 }
  let { lateRows, gapSeconds } = departed
  for (const scope of scopes) {
    lateRows += scope.lateRows
    gapSeconds += scope.gapSeconds
    if (scope.health.failure !== null && !isOutOfReach(scope)) states.failing += 1
    else if (!jobsAreKnown(scope)) states.unknown += 1
    else states[mayHaveJobs(scope) ? 'watched' : 'empty'] += 1
  }
  return { states, lateRows, gapSeconds }
}

/** One sample an API with a budget. */
export function byApi({ budget }: ExporterView, value: (status: BudgetStatus) => number): readonly Sample[] {
  return budget.map((status) => ({ values: [status.api], value: value(status) }))
}

/** One sample a poller, where it has the value. */
export function byPoller(
  { self }: ExporterView,
  value: (poller: PollerStats) => number | null,
): readonly Sample[] {
  return [...self.pollers.values()].flatMap((poller) => {
    const found = value(poller)
    return found === null ? [] : [{ values: [poller.poller], value: found }]
  })
}

/** The buckets, sum and count of how long requests took. */
export function requestDurations({ self }: ExporterView): readonly Sample[] {
  return [...self.requests.values()].flatMap(({ api, operation, code, count, sumSeconds, buckets }) => {
    const values = [api, operation, code]
    const bucket = (le: string, value: number): Sample => ({ values, value, part: { suffix: '_bucket', le } })
    return [
      ...durationBuckets.map((bound, index) => bucket(String(bound), buckets[index] ?? 0)),
      bucket('+Inf', count),
      { values, value: sumSeconds, part: { suffix: '_sum' } },
      { values, value: count, part: { suffix: '_count' } },
    ]
  })
}

/** One sample a kind of object that has been listed. */
export function unreadableObjects({ self }: ExporterView): readonly Sample[] {
  const counts = new Map<string, number>()
  for (const { kind, found } of self.unreadable.values())
    counts.set(kind, (counts.get(kind) ?? 0) + found.length)
  return [...counts].map(([kind, value]) => ({ values: [kind], value }))
}
