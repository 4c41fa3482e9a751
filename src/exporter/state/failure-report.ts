import { scopeTitle } from '../../domain/scope.ts'
import type { ApiFailureKind } from '../../errors.ts'
import type { Log } from '../../ports/runtime.ts'
import type { PollState } from './poll-state.ts'
import type { ScopeState } from './scope-state.ts'

/** Names of scopes that a line of the log carries at most. */
const maxNames = 5

/**
 * One line when a kind of failure begins somewhere, and one when it has ended everywhere; nothing in between,
 * however many scopes and polls it takes.
 */
export function createFailureReport(
  log: Log,
  what: {
    readonly begins: (kind: ApiFailureKind) => string
    readonly ends: string
    readonly of: (state: ScopeState) => PollState
  },
): (scopes: Iterable<ScopeState>) => void {
  let reported = new Set<ApiFailureKind>()
  return (scopes) => {
    const failing = new Map<ApiFailureKind, { titles: string[]; message: string }>()
    for (const state of scopes) {
      const { failure } = what.of(state)
      if (failure === null) continue
      const group = failing.get(failure.kind) ?? { titles: [], message: failure.message }
      group.titles.push(scopeTitle(state.scope))
      failing.set(failure.kind, group)
    }
    for (const [kind, { titles, message }] of failing) {
      if (reported.has(kind)) continue
      log.warn(
        { kind, scopes: titles.length, first: titles.slice(0, maxNames), reason: message },
        what.begins(kind),
      )
    }
    for (const kind of reported) if (!failing.has(kind)) log.info({ kind }, what.ends)
    reported = new Set(failing.keys())
  }
}
