import { type ScopeKey, scopeKey } from '../../domain/scope.ts'
import type { ScopeState } from './scope-state.ts'

/** When a scope that is only looked at now and then has its turn. */
export interface SweepRules {
  readonly monotonic: number
  /** When each scope was last read, or tried. */
  readonly triedAt: ReadonlyMap<ScopeKey, number>
  readonly sweepEveryMs: number
}

/** Scopes that have their turn, the one that waits longest first; `tried` is -Infinity before the first try. */
export function sweepOf(scopes: readonly ScopeState[], { monotonic, triedAt, sweepEveryMs }: SweepRules) {
  return scopes
    .map((scope) => ({ scope, tried: triedAt.get(scopeKey(scope.scope)) ?? Number.NEGATIVE_INFINITY }))
    .filter(({ tried }) => monotonic - tried >= sweepEveryMs)
    .sort((a, b) => a.tried - b.tried)
}
