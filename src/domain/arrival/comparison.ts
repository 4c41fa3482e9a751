/* Pushed against arrived, minute by minute: both sides by the minute in which the upload ended. */
import { type EpochMinute, type EpochMs, minuteMs, minuteOf } from '../time.ts'
import type { Gap } from './arrival-ledger.ts'

/** What is compared of a stretch of whole minutes. */
export interface Amount {
  /** Files, or records where the destination has no files. */
  readonly count: number
  /** Compressed, of files; 0 on both sides where records are compared. */
  readonly bytes: number
}

/** Sums of [from, to); null where they are not known in full. */
export type AmountBetween = (from: EpochMinute, to: EpochMinute) => Amount | null

/** A silence is judged over this long. */
const silentMinutes = 15
/** What was uploaded so lately may be listed, or counted by Cloudflare, in a moment. */
const graceMinutes = 5

/** Whether Cloudflare delivered, and nothing at all was written since a quarter of an hour. */
export function isNotArriving(pushed: AmountBetween, arrived: AmountBetween, now: EpochMs): boolean {
  const minute = minuteOf(now)
  const delivered = pushed(minute - silentMinutes, minute - graceMinutes)
  // The store's clock may be a little behind Cloudflare's.
  const found = arrived(minute - silentMinutes - 1, minute + 1)
  return delivered !== null && found !== null && delivered.count > 0 && found.count === 0
}

const hourMinutes = 60
const fewestMinutes = 10

/** How many hours are compared, each a minute before the other. */
const hoursCompared = 5

/**
 * The share of what was delivered in an hour that is missing, by count or by bytes, whichever is worse; null while too
 * little is known, which is `since` when on both sides. A file that is pushed on one side of an edge of the hour and
 * written on the other is no loss. It spoils a few minutes only, so that the best of several hours counts.
 */
export function missingShare(
  pushed: AmountBetween,
  arrived: AmountBetween,
  { since, now }: { readonly since: EpochMinute; readonly now: EpochMs },
): number | null {
  const last = minuteOf(now) - graceMinutes
  const shares = Array.from({ length: hoursCompared }, (_, ago) =>
    missingOfHour(pushed, arrived, { since, to: last - ago }),
  )
  if (shares[0] === null) return null
  return Math.min(...shares.flatMap((share) => share ?? []))
}

function missingOfHour(
  pushed: AmountBetween,
  arrived: AmountBetween,
  { since, to }: { readonly since: EpochMinute; readonly to: EpochMinute },
): number | null {
  const from = Math.max(to - hourMinutes, since)
  if (to - from < fewestMinutes) return null
  const [delivered, found] = [pushed(from, to), arrived(from, to)]
  if (delivered === null || found === null) return null
  const missing = delivered.count - found.count
  if (delivered.count === 0 || missing === 1) return 0
  const share = missing / delivered.count
  const bytes = delivered.bytes === 0 ? 0 : 1 - found.bytes / delivered.bytes
  return Math.max(0, share, bytes)
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
  return delivered !== null && found !== null && delivered.count > found.count
}
