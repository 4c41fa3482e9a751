/*
 * What the API allows to ask of each scope's health data: read at the first poll of a scope and again each hour.
 * Where it cannot be read, safe values stand in.
 */

import { attempt } from '../../access/attempt.ts'
import { forScope } from '../../access/caller.ts'
import { settleAll } from '../../access/settle-all.ts'
import { clampLimits } from '../../domain/ledger/window.ts'
import { type ScopeKey, scopeKey } from '../../domain/scope.ts'
import { ApiFailure } from '../../errors.ts'
import { priorityOf, type ScopeState } from '../state/scope-state.ts'
import { batches } from './health-batch.ts'
import type { HealthDeps } from './health-deps.ts'

const everyMs = 3_600_000

export function createHealthLimits(deps: HealthDeps): {
  refresh(scopes: readonly ScopeState[], signal: AbortSignal): Promise<void>
} {
  const readAt = new Map<ScopeKey, number>()

  const read = async (batch: ReturnType<typeof batches>[number], signal: AbortSignal): Promise<void> => {
    const [first] = batch.scopes
    if (first === undefined) return
    const call = deps.call.with(forScope('graphql', first, batch.priority, signal))
    const limits = await attempt(() => call.read((options) => deps.api.readLimits(batch.scopes, options)))
    if (!limits.ok) {
      // The reading of health itself will meet the same trouble, and reports it.
      deps.log.debug(
        { kind: limits.failure.kind, scopes: batch.scopes.length },
        'cannot read the limits of health data',
      )
      return
    }
    for (const scope of batch.scopes) {
      const key = scopeKey(scope)
      const own = limits.value.get(scope.id)
      deps.state.limitsRead(key, own === null || own === undefined ? null : clampLimits(own))
      readAt.set(key, deps.clock.monotonic())
      if (own?.enabled === false) deps.state.healthFailed(key, notOffered(), deps.clock.now())
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
          behind: false,
          pageSize: 0,
        })),
        deps.settings().rateLimitType,
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
