/*
 * What has been counted at a place without files: records, minute by minute, each minute once. Pure; the count and how
 * far it reaches are one value, so storing it is one atomic write.
 */
import { type EpochMinute, type EpochMs, minuteMs, minuteOf } from '../time.ts'

export interface RecordLedger {
  /** Records that came in before are not counted. */
  readonly began: EpochMs
  readonly records: number
  /** All minutes before it are counted. */
  readonly countedTo: EpochMinute
}

/** What came in so lately may not be found by a search yet. */
const settlingMinutes = 2
/** So many minutes are counted one by one, for comparing; what is older is one number. */
const singleMinutes = 65

export function beginRecords(now: EpochMs): RecordLedger {
  const countedTo = minuteOf(now)
  return { began: countedTo * minuteMs, records: 0, countedTo }
}

/** Whole minutes from `from` on and before `to`. */
export interface MinuteSpan {
  readonly from: EpochMinute
  readonly to: EpochMinute
}

/** What is to be counted now, oldest first; only the first may be longer than a minute. */
export function spansToCount(
  { countedTo }: Pick<RecordLedger, 'countedTo'>,
  now: EpochMs,
): readonly MinuteSpan[] {
  const to = minuteOf(now) - settlingMinutes
  const single = Math.max(countedTo, to - singleMinutes)
  const spans: MinuteSpan[] = single > countedTo ? [{ from: countedTo, to: single }] : []
  for (let from = single; from < to; from += 1) spans.push({ from, to: from + 1 })
  return spans
}

export interface CountedSpan extends MinuteSpan {
  readonly records: number
}

export function enterRecords(ledger: RecordLedger, counted: readonly CountedSpan[]): RecordLedger {
  const last = counted.at(-1)
  if (last === undefined) return ledger
  const records = counted.reduce((sum, span) => sum + span.records, ledger.records)
  return { ...ledger, records, countedTo: last.to }
}
