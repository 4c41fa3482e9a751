import type { JobId, JobSummary } from '../domain/job/job.ts'
import type { JobState } from '../domain/job/job-state.ts'
import { type Attempt, type JobTotals, noTotals, parseAttemptKey } from '../domain/ledger/job-totals.ts'
import { type JobArrival, leaderOf } from '../exporter/state/job-arrival.ts'
import { jobIds, type ScopeState } from '../exporter/state/scope-state.ts'
import { labelText } from './exposition-text.ts'

/** What identifies a job; every job series has these first. */
export const jobLabels = ['account', 'zone', 'job_id'] as const

/** What the settings say about the samples of jobs. */
export interface SampleRules {
  /** How far behind a job may be, in milliseconds. */
  readonly maxLagMs: (job: JobSummary, state: ScopeState) => number
  /** Whether to add the series of lablabs/cloudflare-exporter. */
  readonly lablabs: boolean
}

/** One job as the metric table reads it: what the functions of many rows need is worked out once. */
export interface JobView {
  /** The labels that identify the job, as text. */
  readonly identity: string
  readonly id: JobId
  readonly scope: ScopeState
  readonly rules: SampleRules
  /** Null while only the job's uploads are known. */
  readonly job: JobState | null
  /** False while the jobs are those that the store remembers: that says nothing about how they are now. */
  readonly current: boolean
  readonly totals: JobTotals
  readonly attempts: readonly CountedAttempt[]
  /** Null for a job whose destination is not read. */
  readonly arrival: JobArrival | null
  /** The same, for the one job of a place that carries its series. */
  readonly leads: JobArrival | null
}

export type CountedAttempt = Attempt & { readonly uploads: number }

/** The jobs of one account or zone, in a stable order. */
export function jobViews(scope: ScopeState, rules: SampleRules): readonly JobView[] {
  return [...jobIds(scope)].map((id) => {
    const totals = scope.totals.get(id) ?? noTotals
    const arrival = scope.arrivals.get(id) ?? null
    const attempts = [...totals.attempts].map(([key, uploads]) => ({ ...parseAttemptKey(key), uploads }))
    return {
      identity: labelText(jobLabels, [scope.labels.account, scope.labels.zone, id]),
      id,
      scope,
      rules,
      job: scope.jobs.get(id) ?? null,
      current: scope.inventory.lastSuccess !== null,
      totals,
      attempts,
      arrival,
      leads: arrival !== null && leaderOf(arrival) === id ? arrival : null,
    }
  })
}

/** Uploads of the attempts that fit. */
export function uploadsOf(
  { attempts }: JobView,
  fits: (attempt: CountedAttempt) => boolean = () => true,
): number {
  return attempts.reduce((sum, attempt) => (fits(attempt) ? sum + attempt.uploads : sum), 0)
}

/** Attempts added up by two of their properties. */
export function uploadsBy(
  attempts: readonly CountedAttempt[],
  key: (attempt: CountedAttempt) => readonly [string, string],
): readonly { readonly values: readonly [string, string]; readonly value: number }[] {
  const sums = new Map<string, { readonly values: readonly [string, string]; value: number }>()
  for (const attempt of attempts) {
    const values = key(attempt)
    const name = values.join('|')
    const sum = sums.get(name)
    if (sum === undefined) sums.set(name, { values, value: attempt.uploads })
    else sum.value += attempt.uploads
  }
  return [...sums.values()]
}
