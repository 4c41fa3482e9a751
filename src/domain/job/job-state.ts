/*
 * What is known of a job beyond its last sight: since when it fails, and whether it is off because it failed.
 * Cloudflare's API says neither, so both are remembered from sight to sight, and over restarts.
 *
 * A job is failing while it is enabled and the API shows an error: the error is cleared by the next success,
 * but a disabled job keeps its last one. It counts as disabled by failure from the moment Cloudflare notifies
 * so, or that it is seen to go from enabled to disabled after it failed for 20 hours or more, until it is seen
 * enabled again. Cloudflare disables a job after about 24 hours of failure, so before that a person did it.
 */

import type { EpochMs } from '../time.ts'
import type { JobSummary } from './job.ts'

export interface JobState {
  readonly summary: JobSummary
  /** The first error of the current row of failures that we know of; the true beginning may be earlier. */
  readonly failingSince: EpochMs | null
  readonly disabledByFailure: DisabledByFailure | null
  readonly firstSeen: EpochMs
}

export interface DisabledByFailure {
  readonly how: 'notified' | 'seen'
  readonly at: EpochMs
}

export function isFailing(summary: JobSummary): boolean {
  return summary.enabled && (summary.lastError !== null || summary.failure !== null)
}

/** The job's state after it was seen in the inventory. */
export function seeJob(previous: JobState | null, summary: JobSummary, now: EpochMs): JobState {
  return {
    summary,
    failingSince: isFailing(summary) ? (previous?.failingSince ?? summary.lastError ?? now) : null,
    disabledByFailure: disabledByFailure(previous, summary, now),
    firstSeen: previous?.firstSeen ?? now,
  }
}

/** The job's state after Cloudflare notified that it disabled it. A repeated notification changes nothing. */
export function notifyDisabled(state: JobState, at: EpochMs): JobState {
  if (state.disabledByFailure !== null) return state
  return { ...state, disabledByFailure: { how: 'notified', at } }
}

/**
 * The job's state after Cloudflare notified that the alert about it is over. Only a job that was never seen to be
 * off is concerned: one that was, is on again when it is seen so.
 */
export function notifyEnded(state: JobState): JobState {
  if (!state.summary.enabled || state.disabledByFailure?.how !== 'notified') return state
  return { ...state, disabledByFailure: null }
}

function disabledByFailure(
  previous: JobState | null,
  summary: JobSummary,
  now: EpochMs,
): DisabledByFailure | null {
  if (previous === null) return null
  if (summary.enabled) {
    // A notification can arrive before the jobs API shows the job as disabled: the old sight must not undo it.
    const pending = previous.disabledByFailure?.how === 'notified' && previous.summary.enabled
    return pending && now - previous.disabledByFailure.at < notificationLeadMs
      ? previous.disabledByFailure
      : null
  }
  if (previous.disabledByFailure !== null) return previous.disabledByFailure
  return previous.summary.enabled && failedFor(previous, summary, now) >= longFailureMs
    ? { how: 'seen', at: now }
    : null
}

/** Of a job that was enabled and is not: for how long it had failed at the most, as far as anything shows. */
function failedFor(previous: JobState, { lastComplete, lastError }: JobSummary, now: EpochMs): number {
  const { failingSince, firstSeen } = previous
  const delivered = lastComplete ?? previous.summary.lastComplete
  // It was not seen to fail, so it failed and was disabled while nobody looked: only the API's times are known.
  if (failingSince === null) return lastError === null || delivered === null ? 0 : lastError - delivered
  if (delivered === null) return now - failingSince
  // A delivery after the first error ended that failure. A job that already failed when it was first seen may
  // have failed ever since its last delivery; for one that was seen without an error, the first error counts.
  const beganUnseen = failingSince < firstSeen + firstSightMs
  return now - (beganUnseen ? delivered : Math.max(failingSince, delivered))
}

/** A job that failed for less was not disabled by Cloudflare, which waits for about 24 hours. */
const longFailureMs = 20 * 3_600_000

/** An error this soon after the first sight counts as one from before: Cloudflare's clock is not ours. */
const firstSightMs = 60_000

/** How long the jobs API may lag behind a notification. */
export const notificationLeadMs = 5 * 60_000
