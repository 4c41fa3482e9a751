/* What the next query of a batch asks for, and the ledgers that its answer is entered in. Pure. */
import type { HealthLimits } from '../../domain/ledger/health-row.ts'
import { beginLedger, type Ledger, skipTo, type Window } from '../../domain/ledger/ledger.ts'
import { firstChunk, oldestMinute, planReading, type ReadingRules } from '../../domain/ledger/window.ts'
import type { Scope } from '../../domain/scope.ts'
import { type EpochMinute, type EpochMs, minuteOf } from '../../domain/time.ts'

export interface ScopeToRead {
  readonly scope: Scope
  readonly limits: HealthLimits
  /** Null for a scope that was never read. */
  readonly ledger: Ledger | null
}

export interface WindowRules extends ReadingRules {
  /** How far back a scope that was never read is counted. */
  readonly initialLookbackMs: number
  /** Everything that is not settled, instead of the newest minutes only. */
  readonly whole: boolean
}

export interface ChosenWindow {
  readonly window: Window
  /** Server time of the choice. */
  readonly now: EpochMs
  /** Each scope's ledger, without the minutes that the API no longer has. */
  readonly ledgers: readonly { readonly scope: Scope; readonly ledger: Ledger }[]
}

/**
 * One window for all scopes of a batch: from the earliest minute that any of them needs, as wide as the narrowest
 * limit allows. `from`: where the window before it in this cycle ended; null for the first.
 */
export function chooseWindow(
  scopes: readonly ScopeToRead[],
  from: EpochMinute | null,
  now: EpochMs,
  rules: WindowRules,
): ChosenWindow {
  const narrowest = narrowestOf(scopes.map(({ limits }) => limits))
  const ledgers = scopes.map(({ scope, limits, ledger: known }) => {
    const ledger = known ?? beginLedger(firstMinute(now, limits, rules))
    const { skipTo: minute } = planReading(ledger, now, rules.whole, rules, limits)
    return { scope, ledger: minute === null ? ledger : skipTo(ledger, minute) }
  })
  const starts = ledgers.map(({ ledger }) => planReading(ledger, now, rules.whole, rules, narrowest).from)
  const to = minuteOf(now) + 1
  const range = { from: from ?? Math.min(...starts), to }
  // A clock that stands before what is settled: the running minute is asked for, and changes nothing.
  return { window: firstChunk(range, narrowest) ?? { from: to - 1, to }, now, ledgers }
}

/** Whether nothing is left to read after it. */
export function isLastWindow({ window, now }: Pick<ChosenWindow, 'window' | 'now'>): boolean {
  return window.to > minuteOf(now)
}

function firstMinute(now: EpochMs, limits: HealthLimits, { initialLookbackMs }: WindowRules): EpochMinute {
  return Math.max(minuteOf(now - initialLookbackMs), oldestMinute(now, limits))
}

/** The limits with the shortest range of one query. */
function narrowestOf(limits: readonly HealthLimits[]): HealthLimits {
  return limits.reduce((a, b) => (a.maxDurationSeconds <= b.maxDurationSeconds ? a : b))
}
