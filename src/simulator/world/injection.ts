import { type JobTimeline, latestPhase } from './job-timeline.ts'
import type { UploadEvent } from './upload-events.ts'
import type { WorldState } from './world-state.ts'

/** A job is named by its id, or by its name where that is unique. */
export type JobRef = number | string

/** One upload attempt put in by hand. */
export interface InjectedEvent {
  readonly job: JobRef
  readonly endMs: number
  /** `endMs` when absent. */
  readonly visibleAtMs?: number
  readonly final?: boolean
  readonly success?: boolean
  readonly status?: number
  readonly destinationType?: string
  readonly error?: string
  readonly records?: number
  readonly bytes?: number
  readonly compressedBytes?: number
  readonly durationMs?: number
  readonly sampleInterval?: number
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
  const success = event.success ?? true
  const phase = latestPhase(job)
  const full: UploadEvent = {
    jobId: job.id,
    endMs: event.endMs,
    visibleAtMs: event.visibleAtMs ?? event.endMs,
    rangeEndMs: event.endMs,
    destinationType: event.destinationType ?? phase.destinationType,
    status: event.status ?? (success ? phase.okStatus : 500),
    final: event.final ?? true,
    success,
    error: event.error ?? (success ? '' : 'error writing object: unexpected status 500'),
    records: event.records ?? 1,
    bytes: event.bytes ?? 1,
    compressedBytes: event.compressedBytes ?? 1,
    durationMs: event.durationMs ?? 100,
    sampleInterval: event.sampleInterval ?? 1,
  }
  const known = state.injected.get(job.scope.id)
  if (known === undefined) state.injected.set(job.scope.id, [full])
  else known.push(full)
  job.statusMemo = null
}
