/*
 * The view of the state that people look at: which job is broken, since when, why, and what was lost. Pure: a page
 * is worked out from values in memory at the moment it is asked for, and nothing is fetched.
 */
import type { JobId, JobSummary } from '../../domain/job/job.ts'
import type { EpochMs } from '../../domain/time.ts'
import { jobIds, type ScopeState } from '../state/scope-state.ts'
import type { UploadHistory } from '../state/upload-history.ts'
import type { ArrivalHistory } from './arrival-status.ts'
import { type FilterOptions, filterOptions } from './filter-options.ts'
import { type Headline, headlineOf } from './headline.ts'
import { type HealthState, healthStateOf, healthStates, lagOf, needsHands } from './health-state.ts'
import { fits, type JobQuery } from './job-query.ts'
import { type JobCandidate, type JobDetail, type JobStatus, jobDetail, jobStatus } from './job-status.ts'

export interface StatusInput {
  readonly scopes: Iterable<ScopeState>
  readonly history: UploadHistory
  /** How far behind a job may be, in milliseconds. */
  readonly maxLagMs: (job: JobSummary, scope: ScopeState) => number
  /** Pushed and arrived; none where nothing is read. */
  readonly arrivals?: ArrivalHistory
  readonly now: EpochMs
}

export interface Overview {
  readonly now: EpochMs
  /** Of all jobs, whatever the filter. */
  readonly headline: Headline
  readonly options: FilterOptions
  readonly query: JobQuery
  /** How many jobs fit the filter. */
  readonly found: number
  readonly pages: number
  /** The page that is shown: the last one when the query names one beyond it. */
  readonly page: number
  /** The worst first. */
  readonly jobs: readonly JobStatus[]
}

export function overview(input: StatusInput, query: JobQuery): Overview {
  const { history, now } = input
  const scopes = [...input.scopes].sort(byPlace)
  const sights = scopes.flatMap((scope) => sightsOf(scope, input))
  const found = sights.filter(fits(query))
  const pages = Math.max(1, Math.ceil(found.length / query.perPage))
  const page = Math.min(Math.max(1, query.page), pages)
  const shown = worstFirst(found, history, now).slice((page - 1) * query.perPage, page * query.perPage)
  return {
    now,
    headline: headlineOf(scopes, sights, history, now),
    options: filterOptions(sights),
    query,
    found: found.length,
    pages,
    page,
    jobs: shown.map((sight) => jobStatus(sight, history, now)),
  }
}

/** One job in full; null when nobody knows it. */
export function jobById(input: StatusInput, id: JobId): JobDetail | null {
  for (const scope of input.scopes) {
    if (!scope.jobs.has(id) && !scope.totals.has(id)) continue
    const sight = sightsOf(scope, input).find((one) => one.id === id)
    if (sight !== undefined) return jobDetail(sight, input, input.now)
  }
  return null
}

/** In the order of names: what makes one job worse than another is sorted on top of it. */
function sightsOf(scope: ScopeState, { history, maxLagMs, now }: StatusInput): readonly JobCandidate[] {
  const sights = [...jobIds(scope)].map((id) => {
    const job = scope.jobs.get(id) ?? null
    const limit = job === null ? 0 : maxLagMs(job.summary, scope)
    const lostLately = history.lostLately(id, now)
    const silent = scope.arrivals.get(id)?.silent ?? false
    const trouble = healthStateOf({ job, scope, maxLagMs: limit, lostLately, silent })
    return { id, job, scope, maxLagMs: limit, lostLately, trouble }
  })
  return sights.sort((a, b) => compare(nameOf(a), nameOf(b)) || compare(a.id, b.id))
}

function byPlace(a: ScopeState, b: ScopeState): number {
  return compare(a.labels.account, b.labels.account) || compare(a.labels.zone, b.labels.zone)
}

function nameOf({ job }: JobCandidate): string {
  return job?.summary.name ?? ''
}

/** Nearly all jobs are fine, and in order already: only those in trouble are sorted. */
function worstFirst(
  sights: readonly JobCandidate[],
  history: UploadHistory,
  now: EpochMs,
): readonly JobCandidate[] {
  const groups = new Map<HealthState, JobCandidate[]>(healthStates.map((trouble) => [trouble, []]))
  for (const sight of sights) groups.get(sight.trouble)?.push(sight)
  return [...groups].flatMap(([trouble, group]) =>
    needsHands(trouble) ? mostUrgentFirst(group, history, now) : group,
  )
}

function mostUrgentFirst(
  group: readonly JobCandidate[],
  history: UploadHistory,
  now: EpochMs,
): readonly JobCandidate[] {
  return group
    .map((sight) => ({ sight, weight: weightOf(sight, history, now) }))
    .sort((a, b) => a.weight - b.weight)
    .map(({ sight }) => sight)
}

/** Within one kind of trouble, the lowest goes first. */
function weightOf(sight: JobCandidate, history: UploadHistory, now: EpochMs): number {
  const { job, scope, trouble, maxLagMs } = sight
  switch (trouble) {
    case 'disabled_by_failure':
      return -(job?.disabledByFailure?.at ?? 0)
    case 'losing_data':
      return -history.lastHour(sight.id, now).lostRecords
    case 'failing':
      return job?.failingSince ?? 0
    case 'late':
      return job === null ? 0 : -(lagOf(job, scope) ?? 0) / maxLagMs
    case 'never_delivered':
      return job?.firstSeen ?? 0
    default:
      return 0
  }
}

function compare(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1
}
