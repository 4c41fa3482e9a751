/* The watch of one place over the life of the process: what it has counted, and what a look adds to that. */
import type { ArrivalLedger } from '../../domain/arrival/arrival-ledger.ts'
import type { AmountBetween } from '../../domain/arrival/comparison.ts'
import type { RecordLedger } from '../../domain/arrival/record-ledger.ts'
import type { EpochMs } from '../../domain/time.ts'
import type { ArrivalGroup } from './arrival-groups.ts'

export interface PlaceWatch {
  /**
   * Looks once, and stores what is new before it tells of it. Resolves to the time up to which all is seen; null while
   * there is more than one look takes. @throws ApiFailure, having counted nothing.
   */
  look(group: ArrivalGroup, look: LookTime, signal: AbortSignal): Promise<EpochMs | null>
  /** What was counted, null before the first try and where the other is counted. */
  ledger(): ArrivalLedger | null
  records(): RecordLedger | null
}

export interface LookTime {
  /** Of the server's clock. */
  readonly now: EpochMs
  /** Of the monotonic clock, in milliseconds. */
  readonly monotonic: number
  /** What Cloudflare delivered there. */
  readonly pushed: AmountBetween
}
