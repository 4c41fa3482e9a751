import type { ArrivalLedger } from '../../domain/arrival/arrival-ledger.ts'
import type { ArrivalPlace } from '../../domain/arrival/arrival-place.ts'
import type { RecordLedger } from '../../domain/arrival/record-ledger.ts'
import type { JobId } from '../../domain/job/job.ts'
import type { EpochMs } from '../../domain/time.ts'
import type { PollState } from './poll-state.ts'

/** What was found at the destination of a job, or of several that write into the same folder. */
export interface JobArrival {
  readonly place: ArrivalPlace
  /** All jobs of the place, the one that carries its series first. */
  readonly jobs: readonly JobId[]
  readonly poll: PollState
  /** Everything that was written before it has been seen; null before the first look. */
  readonly completeTo: EpochMs | null
  /** Null before the first try, and where records are counted. */
  readonly ledger: ArrivalLedger | null
  /** Null before the first try, and where files are counted. */
  readonly records: RecordLedger | null
  /** The share of what was pushed that must arrive. */
  readonly tolerance: number
  /** Whether Cloudflare delivers and nothing arrives. */
  readonly silent: boolean
  /** The share of what was delivered in an hour that is missing; null while that cannot be said. */
  readonly missingShare: number | null
}

/** The job of a place that carries its series, so that sums over jobs count nothing twice. */
export function leaderOf({ jobs }: Pick<JobArrival, 'jobs'>): JobId {
  return jobs[0] ?? ''
}
