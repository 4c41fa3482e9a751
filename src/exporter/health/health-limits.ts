/*
 * What the API allows to ask of each scope's health data: read at the first poll of a scope and again each hour.
 * Where it cannot be read, safe values stand in.
 */

import { forScope } from '../../access/caller.ts'
import { askApart } from '../../access/isolation.ts'
import { settleAll } from '../../access/settle-all.ts'
import type { HealthLimits } from '../../domain/ledger/health-row.ts'
import { clampLimits } from '../../domain/ledger/window.ts'
import { type Scope, type ScopeKey, scopeKey } from '../../domain/scope.ts'
import { ApiFailure, isTransient } from '../../errors.ts'
import { priorityOf, type ScopeState } from '../state/scope-state.ts'
import { type Batch, batches } from './health-batch.ts'
import type { HealthDeps } from './health-deps.ts'
import { refusesSome } from './health-isolation.ts'
import type { HealthLessons } from './health-lessons.ts'

const everyMs = 3_600_000
/** A refusal is asked about again after ten minutes. */
const againMs = everyMs - 600_000

export function createHealthLimits(
  deps: HealthDeps,
  lessons: HealthLessons,
): {
  refresh(scopes: readonly ScopeState[], signal: AbortSignal): Promise<void>
} {
  const readAt = new Map<ScopeKey, number>()

  const take = (scope: Scope, own: HealthLimits | null): void => {
    const key = scopeKey(scope)
    deps.state.limitsRead(key, own === null ? null : lessons.limits(key, clampLimits(own)))
    readAt.set(key, deps.clock.monotonic())
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
        if (scope !== undefined && !isTransient(kind))
          readAt.set(scopeKey(scope), deps.clock.monotonic() - againMs)
      }
      if (!outcome.ok) continue
      for (const scope of parts) {
        const own = outcome.value.limits.get(scope.id)
        if (own !== undefined) take(scope, own)
      }
    }
  }

  return {
    async refresh(scopes, signal) {
      const now = deps.clock.monotonic()
      const due = scopes.filter(
        ({ scope }) => now - (readAt.get(scopeKey(scope)) ?? Number.NEGATIVE_INFINITY) >= everyMs,
      )
      const grouped = batches(
        due.map((state) => ({
          scope: state.scope,
          priority: priorityOf(state, deps.clock.now()),
          whole: false,
          alone: lessons.isApart(scopeKey(state.scope)),
          pageSize: 0,
          fields: 'all',
          maxDurationSeconds: 0,
        })),
        deps.settings().rateLimitType,
        lessons.batchSize(),
      )
      await settleAll(grouped.map((batch) => read(batch, signal)))
      for (const key of readAt.keys()) if (!deps.state.scopes.has(key)) readAt.delete(key)
    },
  }
}

function notOffered(): ApiFailure {
  return new ApiFailure('forbidden', 'Cloudflare has no Logpush health data for this scope', {
    operation: 'read limits',
  })
}
