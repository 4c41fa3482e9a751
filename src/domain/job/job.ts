import type { StorePlace } from '../destination/store-place.ts'
import type { Secret } from '../secret.ts'
import type { EpochMs } from '../time.ts'

/** A Logpush job id. Cloudflare sends an integer; it is kept as text from the first decode on. */
export type JobId = string

/** `output_options` as the API gives them, e.g. `field_names`, `timestamp_format`, `sample_rate`. */
export type OutputOptions = Readonly<Record<string, unknown>>

/**
 * A job as `GET …/logpush/jobs` returns it, every field parsed, secrets wrapped.
 * `null` means that the API sent null, an empty text, or nothing.
 */
export interface JobRecord {
  readonly id: JobId
  readonly name: string | null
  readonly dataset: string
  /** `''` or `'edge'`; old jobs may still say `instant-logs`. */
  readonly kind: string
  readonly enabled: boolean
  /** The whole `destination_conf`, credentials included. */
  readonly destinationConf: Secret
  readonly lastComplete: EpochMs | null
  readonly lastError: EpochMs | null
  /** The last error's text: free text from outside that may carry secrets. */
  readonly errorMessage: Secret | null
  /** The stringified JSON filter, as sent. */
  readonly filter: string | null
  readonly filterAttackTraffic: boolean | null
  readonly frequency: string | null
  readonly logpullOptions: string | null
  readonly outputOptions: OutputOptions | null
  readonly maxUploadBytes: number | null
  readonly maxUploadRecords: number | null
  readonly maxUploadIntervalSeconds: number | null
  readonly transformerId: number | null
}

/** Why a job's last push failed, as a small closed set fit for a label. */
export const failureReasons = [
  'auth',
  'not_found',
  'dns',
  'tls',
  'timeout',
  'throttled',
  'rejected',
  'server_error',
  'other',
] as const
export type FailureReason = (typeof failureReasons)[number]

/** What the exporter keeps of a job: no secret, nothing unbounded. */
export interface JobSummary
  extends Pick<
    JobRecord,
    'id' | 'dataset' | 'kind' | 'enabled' | 'lastComplete' | 'lastError' | 'maxUploadIntervalSeconds'
  > {
  readonly name: string
  /** Kind of destination in lower case, e.g. `s3`, `r2`, `splunk`. */
  readonly destinationType: string
  /** The destination with everything secret masked. */
  readonly destination: string
  /** The folder it keeps files in; null where that is none that could be listed. */
  readonly place: StorePlace | null
  /** When the credentials that the destination carries expire; null where nothing says so. */
  readonly destinationExpiry: EpochMs | null
  readonly failure: { readonly reason: FailureReason; readonly message: string } | null
}
