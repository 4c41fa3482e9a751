import type { JobId } from '../job/job.ts'
import type { EpochMinute, EpochMs } from '../time.ts'

/**
 * One row of `logpushHealthAdaptiveGroups`: all upload attempts of one job that ended in one minute
 * with the same destination type, status, `final` and `success`. Sums are over attempts.
 */
export interface HealthRow {
  readonly minute: EpochMinute
  readonly jobId: JobId
  /** Lower case: the API writes `S3` and `s3`. */
  readonly destinationType: string
  /** The destination's HTTP status, or a synthetic one (1101–1108, 1201). */
  readonly status: number
  /** False: the attempt failed and another followed. True: the last attempt of its batch. */
  readonly final: boolean
  readonly success: boolean
  readonly uploads: number
  readonly records: number
  readonly bytes: number
  readonly compressedBytes: number
  /** Sum of upload durations: the row's average times its uploads; 0 where the API gives no average. */
  readonly uploadSeconds: number
  /** Average sample interval; 1 means that nothing was sampled away. Null where the API does not say. */
  readonly sampleInterval: number | null
  /** The start of the minute where the API does not say it. */
  readonly lastUpload: EpochMs
}

/** What the `settings` node says of the health dataset for one scope. */
export interface HealthLimits {
  readonly enabled: boolean
  /** The widest time range of one query, in seconds. */
  readonly maxDurationSeconds: number
  /** How far back data can be asked for, in seconds. */
  readonly notOlderThanSeconds: number
  /** The largest `limit`. */
  readonly maxPageSize: number
  /** Whether the fields that counting does without may be asked for. */
  readonly optionalFields: boolean
}
