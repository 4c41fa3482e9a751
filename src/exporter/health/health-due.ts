import { type ScopeKey, scopeKey } from '../../domain/scope.ts'
import { mayHaveJobs, type ScopeState } from '../state/scope-state.ts'
import { maxZones } from './health-batch.ts'

export interface HealthDueRules {
  readonly monotonic: number
  /** When each scope was last read, or tried. */
  readonly triedAt: ReadonlyMap<ScopeKey, number>
  readonly sweepEveryMs: number
  readonly requests: number
  /** Scopes that take a query of their own. */
  readonly isAlone: (key: ScopeKey) => boolean
  /** Scopes that are left out for now. */
  readonly rests: (key: ScopeKey) => boolean
}

/**
 * The scopes whose health a cycle reads: all that have jobs, and a rolling part of those about which nobody can
 * say (their jobs cannot be listed). Zones known to have no job are left out: they cost no query.
 */
export function healthDue(scopes: readonly ScopeState[], rules: HealthDueRules): readonly ScopeState[] {
  const watched: ScopeState[] = []
  const sweep: { readonly scope: ScopeState; readonly tried: number }[] = []
  for (const scope of scopes) {
    const key = scopeKey(scope.scope)
    if (!mayHaveJobs(scope) || rules.rests(key)) continue
    const known = scope.jobs.size > 0 || scope.totals.size > 0 || scope.scope.kind === 'account'
    if (known && scope.health.failure?.kind !== 'forbidden') {
      watched.push(scope)
      continue
    }
    const tried = rules.triedAt.get(key) ?? Number.NEGATIVE_INFINITY
    if (rules.monotonic - tried >= rules.sweepEveryMs) sweep.push({ scope, tried })
  }
  let room = Math.max(1, Math.floor(rules.requests - watched.length / maxZones))
  sweep.sort((a, b) => a.tried - b.tried)
  const swept: ScopeState[] = []
  for (const { scope } of sweep) {
    if (room <= 0) break
    swept.push(scope)
    // In tenths, so that ten of them are one query, exactly.
    room =
      Math.round((room - (rules.isAlone(scopeKey(scope.scope)) ? 1 : 1 / maxZones)) * maxZones) / maxZones
  }
  return [...watched, ...swept]
}
