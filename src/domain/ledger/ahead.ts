/* A ledger that is ahead of the time: a wrong clock settled minutes that were still to come. Pure. */
import { type EpochMinute, minuteOf } from '../time.ts'
import type { Ledger } from './ledger.ts'

/** No more is declared than the API could ever give back. */
const maxGapMinutes = 7 * 1440

/**
 * Counting begins again at the minute, or after the latest upload that was counted: what had been counted is not
 * counted again, even if it is the minute that is wrong. What came while the ledger was ahead was taken for settled,
 * and how much that was nobody knows: as much time is added to the gap as the ledger is pulled back.
 */
export function pullBack(ledger: Ledger, minute: EpochMinute): Ledger {
  let to = minute
  for (const { lastUpload } of ledger.totals.values()) to = Math.max(to, minuteOf(lastUpload ?? 0) + 1)
  if (ledger.readTo <= to) return ledger
  return {
    ...ledger,
    watermark: Math.min(ledger.watermark, to),
    readTo: to,
    gapSeconds: ledger.gapSeconds + Math.min(maxGapMinutes, ledger.readTo - to) * 60,
  }
}
