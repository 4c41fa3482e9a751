/*
 * Enters a window that was read in the ledgers of its scopes: works out the new ledgers, saves all of them in one
 * write, and only then shows them. Each scope has a turn of the event loop of its own: together they would hold up
 * everything else.
 */
import type { HealthRow } from '../../domain/ledger/health-row.ts'
import {
  forgetJobs,
  type Ledger,
  type MinuteCounts,
  observe,
  type Window,
} from '../../domain/ledger/ledger.ts'
import { type Scope, scopeKey } from '../../domain/scope.ts'
import type { EpochMinute, EpochMs } from '../../domain/time.ts'
import { jobsAreKnown, type ScopeState } from '../state/scope-state.ts'
import type { HealthDeps } from './health-deps.ts'
import { createLossReport } from './loss-report.ts'
import { createShrunkCount } from './shrunk-count.ts'

export interface WindowRead {
  readonly window: Window
  readonly isLast: boolean
  readonly rows: ReadonlyMap<string, readonly HealthRow[]>
  /** The earliest of our clock and Cloudflare's at the answer: what settles must not be ahead. */
  readonly now: EpochMs
  /** The minute before which nothing is expected to change any more. */
  readonly settledBefore: EpochMinute
}

/** A scope, and its ledger as it was before the window. */
export interface ScopeLedger {
  readonly scope: Scope
  readonly ledger: Ledger
}

/** What the window made of a scope's ledger. */
interface Entry extends ScopeLedger {
  readonly next: Ledger
  readonly added: readonly MinuteCounts[]
  /** The scope's state before the window. */
  readonly before: ScopeState | undefined
}

export function createWindowEntry(deps: HealthDeps) {
  const { state } = deps
  const reportLoss = createLossReport(deps.log, deps.clock)
  const shrunk = createShrunkCount()

  const count = ({ scope, ledger }: ScopeLedger, read: WindowRead): Entry => {
    const rows = read.rows.get(scope.id) ?? []
    const { ledger: seen, added } = observe(ledger, read.window, rows, read.now, read.settledBefore)
    const before = state.scope(scopeKey(scope))
    const isGone = (id: string): boolean =>
      before !== undefined && jobsAreKnown(before) && !before.jobs.has(id)
    // An account's data may name its zones' jobs: gone from here, counted there.
    const next = read.isLast ? forgetJobs(seen, isGone) : seen
    return { scope, ledger, next, added, before }
  }

  const show = ({ scope, ledger, next, added, before }: Entry, read: WindowRead): void => {
    const key = scopeKey(scope)
    const rows = read.rows.get(scope.id) ?? []
    state.healthRead(key, next, read.now)
    state.attemptsRead(key, rows)
    state.rowsShrank(key, shrunk(key, next, read.window, rows))
    const shown = state.scope(key)
    if (shown === undefined) return
    deps.history?.counted(
      key,
      ledger,
      added.filter(({ jobId }) => shown.totals.has(jobId)),
    )
    if (before !== undefined && before.readTo !== null) reportLoss(shown, before.totals)
  }

  return async (ledgers: readonly ScopeLedger[], read: WindowRead): Promise<void> => {
    const entries: Entry[] = []
    for (const one of ledgers) {
      await deps.turns.toFinish()
      entries.push(count(one, read))
    }
    await deps.memory.saveLedgers(entries.map(({ scope, next }) => [scopeKey(scope), next]))
    for (const entry of entries) {
      await deps.turns.toFinish()
      show(entry, read)
    }
  }
}
