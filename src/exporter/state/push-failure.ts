/* Why a job's last push failed, from the error that the jobs API shows and the attempts that upload health shows. */
import { reasonOfFailure } from '../../domain/job/failure-reason.ts'
import type { FailureReason, JobId } from '../../domain/job/job.ts'
import type { JobState } from '../../domain/job/job-state.ts'
import type { HealthRow } from '../../domain/ledger/health-row.ts'
import { type EpochMs, minuteMs } from '../../domain/time.ts'

/** The newest upload attempt of a job that failed. */
export interface FailedAttempt {
  readonly status: number
  readonly at: EpochMs
}

/** The newest failed attempt of each job, of those known and those in the rows. */
export function newestFailures(
  known: ReadonlyMap<JobId, FailedAttempt>,
  rows: Iterable<HealthRow>,
): ReadonlyMap<JobId, FailedAttempt> {
  const newest = new Map(known)
  for (const { jobId, success, status, lastUpload } of rows) {
    const before = newest.get(jobId)
    if (!success && (before === undefined || lastUpload > before.at))
      newest.set(jobId, { status, at: lastUpload })
  }
  return newest
}

/**
 * The class of the job's error; null for a job without. An attempt from before the failure began is about another
 * one: then the error's text decides.
 */
export function pushFailureReason(
  { summary, failingSince }: JobState,
  attempt: FailedAttempt | undefined,
): FailureReason | null {
  const { failure, lastError } = summary
  if (failure === null && lastError === null) return null
  const began = failingSince ?? lastError
  const isOfIt = attempt !== undefined && began !== null && attempt.at >= began - slackMs
  return reasonOfFailure(failure?.reason ?? 'other', isOfIt ? attempt.status : null)
}

/** Times of attempts and of errors come from different parts of Cloudflare, and some are of a whole minute. */
const slackMs = minuteMs
