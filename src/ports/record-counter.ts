import type { RecordPlace } from '../domain/arrival/arrival-rule.ts'
import type { MinuteSpan } from '../domain/arrival/record-ledger.ts'
import type { CallOptions } from './cloudflare.ts'

export interface RecordCounter {
  /**
   * How many records came in during these minutes, in one call. Zero means that the place said so; anything else throws
   * ApiFailure.
   */
  count(place: RecordPlace, span: MinuteSpan, options: CallOptions): Promise<number>
}
