/*
 * What the API allows to ask of each scope's health data: read at the first poll of a scope and again each hour, and
 * later where there are so many scopes that their health comes first. Where it cannot be read, or was not yet, safe
 * values stand in.
 */

import type { Priority } from '../../access/budget.ts'
import { forScope } from '../../access/caller.ts'
import { askApart } from '../../access/isolation.ts'
import { settleAll } from '../../access/settle-all.ts'
import type { HealthLimits } from '../../domain/ledger/health-row.ts'
import { clampLimits } from '../../domain/ledger/window.ts'
import { type Scope, type ScopeKey, scopeKey } from '../../domain/scope.ts'
import { ApiFailure, isTransient } from '../../errors.ts'
import { priorityOf, type ScopeState } from '../state/scope-state.ts'
import { sweepOf } from '../state/sweep.ts'
import { type Batch, batches, maxZones } from './health-batch.ts'
import type { HealthDeps } from './health-deps.ts'
import { refusesSome } from './health-isolation.ts'
import type { HealthLessons } from './health-lessons.ts'

const everyMs = 3_600_000
/** What was read so long ago joins a query that goes out for others. */
const joinsMs = everyMs / 2
/** Those that wait longer are not told apart. */
const longestMs = 24 * everyMs
/** A refusal is asked about again after ten minutes. */
const againMs = everyMs - 600_000
/** What a cycle spends on limits, of the queries it has or needs for health: more while some were never read. */
const share = { first: 0.5, again: 0.1 }
/** Queries for limits that were never read, at least: without them some plans refuse what is asked of health. */
const minFirst = 10

export function createHealthLimits(deps: HealthDeps, lessons: HealthLessons) {
  const readAt = new Map<ScopeKey, number>()
  /** Scopes that were refused when they were asked last: they wait, and join nobody. */
  const refused = new Set<ScopeKey>()

  const take = (scope: Scope, own: HealthLimits | null): void => {
    const key = scopeKey(scope)
    deps.state.limitsRead(key, own === null ? null : lessons.limits(key, clampLimits(own)))
    readAt.set(key, deps.clock.monotonic())
    refused.delete(key)
    if (own?.enabled === false) deps.state.healthFailed(key, notOffered(), deps.clock.now())
  }

  const read = async (batch: Batch, signal: AbortSignal): Promise<void> => {
    const [first] = batch.scopes
    if (first === undefined) return
    const call = deps.call.with(forScope('graphql', first, batch.priority, signal))
    const ask = (scopes: readonly Scope[]) => call.read((options) => deps.api.readLimits(scopes, options))
    for (const { parts, outcome } of await askApart(batch.scopes, ask, refusesSome)) {
      // The reading of health itself will meet the same trouble, and reports it.
      const untold = outcome.ok
        ? [...outcome.value.failures]
        : parts.map(({ id }) => [id, outcome.failure] as const)
      for (const [id, { kind }] of untold) {
        deps.log.debug({ kind, scope: id }, 'cannot read the limits of health data')
        const scope = parts.find((part) => part.id === id)
        if (scope === undefined || isTransient(kind)) continue
        readAt.set(scopeKey(scope), deps.clock.monotonic() - againMs)
        refused.add(scopeKey(scope))
      }
      if (!outcome.ok) continue
      for (const scope of parts) {
        const own = outcome.value.limits.get(scope.id)
        if (own !== undefined) take(scope, own)
      }
    }
  }

  return {
    /** Of the scopes that a cycle reads; with an urgency, as urgently as their health is read then. */
    async refresh(scopes: readonly ScopeState[], signal: AbortSignal, urgency?: Priority): Promise<void> {
      const monotonic = deps.clock.monotonic()
      const asked = sweepOf(scopes, { monotonic, triedAt: readAt, sweepEveryMs: joinsMs }).flatMap(
        ({ scope: state, tried }) => {
          const key = scopeKey(state.scope)
          const waitedMs = monotonic - tried
          if (refused.has(key) && waitedMs < everyMs) return []
          return {
            scope: state.scope,
            priority: urgency ?? priorityOf(state, deps.clock.now()),
            whole: false,
            alone: lessons.isApart(key),
            // Who waits longest goes first, in one company with all others: nobody is behind by more than is normal.
            behind: Number.isFinite(waitedMs) ? Math.min(1, waitedMs / longestMs) : waitedMs,
            pageSize: 0,
            fields: 'all' as const,
            maxDurationSeconds: 0,
          }
        },
      )
      const isFirst = asked[0]?.behind === Number.POSITIVE_INFINITY
      const queries = Math.max(
        isFirst ? minFirst : 1,
        deps.requestsPerCycle() * (isFirst ? share.first : share.again),
        (scopes.length / maxZones) * share.again,
      )
      const isDue = (batch: Batch): boolean =>
        batch.scopes.some(
          (scope) => monotonic - (readAt.get(scopeKey(scope)) ?? Number.NEGATIVE_INFINITY) >= everyMs,
        )
      const grouped = batches(asked, deps.settings().rateLimitType, lessons.batchSize())
        .filter(isDue)
        .slice(0, Math.ceil(queries))
      await settleAll(grouped.map((batch) => read(batch, signal)))
      for (const known of [readAt, refused])
        for (const key of known.keys()) if (!deps.state.scopes.has(key)) known.delete(key)
    },
  }
}

function notOffered(): ApiFailure {
  return new ApiFailure('forbidden', 'Cloudflare has no Logpush health data for this scope', {
    operation: 'read limits',
  })
}
