import { type ScopeKey, scopeKey } from '../../domain/scope.ts'
import { mayHaveJobs, type ScopeState } from '../state/scope-state.ts'
import { type SweepRules, sweepOf } from '../state/sweep.ts'
import { maxZones } from './health-batch.ts'

export interface HealthDueRules extends SweepRules {
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
  const readable = scopes.filter((scope) => mayHaveJobs(scope) && !rules.rests(scopeKey(scope.scope)))
  const isWatched = ({ jobs, totals, scope, health }: ScopeState): boolean =>
    (jobs.size > 0 || totals.size > 0 || scope.kind === 'account') && health.failure?.kind !== 'forbidden'
  const watched = readable.filter(isWatched)
  const sweep = sweepOf(
    readable.filter((scope) => !isWatched(scope)),
    rules,
  )
  let room = Math.max(1, Math.floor(rules.requests - watched.length / maxZones))
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
