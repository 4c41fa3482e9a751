/* Pushed against arrived, minute by minute: both sides by the minute in which the upload ended. */
import { type EpochMinute, type EpochMs, minuteMs, minuteOf } from '../time.ts'
import type { Gap } from './arrival-ledger.ts'

/** Files and bytes of a stretch of whole minutes. */
export interface Amount {
  readonly files: number
  readonly bytes: number
}

/** Sums of [from, to); null where they are not known in full. */
export type AmountBetween = (from: EpochMinute, to: EpochMinute) => Amount | null

/** A silence is judged over this long; health data that comes late gets this much grace. */
const silentMinutes = 15
const graceMinutes = 5

/** Whether Cloudflare delivered in a quarter of an hour, and nothing at all of it arrived. */
export function isNotArriving(pushed: AmountBetween, arrived: AmountBetween, now: EpochMs): boolean {
  const minute = minuteOf(now)
  const delivered = pushed(minute - silentMinutes - graceMinutes, minute - graceMinutes)
  const found = arrived(minute - silentMinutes - 2 * graceMinutes, minute + 1)
  return delivered !== null && found !== null && delivered.files > 0 && found.files === 0
}

/** Batches are uploaded soon after their range has ended. */
const uploadMinutes = 2

/**
 * Whether something was lost in a gap between files: in the minutes in which its logs were uploaded, Cloudflare
 * delivered more batches than files were written. Without knowledge of both sides, nothing is claimed.
 */
export function isLossIn(gap: Gap, pushed: AmountBetween, arrived: AmountBetween): boolean {
  const [from, to] = [minuteOf(gap.from), minuteOf(gap.to + minuteMs - 1) + uploadMinutes]
  const [delivered, found] = [pushed(from, to), arrived(from, to)]
  return delivered !== null && found !== null && delivered.files > found.files
}
