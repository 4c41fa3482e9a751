/* How the exporter itself does: its budget, its polls, how fresh each account and zone is, its token, its settings. */

import type { Api, BudgetStatus } from '../../access/budget.ts'
import { accountOf } from '../../domain/scope.ts'
import type { EpochMs } from '../../domain/time.ts'
import { jobIds, jobsAreKnown, mayHaveJobs, type ScopeState } from '../state/scope-state.ts'
import type { PollerStats, SelfState } from '../state/self-state.ts'
import type { DriftStatus } from './drift-state.ts'
import { type Blindness, blindness, healthTo, type JobPlace } from './job-status.ts'

export interface ExporterInput {
  readonly scopes: Iterable<ScopeState>
  readonly self: SelfState
  readonly budget: readonly BudgetStatus[]
  readonly store: { readonly writes: number; readonly failures: number }
  /** Of scopes that are watched no more. */
  readonly departed: { readonly lateRows: number; readonly gapSeconds: number }
  readonly settings: readonly ShownSetting[]
  readonly drift: DriftStatus | null
  readonly startedAt: EpochMs
  readonly now: EpochMs
}

/** A setting in force, as a user would write it; secrets are only said to be there. */
export interface ShownSetting {
  readonly name: string
  readonly value: string
  readonly isDefault: boolean
}

export interface ExporterStatus {
  readonly now: EpochMs
  readonly startedAt: EpochMs
  readonly budget: readonly {
    readonly api: Api
    /** Requests in five minutes that the exporter allows itself. */
    readonly limit: number
    readonly used: number
    readonly remaining: number
    readonly throttled: number
    readonly paused: boolean
  }[]
  readonly pollers: readonly PollerStats[]
  readonly token: SelfState['token']
  readonly reload: SelfState['reload']
  readonly ledger: {
    readonly writes: number
    readonly writeFailures: number
    readonly lateRows: number
    readonly gapSeconds: number
    readonly windowsSplit: number
  }
  readonly scopes: ScopePage
  readonly settings: readonly ShownSetting[]
  readonly drift: DriftStatus | null
}

export interface ScopePage {
  readonly total: number
  readonly blind: number
  /** Known to have no jobs; they are looked at in a sweep. */
  readonly empty: number
  readonly page: number
  readonly pages: number
  /** Blind ones first, then those with jobs, the oldest data first. */
  readonly rows: readonly ScopeFreshness[]
}

export interface ScopeFreshness {
  readonly account: JobPlace
  readonly zone: JobPlace | null
  /** Null when they cannot be listed. */
  readonly jobs: number | null
  readonly inventoryAt: EpochMs | null
  readonly healthTo: EpochMs | null
  readonly blind: Blindness | null
  readonly gapSeconds: number
}

export const scopesPerPage = 100

export function exporterStatus(input: ExporterInput, page: number): ExporterStatus {
  const { self, budget, store, settings, drift, startedAt, now } = input
  const scopes = [...input.scopes]
  const sum = (of: (scope: ScopeState) => number): number => scopes.reduce((all, one) => all + of(one), 0)
  return {
    now,
    startedAt,
    budget: budget.map((one) => ({ ...one, used: Math.max(0, Math.round(one.limit - one.remaining)) })),
    pollers: [...self.pollers.values()],
    token: self.token,
    reload: self.reload,
    ledger: {
      writes: store.writes,
      writeFailures: store.failures,
      lateRows: input.departed.lateRows + sum(({ lateRows }) => lateRows),
      gapSeconds: input.departed.gapSeconds + sum(({ gapSeconds }) => gapSeconds),
      windowsSplit: self.windowsSplit,
    },
    scopes: scopePage(scopes, page),
    settings,
    drift,
  }
}

function scopePage(scopes: readonly ScopeState[], asked: number): ScopePage {
  const pages = Math.max(1, Math.ceil(scopes.length / scopesPerPage))
  const page = Math.min(Math.max(1, asked), pages)
  const ordered = scopes
    .map((scope) => ({ scope, rank: rankOf(scope), at: oldestOf(scope) }))
    .sort((a, b) => a.rank - b.rank || a.at - b.at)
  return {
    total: scopes.length,
    blind: scopes.filter((scope) => blindness(scope) !== null).length,
    empty: scopes.filter((scope) => jobsAreKnown(scope) && !mayHaveJobs(scope)).length,
    page,
    pages,
    rows: ordered
      .slice((page - 1) * scopesPerPage, page * scopesPerPage)
      .map(({ scope }) => freshness(scope)),
  }
}

function rankOf(scope: ScopeState): number {
  if (blindness(scope) !== null) return 0
  return mayHaveJobs(scope) ? 1 : 2
}

function oldestOf(scope: ScopeState): number {
  return Math.min(scope.inventory.lastSuccess ?? 0, healthTo(scope) ?? scope.inventory.lastSuccess ?? 0)
}

function freshness(state: ScopeState): ScopeFreshness {
  const { scope, labels, inventory, gapSeconds } = state
  return {
    account: { id: accountOf(scope).id, name: labels.account },
    zone: scope.kind === 'zone' ? { id: scope.id, name: labels.zone } : null,
    jobs: jobsAreKnown(state) ? [...jobIds(state)].length : null,
    inventoryAt: inventory.lastSuccess,
    healthTo: healthTo(state),
    blind: blindness(state),
    gapSeconds,
  }
}
