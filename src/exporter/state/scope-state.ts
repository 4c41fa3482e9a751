import { type Priority, priority } from '../../access/budget.ts'
import type { JobEdit } from '../../domain/job/audit-entry.ts'
import type { JobId } from '../../domain/job/job.ts'
import { isFailing, type JobState } from '../../domain/job/job-state.ts'
import type { HealthLimits } from '../../domain/ledger/health-row.ts'
import { countAttempts, type JobTotals } from '../../domain/ledger/job-totals.ts'
import type { Ledger } from '../../domain/ledger/ledger.ts'
import type { Scope } from '../../domain/scope.ts'
import type { EpochMinute, EpochMs } from '../../domain/time.ts'
import type { JobArrival } from './job-arrival.ts'
import { neverPolled, type PollState } from './poll-state.ts'
import type { FailedAttempt } from './push-failure.ts'

/** What the exporter holds of one scope. A new value on each change, so that views can tell by identity. */
export interface ScopeState {
  readonly scope: Scope
  /** The account and zone as labels: names, made unique. */
  readonly labels: { readonly account: string; readonly zone: string }
  readonly inventory: PollState
  /** Jobs as last listed; before the first listing of this process, as the store remembers them. */
  readonly jobs: ReadonlyMap<JobId, JobState>
  readonly health: PollState
  /** Null when the API says nothing of limits, `enabled` false when the scope has no such dataset. */
  readonly limits: HealthLimits | null
  /** Health data is complete before it; null before the first read. */
  readonly readTo: EpochMinute | null
  readonly totals: ReadonlyMap<JobId, JobTotals>
  /** Since the start of this process, the rows of the first window included. */
  readonly failedAttempts: ReadonlyMap<JobId, FailedAttempt>
  /** What was found at the destinations of jobs whose arrival is watched. */
  readonly arrivals: ReadonlyMap<JobId, JobArrival>
  /** Who wrote to the jobs, by the audit log: the last few of each, the newest first. */
  readonly edits: ReadonlyMap<JobId, readonly JobEdit[]>
  /** Rows that shrank after they were counted, since the start of this process. */
  readonly revisedDown: ReadonlyMap<JobId, number>
  readonly lateRows: number
  readonly gapSeconds: number
  /** When the last lost batch was counted. */
  readonly lastLoss: EpochMs | null
}

export function newScopeState(scope: Scope, labels: ScopeState['labels']): ScopeState {
  return {
    scope,
    labels,
    inventory: neverPolled,
    jobs: new Map(),
    health: neverPolled,
    limits: null,
    readTo: null,
    totals: new Map(),
    failedAttempts: new Map(),
    arrivals: new Map(),
    edits: new Map(),
    revisedDown: new Map(),
    lateRows: 0,
    gapSeconds: 0,
    lastLoss: null,
  }
}

/** The scope's state with what its ledger says now. */
export function withLedger(state: ScopeState, ledger: Ledger, at: EpochMs): ScopeState {
  const lostMore = lostBatches(ledger.totals) > lostBatches(state.totals)
  return {
    ...state,
    readTo: ledger.readTo,
    totals: ledger.totals,
    lateRows: ledger.lateRows,
    gapSeconds: ledger.gapSeconds,
    lastLoss: lostMore ? at : state.lastLoss,
  }
}

/**
 * Whether the jobs API told which jobs there are. Without permission for it (Logs Write) the exporter knows
 * only the job ids that health data names.
 */
export function jobsAreKnown(state: ScopeState): boolean {
  return state.inventory.lastSuccess !== null || state.jobs.size > 0
}

/**
 * Whether it is an account that only its zones name and of which nothing could ever be read: the token is for zones
 * alone, and nothing says that there is anything to watch. That is no failure.
 */
export function isOutOfReach({ scope, jobs, totals, inventory, health }: ScopeState): boolean {
  if (scope.kind !== 'account' || scope.unlisted !== true || jobs.size + totals.size > 0) return false
  return [inventory, health].every(
    ({ lastSuccess, failure }) =>
      lastSuccess === null && (failure === null || failure.kind === 'forbidden' || failure.kind === 'auth'),
  )
}

/** The ids of jobs that the scope has, as far as known. */
export function jobIds(state: ScopeState): Iterable<JobId> {
  return jobsAreKnown(state) ? state.jobs.keys() : state.totals.keys()
}

/** Whether polling the scope's health makes sense: it has jobs, or had some, or nobody knows. */
export function mayHaveJobs(state: ScopeState): boolean {
  if (state.jobs.size > 0) return true
  if (state.inventory.lastSuccess !== null) return false
  return state.inventory.failure !== null
}

/** Edits of one job that are kept. */
const maxEdits = 5

/** The scope's state with edits that were not known, newest first. */
export function withEdits(state: ScopeState, fresh: ReadonlyMap<JobId, readonly JobEdit[]>): ScopeState {
  const edits = new Map(state.edits)
  for (const [id, list] of fresh) {
    const all = [...list, ...(edits.get(id) ?? [])].sort((a, b) => b.at - a.at)
    if (state.jobs.has(id)) edits.set(id, all.slice(0, maxEdits))
  }
  return { ...state, edits }
}

/** How long after a lost batch a scope goes first. */
const recentMs = 15 * 60_000

/** How urgent the scope is: what is broken goes first, what may hold nothing goes last. */
export function priorityOf(state: ScopeState, now: EpochMs): Priority {
  if (state.lastLoss !== null && now - state.lastLoss < recentMs) return priority.failing
  const jobs = [...state.jobs.values()]
  if (jobs.some(({ summary }) => isFailing(summary))) return priority.failing
  if (jobs.some(({ summary }) => summary.enabled)) return priority.enabled
  return jobs.length > 0 || state.totals.size > 0 ? priority.known : priority.discovery
}

function lostBatches(totals: ReadonlyMap<JobId, JobTotals>): number {
  let sum = 0
  for (const job of totals.values()) sum += countAttempts(job, ({ final, success }) => final && !success)
  return sum
}
