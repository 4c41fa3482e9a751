import { type JobStatus, type JobTimeline, latestPhase } from './job-timeline.ts'
import { maxChainMs, type UploadEvent } from './upload-events.ts'
import { visitJobEvents, type WorldState } from './world-state.ts'

const nothing: JobStatus = { lastCompleteMs: null, lastErrorMs: null, errorText: null }

/**
 * How the job's last uploads went. Found by looking back from now, in growing steps, until a success
 * turns up, or the instant up to which it is known already, or the instant the job was enabled.
 */
export function jobStatus(state: WorldState, job: JobTimeline, nowMs: number): JobStatus {
  const since = latestPhase(job).enabledSinceMs
  const memo = job.statusMemo !== null && job.statusMemo.atMs >= since ? job.statusMemo : null
  const floor = memo?.atMs ?? since
  let success: UploadEvent | undefined
  let error: UploadEvent | undefined
  let to = nowMs
  for (let step = 300_000; to > floor && success === undefined; step *= 2) {
    const from = Math.max(floor, to - step)
    visitJobEvents(state, job, from, to, (event) => {
      if (event.success) {
        if (success === undefined || event.endMs >= success.endMs) success = event
      } else if (error === undefined || event.endMs > error.endMs) error = event
    })
    to = from
  }
  const status = merge(memo?.status ?? nothing, success, error)
  job.statusMemo = { atMs: nowMs, status }
  return status
}

function merge(
  known: JobStatus,
  success: UploadEvent | undefined,
  error: UploadEvent | undefined,
): JobStatus {
  const base: JobStatus =
    success === undefined ? known : { lastCompleteMs: success.rangeEndMs, lastErrorMs: null, errorText: null }
  if (error === undefined || (success !== undefined && success.endMs >= error.endMs)) return base
  return { ...base, lastErrorMs: error.endMs, errorText: error.error }
}

/**
 * When Cloudflare will switch the job off: a while after the first failure that no success followed.
 * Null when its destination works, or when there is nothing to send.
 */
export function disableTime(state: WorldState, job: JobTimeline): number | null {
  const latest = latestPhase(job)
  if (!latest.enabled || latest.scenario.kind !== 'dead' || job.deletedAtMs !== null) return null
  let first = latest
  for (let i = job.phases.length - 1; i >= 0; i -= 1) {
    const phase = job.phases[i]
    if (phase?.scenario.kind !== 'dead' || phase.enabledSinceMs !== latest.enabledSinceMs || !phase.enabled)
      break
    first = phase
  }
  const horizon = first.fromMs + maxChainMs(job.retryDelaysMs) + 2 * job.traffic.batchEveryMs
  let success = Number.NEGATIVE_INFINITY
  const failures: number[] = []
  visitJobEvents(state, job, first.fromMs, horizon, (event) => {
    if (event.success) success = Math.max(success, event.endMs)
    else failures.push(event.endMs)
  })
  const firstFailure = Math.min(...failures.filter((endMs) => endMs > success))
  return Number.isFinite(firstFailure) ? firstFailure + state.disableAfterMs : null
}
