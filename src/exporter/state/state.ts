/*
 * Everything the exporter knows, and the only place where it changes. Polls and the webhook call the named
 * transitions; metrics and pages are views of the values. A scope's value is replaced, never edited, so a view
 * can keep what it made of a scope for as long as it is the same value.
 *
 * A job belongs to one scope: where an account's listing or health data also names a zone's job, the zone has it.
 */

import type { JobEdit } from '../../domain/job/audit-entry.ts'
import type { JobId, JobSummary } from '../../domain/job/job.ts'
import { type JobState, notifyDisabled, notifyEnded, seeJob } from '../../domain/job/job-state.ts'
import type { HealthLimits, HealthRow } from '../../domain/ledger/health-row.ts'
import type { Ledger } from '../../domain/ledger/ledger.ts'
import { type Scope, type ScopeKey, scopeKey } from '../../domain/scope.ts'
import type { EpochMs } from '../../domain/time.ts'
import type { ApiFailure } from '../../errors.ts'
import type { JobArrival } from './job-arrival.ts'
import { type JobChange, jobChanges } from './job-change.ts'
import { failed, neverPolled, type PollState, succeeded } from './poll-state.ts'
import { newestFailures } from './push-failure.ts'
import { labelScopes } from './scope-labels.ts'
import { jobIds, newScopeState, type ScopeState, withEdits, withLedger } from './scope-state.ts'

export interface ExporterState {
  readonly scopes: ReadonlyMap<ScopeKey, ScopeState>
  readonly directory: PollState
  /** What scopes that are watched no more had counted of late rows and gaps: sums over scopes must not go down. */
  readonly departed: { readonly lateRows: number; readonly gapSeconds: number }
  scope(key: ScopeKey): ScopeState | undefined

  /** The scopes to watch, as listed or as remembered; those no longer named are dropped with their series. */
  setScopes(scopes: readonly Scope[]): void
  directoryListed(at: EpochMs): void
  directoryFailed(error: ApiFailure, at: EpochMs): void

  /** What the store remembered of a scope: jobs and counts, before anything was polled. */
  remembered(key: ScopeKey, jobs: readonly JobState[], ledger: Ledger | null): void
  /**
   * A complete listing of a scope's jobs; the answer says what is new. `isUnclear` tells jobs that may be listed
   * although they could not be read: those stay as they were.
   */
  jobsListed(
    key: ScopeKey,
    jobs: readonly JobSummary[],
    at: EpochMs,
    isUnclear?: (id: JobId) => boolean,
  ): readonly JobChange[]
  jobsFailed(key: ScopeKey, error: ApiFailure, at: EpochMs): void

  limitsRead(key: ScopeKey, limits: HealthLimits | null): void
  healthRead(key: ScopeKey, ledger: Ledger, at: EpochMs): void
  /** Rows that were read of a scope, whether or not they were counted before. */
  attemptsRead(key: ScopeKey, rows: Iterable<HealthRow>): void
  /** Rows that are smaller than what was counted of them, as far as that is new, by job. */
  rowsShrank(key: ScopeKey, added: ReadonlyMap<JobId, number>): void
  healthFailed(key: ScopeKey, error: ApiFailure, at: EpochMs): void

  /**
   * What was found at destinations, by scope and job. `whole`: jobs and scopes that are not named are not watched;
   * else they stay as they are.
   */
  arrivalsRead(arrivals: ReadonlyMap<ScopeKey, ReadonlyMap<JobId, JobArrival>>, whole: boolean): void

  /** What the audit log tells that was not known, newest first. */
  auditRead(key: ScopeKey, edits: ReadonlyMap<JobId, readonly JobEdit[]>): void

  /** Cloudflare notified that it disabled the job. Answers the job's scope, null when nobody knows the job. */
  jobDisabled(id: JobId, at: EpochMs): ScopeKey | null
  /** Cloudflare notified that the alert about the job is over. Answers as `jobDisabled` does. */
  jobAlertEnded(id: JobId): ScopeKey | null
  /** Called after each change. */
  onChange(listener: () => void): void
}

export function createState(): ExporterState {
  const scopes = new Map<ScopeKey, ScopeState>()
  const zoneJobs = new Map<JobId, ScopeKey>()
  const listeners: (() => void)[] = []

  const changed = (): void => {
    for (const listener of listeners) listener()
  }
  const put = (key: ScopeKey, next: ScopeState): void => {
    scopes.set(key, next)
    changed()
  }
  const update = (key: ScopeKey, edit: (state: ScopeState) => ScopeState): void => {
    const state = scopes.get(key)
    // A scope can be dropped while its poll is under way; the late answer has nowhere to go.
    if (state !== undefined) put(key, edit(state))
  }
  const updateJob = (id: JobId, edit: (job: JobState) => JobState): ScopeKey | null => {
    for (const [key, state] of scopes) {
      const job = state.jobs.get(id)
      if (job === undefined) continue
      const edited = edit(job)
      if (edited !== job) put(key, { ...state, jobs: new Map(state.jobs).set(id, edited) })
      return key
    }
    return null
  }
  const claimJobs = (state: ScopeState): void => {
    if (state.scope.kind !== 'zone') return
    const key = scopeKey(state.scope)
    for (const [id, owner] of zoneJobs) if (owner === key) zoneJobs.delete(id)
    for (const id of jobIds(state)) zoneJobs.set(id, key)
    const account = scopes.get(`account:${state.scope.account.id}`)
    if (account !== undefined && sharesJobs(account))
      scopes.set(scopeKey(account.scope), withoutZoneJobs(account))
  }
  const sharesJobs = (account: ScopeState): boolean =>
    [...account.jobs.keys(), ...account.totals.keys()].some((id) => zoneJobs.has(id))
  const withoutZoneJobs = (state: ScopeState): ScopeState => {
    if (state.scope.kind === 'zone' || !sharesJobs(state)) return state
    const own = <T>(map: ReadonlyMap<JobId, T>): ReadonlyMap<JobId, T> =>
      new Map([...map].filter(([id]) => !zoneJobs.has(id)))
    return { ...state, jobs: own(state.jobs), totals: own(state.totals) }
  }

  const own: { -readonly [Name in keyof ExporterState]: ExporterState[Name] } = {
    scopes,
    directory: neverPolled,
    departed: { lateRows: 0, gapSeconds: 0 },
    scope: (key) => scopes.get(key),
    setScopes(named) {
      const labels = labelScopes(named)
      const kept = new Set(labels.keys())
      for (const [key, { lateRows, gapSeconds }] of [...scopes]) {
        if (kept.has(key)) continue
        const { departed } = own
        own.departed = {
          lateRows: departed.lateRows + lateRows,
          gapSeconds: departed.gapSeconds + gapSeconds,
        }
        scopes.delete(key)
      }
      for (const [id, key] of zoneJobs) if (!kept.has(key)) zoneJobs.delete(id)
      for (const scope of named) {
        const key = scopeKey(scope)
        const label = labels.get(key)
        if (label === undefined) continue
        const state = scopes.get(key)
        if (state === undefined) scopes.set(key, newScopeState(scope, label))
        else if (differs(state, scope, label)) scopes.set(key, { ...state, scope, labels: label })
      }
      changed()
    },
    directoryListed(at) {
      own.directory = succeeded(at)
      changed()
    },
    directoryFailed(error, at) {
      own.directory = failed(own.directory, error, at)
      changed()
    },
    remembered(key, jobs, ledger) {
      update(key, (state) => {
        const known = { ...state, jobs: new Map(jobs.map((job) => [job.summary.id, job])) }
        // The loss that the store knows of is not news.
        return ledger === null ? known : { ...withLedger(known, ledger, 0), lastLoss: null }
      })
      const state = scopes.get(key)
      if (state !== undefined) claimJobs(state)
    },
    jobsListed(key, summaries, at, isUnclear = () => false) {
      const state = scopes.get(key)
      if (state === undefined) return []
      const jobs = new Map(summaries.map((job) => [job.id, seeJob(state.jobs.get(job.id) ?? null, job, at)]))
      for (const [id, job] of state.jobs) if (!jobs.has(id) && isUnclear(id)) jobs.set(id, job)
      const edits = new Map([...state.edits].filter(([id]) => jobs.has(id)))
      const next = withoutZoneJobs({ ...state, jobs, edits, inventory: succeeded(at) })
      put(key, next)
      claimJobs(next)
      return jobChanges(state.jobs, next.jobs)
    },
    jobsFailed: (key, error, at) =>
      update(key, (state) => ({ ...state, inventory: failed(state.inventory, error, at) })),
    limitsRead: (key, limits) => update(key, (state) => ({ ...state, limits })),
    healthRead(key, ledger, at) {
      update(key, (state) => withoutZoneJobs(withLedger({ ...state, health: succeeded(at) }, ledger, at)))
      const state = scopes.get(key)
      if (state !== undefined && state.inventory.lastSuccess === null) claimJobs(state)
    },
    attemptsRead: (key, rows) =>
      update(key, (state) => {
        const newest = newestFailures(state.failedAttempts, rows)
        return { ...state, failedAttempts: new Map([...newest].filter(([id]) => state.totals.has(id))) }
      }),
    rowsShrank(key, added) {
      if (added.size === 0) return
      update(key, (state) => {
        const revisedDown = new Map(state.revisedDown)
        for (const [id, rows] of added) revisedDown.set(id, (revisedDown.get(id) ?? 0) + rows)
        return { ...state, revisedDown }
      })
    },
    healthFailed: (key, error, at) =>
      update(key, (state) => ({ ...state, health: failed(state.health, error, at) })),
    arrivalsRead(arrivals, whole) {
      const none: ReadonlyMap<JobId, JobArrival> = new Map()
      const named = whole ? [...scopes.keys()] : [...arrivals.keys()]
      for (const key of named) {
        const found = arrivals.get(key) ?? none
        const state = scopes.get(key)
        if (state === undefined || (found.size === 0 && state.arrivals.size === 0)) continue
        scopes.set(key, { ...state, arrivals: whole ? found : new Map([...state.arrivals, ...found]) })
      }
      if (arrivals.size > 0 || whole) changed()
    },
    auditRead: (key, edits) => update(key, (state) => withEdits(state, edits)),
    jobDisabled: (id, at) => updateJob(id, (job) => notifyDisabled(job, at)),
    jobAlertEnded: (id) => updateJob(id, notifyEnded),
    onChange(listener) {
      listeners.push(listener)
    },
  }
  return own
}

function differs(state: ScopeState, scope: Scope, labels: ScopeState['labels']): boolean {
  return (
    state.labels.account !== labels.account ||
    state.labels.zone !== labels.zone ||
    JSON.stringify(state.scope) !== JSON.stringify(scope)
  )
}
