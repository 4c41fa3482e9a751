import { isoOrNull } from '../api/json-shape.ts'
import { jobStatus } from '../world/job-status.ts'
import { type JobTimeline, phaseAt } from '../world/job-timeline.ts'
import type { WorldState } from '../world/world-state.ts'

/** A job as the REST API shows it now, credentials of the destination included. */
export function jobObject(state: WorldState, job: JobTimeline, nowMs: number): Record<string, unknown> {
  const phase = phaseAt(job, nowMs)
  const status = jobStatus(state, job, nowMs)
  return {
    id: job.id,
    frequency: 'high',
    logpull_options: null,
    output_options: null,
    max_upload_bytes: null,
    max_upload_records: null,
    max_upload_interval_seconds: null,
    ...job.fields,
    enabled: phase?.enabled ?? false,
    destination_conf: phase?.destinationConf ?? '',
    last_complete: isoOrNull(status.lastCompleteMs),
    last_error: isoOrNull(status.lastErrorMs),
    error_message: status.errorText,
  }
}
