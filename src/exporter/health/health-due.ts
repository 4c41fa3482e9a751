import { type ScopeKey, scopeKey } from '../../domain/scope.ts'
import { mayHaveJobs, type ScopeState } from '../state/scope-state.ts'
import { maxZones } from './health-batch.ts'

export interface HealthDueRules {
  readonly monotonic: number
  /** When each scope was last read, or tried. */
  readonly triedAt: ReadonlyMap<ScopeKey, number>
  readonly sweepEveryMs: number
  readonly requests: number
}

/**
 * The scopes whose health a cycle reads: all that have jobs, and a rolling part of those about which nobody can
 * say (their jobs cannot be listed). Zones known to have no job are left out: they cost no query.
 */
export function healthDue(scopes: readonly ScopeState[], rules: HealthDueRules): readonly ScopeState[] {
  const watched: ScopeState[] = []
  const sweep: { readonly scope: ScopeState; readonly tried: number }[] = []
  for (const scope of scopes) {
    if (!mayHaveJobs(scope)) continue
    const known = scope.jobs.size > 0 || scope.totals.size > 0 || scope.scope.kind === 'account'
    if (known && scope.health.failure?.kind !== 'forbidden') {
      watched.push(scope)
      continue
    }
    const tried = rules.triedAt.get(scopeKey(scope.scope)) ?? Number.NEGATIVE_INFINITY
    if (rules.monotonic - tried >= rules.sweepEveryMs) sweep.push({ scope, tried })
  }
  const queries = Math.max(1, Math.floor(rules.requests - watched.length / maxZones))
  sweep.sort((a, b) => a.tried - b.tried)
  return [...watched, ...sweep.slice(0, queries * maxZones).map(({ scope }) => scope)]
}
