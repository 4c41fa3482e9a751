/* All that pages and the JSON API tell of one job, worked out from the state at a moment. */
import type { JobEdit } from '../../domain/job/audit-entry.ts'
import type { FailureReason, JobId, JobSummary } from '../../domain/job/job.ts'
import { isFailing, type JobState } from '../../domain/job/job-state.ts'
import { type JobTotals, noTotals, parseAttemptKey } from '../../domain/ledger/job-totals.ts'
import { accountOf, scopeKey } from '../../domain/scope.ts'
import { type EpochMs, minuteMs } from '../../domain/time.ts'
import type { PollFailure } from '../state/poll-state.ts'
import { pushFailureReason } from '../state/push-failure.ts'
import { isOutOfReach, type ScopeState } from '../state/scope-state.ts'
import type { HistorySlot, HistorySums, UploadHistory } from '../state/upload-history.ts'
import { type ArrivalHistory, type ArrivalStatus, arrivalStatus } from './arrival-status.ts'
import { disableAfterMs, type HealthState, lagOf } from './health-state.ts'

/** A job, where it was found, and what is worst about it. */
export interface JobCandidate {
  readonly id: JobId
  /** Null when only health data names the job. */
  readonly job: JobState | null
  readonly scope: ScopeState
  readonly maxLagMs: number
  /** Batches lost in the last hour. */
  readonly lostLately: number
  readonly trouble: HealthState
}

export interface JobStatus {
  readonly id: JobId
  /** Empty when unknown. */
  readonly name: string
  readonly account: JobPlace
  readonly zone: (JobPlace & { readonly domain: string }) | null
  readonly facts: JobFacts | null
  readonly trouble: HealthState
  /** When the trouble began, as far as known; null for a job without. */
  readonly since: EpochMs | null
  readonly failingSince: EpochMs | null
  readonly disabled: { readonly how: 'notified' | 'seen'; readonly at: EpochMs } | null
  /** When Cloudflare is expected to switch the job off; null while it is not failing. */
  readonly disableExpected: DisableExpected | null
  readonly reason: FailureReason | null
  /** The last error, scrubbed of what may be secret. */
  readonly error: string | null
  readonly lastComplete: EpochMs | null
  readonly lastError: EpochMs | null
  readonly lastUpload: EpochMs | null
  readonly lagMs: number | null
  readonly maxLagMs: number
  readonly lastHour: HistorySums
  readonly slots: readonly HistorySlot[]
  /** Of the slots: from when on they are known, and up to when they are complete. */
  readonly slotsKnown: { readonly from: EpochMs; readonly to: EpochMs } | null
  readonly blind: Blindness | null
  /** When the job was last listed, and up to when its uploads are counted. */
  readonly dataAt: { readonly inventory: EpochMs | null; readonly health: EpochMs | null }
}

/**
 * A job is disabled about a day after its failure began. That was seen by the exporter (`latest`), or had
 * begun before it looked, but not before the last delivery (`earliest`). They are the same when nothing was
 * delivered ever.
 */
export interface DisableExpected {
  readonly earliest: EpochMs
  readonly latest: EpochMs
}

export interface JobPlace {
  readonly id: string
  /** As labels have it: the name, with the id behind it where two have the same. */
  readonly name: string
}

/** What the jobs API says of the job itself. */
export interface JobFacts
  extends Pick<JobSummary, 'dataset' | 'kind' | 'enabled' | 'destinationType' | 'destination'>,
    Pick<JobSummary, 'maxUploadIntervalSeconds'> {
  readonly firstSeen: EpochMs
}

/** That a scope cannot be read, so that what is shown of it is old. */
export interface Blindness extends PollFailure {
  readonly source: 'inventory' | 'health'
}

export interface JobAnswer {
  readonly status: number
  readonly outcome: 'delivered' | 'retried' | 'lost'
  readonly uploads: number
}

/** What is told on the job's own page only. */
export interface JobDetail extends JobStatus {
  /** Since the ledger began. */
  readonly totals: JobTotals
  /** The destination's answers, most frequent first. */
  readonly answers: readonly JobAnswer[]
  /** The last ones that the audit log tells of, newest first. */
  readonly edits: readonly JobEdit[]
  /** Null for a job whose destination is not read. */
  readonly arrival: ArrivalStatus | null
  /** When the credential in the destination expires; null where nothing says so. */
  readonly destinationExpiry: EpochMs | null
}

export function jobStatus(sight: JobCandidate, history: UploadHistory, now: EpochMs): JobStatus {
  const { id, job, scope, trouble, maxLagMs } = sight
  const summary = job?.summary ?? null
  const failing = job !== null && isFailing(job.summary) && job.disabledByFailure === null
  return {
    id,
    name: summary?.name ?? '',
    account: { id: accountOf(scope.scope).id, name: scope.labels.account },
    zone:
      scope.scope.kind === 'zone'
        ? { id: scope.scope.id, name: scope.labels.zone, domain: scope.scope.name }
        : null,
    facts: job === null ? null : factsOf(job),
    trouble,
    since: sinceOf(sight, history, now),
    failingSince: job?.failingSince ?? null,
    disabled: job?.disabledByFailure ?? null,
    disableExpected: failing ? disableExpected(job) : null,
    reason: job === null ? null : pushFailureReason(job, scope.failedAttempts.get(id)),
    error: summary?.failure?.message ?? null,
    lastComplete: summary?.lastComplete ?? null,
    lastError: summary?.lastError ?? null,
    lastUpload: scope.totals.get(id)?.lastUpload ?? null,
    lagMs: job === null ? null : lagOf(job, scope),
    maxLagMs,
    lastHour: history.lastHour(id, now),
    slots: history.slots(id, now),
    slotsKnown: slotsKnown(scope, history),
    blind: blindness(scope),
    dataAt: { inventory: scope.inventory.lastSuccess, health: healthTo(scope) },
  }
}

export function jobDetail(
  sight: JobCandidate,
  { history, arrivals = () => [] }: { readonly history: UploadHistory; readonly arrivals?: ArrivalHistory },
  now: EpochMs,
): JobDetail {
  const totals = sight.scope.totals.get(sight.id) ?? noTotals
  const arrival = sight.scope.arrivals.get(sight.id)
  return {
    ...jobStatus(sight, history, now),
    totals,
    answers: answersOf(totals),
    edits: sight.scope.edits.get(sight.id) ?? [],
    arrival: arrival === undefined ? null : arrivalStatus(arrival, arrivals, now),
    destinationExpiry: sight.job?.summary.destinationExpiry ?? null,
  }
}

/** Why the scope cannot be read now; null while it can, before it was tried, and where it is not to be read. */
export function blindness(scope: ScopeState): Blindness | null {
  if (isOutOfReach(scope)) return null
  const { inventory, health } = scope
  if (inventory.failure !== null) return { source: 'inventory', ...inventory.failure }
  return health.failure === null ? null : { source: 'health', ...health.failure }
}

/** Up to when the scope's uploads are counted in full; null before this process read any. */
export function healthTo({ health, readTo }: ScopeState): EpochMs | null {
  return health.lastSuccess === null || readTo === null ? null : readTo * minuteMs
}

function disableExpected({ failingSince, summary }: JobState): DisableExpected | null {
  if (failingSince === null) return null
  const begun = Math.min(failingSince, summary.lastComplete ?? failingSince)
  return { earliest: begun + disableAfterMs, latest: failingSince + disableAfterMs }
}

function sinceOf(
  { id, job, scope, trouble }: JobCandidate,
  history: UploadHistory,
  now: EpochMs,
): EpochMs | null {
  switch (trouble) {
    case 'disabled_by_failure':
      return job?.disabledByFailure?.at ?? null
    case 'losing_data':
      return history.losingSince(id, now)
    case 'not_arriving':
      return scope.arrivals.get(id)?.ledger?.newestEnd ?? null
    case 'failing':
      return job?.failingSince ?? null
    case 'late':
      return job?.summary.lastComplete ?? null
    case 'never_delivered':
      return job?.firstSeen ?? null
    default:
      return null
  }
}

function factsOf({ summary, firstSeen }: JobState): JobFacts {
  const { dataset, kind, enabled, destinationType, destination, maxUploadIntervalSeconds } = summary
  return { dataset, kind, enabled, destinationType, destination, maxUploadIntervalSeconds, firstSeen }
}

function slotsKnown(scope: ScopeState, history: UploadHistory): JobStatus['slotsKnown'] {
  const from = history.knownFrom(scopeKey(scope.scope))
  const to = healthTo(scope)
  return from === null || to === null ? null : { from, to }
}

function answersOf(totals: JobTotals): readonly JobAnswer[] {
  const sums = new Map<string, JobAnswer>()
  for (const [key, uploads] of totals.attempts) {
    const { status, final, success } = parseAttemptKey(key)
    const outcome = !final ? 'retried' : success ? 'delivered' : 'lost'
    const sum = sums.get(`${status} ${outcome}`)?.uploads ?? 0
    sums.set(`${status} ${outcome}`, { status, outcome, uploads: sum + uploads })
  }
  return [...sums.values()].sort((a, b) => b.uploads - a.uploads)
}
