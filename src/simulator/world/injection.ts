import { type JobTimeline, latestPhase } from './job-timeline.ts'
import type { UploadEvent } from './upload-events.ts'
import type { WorldState } from './world-state.ts'

/** A job is named by its id, or by its name where that is unique. */
export type JobRef = number | string

/** One upload attempt put in by hand; without more it is one record, delivered, and visible as it ends. */
export type InjectedEvent = Partial<Omit<UploadEvent, 'jobId' | 'rangeEndMs'>> & {
  readonly job: JobRef
  readonly endMs: number
}

/** Throws when there is no such job, or when several share the name. */
export function findJob(state: WorldState, ref: JobRef): JobTimeline {
  if (typeof ref === 'number') {
    const job = state.jobs.get(ref)
    if (job === undefined) throw new Error(`no job ${ref}`)
    return job
  }
  const found = [...state.jobs.values()].filter((job) => job.fields.name === ref)
  const [only, second] = found
  if (only === undefined || second !== undefined) throw new Error(`${found.length} jobs are named ${ref}`)
  return only
}

/** Adds an attempt to the job's health data, exactly as given. */
export function injectEvent(state: WorldState, job: JobTimeline, event: InjectedEvent): void {
  const { job: _, ...given } = event
  const { endMs, success = true } = given
  const { destinationType, okStatus } = latestPhase(job)
  const full: UploadEvent = {
    jobId: job.id,
    visibleAtMs: endMs,
    rangeEndMs: endMs,
    destinationType,
    status: success ? okStatus : 500,
    final: true,
    success,
    error: success ? '' : 'error writing object: unexpected status 500',
    records: 1,
    bytes: 1,
    compressedBytes: 1,
    durationMs: 100,
    sampleInterval: 1,
    ...given,
  }
  const known = state.injected.get(job.scope.id)
  if (known === undefined) state.injected.set(job.scope.id, [full])
  else known.push(full)
  job.statusMemo = null
}
