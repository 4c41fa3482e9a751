/*
 * The health ledger of one scope: what has been counted, and up to where.
 *
 * Promise: whatever is read, how often, in which order and however late rows come, every upload attempt
 * is counted exactly once, as long as it becomes visible within the revision window. Counts never go down.
 *
 * - Minutes before `watermark` are settled: they are never read again, and a row of theirs is ignored.
 * - Minutes from `watermark` on are open: `open` keeps the highest value seen of each series, and only what
 *   exceeds it is added to the totals. Reading a minute twice, or an hour later, adds only what is new.
 * - All ended minutes before `readTo` have been read at least once. `readTo` is never before `watermark`.
 *
 * The whole value is stored in one atomic write, so a crash leaves either the old ledger or the new one,
 * and the next read starts from what that one says. Nothing here reads a clock or a disk.
 */

import type { JobId } from '../job/job.ts'
import { type EpochMinute, type EpochMs, minuteOf } from '../time.ts'
import type { HealthRow } from './health-row.ts'
import {
  addCounts,
  attemptKey,
  type Counts,
  difference,
  isNothing,
  type JobTotals,
  maxCounts,
  noCounts,
  noTotals,
  parseAttemptKey,
  sumCounts,
} from './job-totals.ts'

/** A series inside one minute: `<job id>|<attempt key>`. */
export type SeriesKey = string

export interface Ledger {
  readonly watermark: EpochMinute
  readonly readTo: EpochMinute
  readonly open: ReadonlyMap<EpochMinute, ReadonlyMap<SeriesKey, Counts>>
  readonly totals: ReadonlyMap<JobId, JobTotals>
  /** Rows that were new or had grown in a minute that had been read before, after it ended. */
  readonly lateRows: number
  /** Time that could not be read any more and whose counts are therefore unknown. */
  readonly gapSeconds: number
}

/** A half-open range of whole minutes. */
export interface Window {
  readonly from: EpochMinute
  readonly to: EpochMinute
}

/** A new ledger that will count everything from the minute on. */
export function beginLedger(from: EpochMinute): Ledger {
  return { watermark: from, readTo: from, open: new Map(), totals: new Map(), lateRows: 0, gapSeconds: 0 }
}

/** Counts of one job in one minute, of attempts with the same outcome. */
export interface MinuteCounts extends Pick<HealthRow, 'minute' | 'jobId' | 'final' | 'success'> {
  readonly counts: Counts
}

/**
 * Enters a complete answer for a window. `rows` must be everything the API had for it: a failed, partial or
 * truncated answer must not come here. `settledBefore` is the minute before which nothing is expected to
 * change any more (now minus the revision window). Says what was added to the totals.
 */
export function observe(
  ledger: Ledger,
  window: Window,
  rows: readonly HealthRow[],
  now: EpochMs,
  settledBefore: EpochMinute,
): { readonly ledger: Ledger; readonly added: readonly MinuteCounts[] } {
  const { added, ...counted } = countRows(ledger, window, rows)
  // Only a window that begins where the settled part ends leaves no minute behind it unread.
  const contiguous = window.from <= ledger.watermark
  const watermark = contiguous
    ? Math.max(ledger.watermark, Math.min(window.to, settledBefore))
    : ledger.watermark
  const ended = Math.min(window.to, minuteOf(now))
  const readTo = window.from <= ledger.readTo ? Math.max(ledger.readTo, ended, watermark) : ledger.readTo
  const next = {
    ...counted,
    watermark,
    readTo,
    open: dropSettled(counted.open, watermark),
    gapSeconds: ledger.gapSeconds,
  }
  return { ledger: next, added }
}

/**
 * Gives up everything before the minute, because the API does not have it any more.
 * What had not been read until now is added to the gap.
 */
export function skipTo(ledger: Ledger, minute: EpochMinute): Ledger {
  if (minute <= ledger.watermark) return ledger
  return {
    ...ledger,
    watermark: minute,
    readTo: Math.max(ledger.readTo, minute),
    open: dropSettled(ledger.open, minute),
    gapSeconds: ledger.gapSeconds + Math.max(0, minute - ledger.readTo) * 60,
  }
}

/** Forgets the totals of jobs that are gone and have no open minute left. */
export function forgetJobs(ledger: Ledger, isGone: (id: JobId) => boolean): Ledger {
  const open = new Set<JobId>()
  for (const minute of ledger.open.values()) for (const key of minute.keys()) open.add(jobOf(key))
  const totals = new Map([...ledger.totals].filter(([id]) => open.has(id) || !isGone(id)))
  return totals.size === ledger.totals.size ? ledger : { ...ledger, totals }
}

/** What has been counted in the minutes that are still open. */
export function* openCounts(ledger: Ledger): Iterable<MinuteCounts> {
  for (const [minute, series] of ledger.open) {
    for (const [key, counts] of series) {
      const jobId = jobOf(key)
      const { final, success } = parseAttemptKey(key.slice(jobId.length + 1))
      yield { minute, jobId, final, success, counts }
    }
  }
}

type Counted = Pick<Ledger, 'open' | 'totals' | 'lateRows'> & { readonly added: readonly MinuteCounts[] }

function countRows(ledger: Ledger, window: Window, rows: readonly HealthRow[]): Counted {
  const open = new Map<EpochMinute, Map<SeriesKey, Counts>>()
  for (const [minute, series] of ledger.open) open.set(minute, new Map(series))
  const totals = new Map(ledger.totals)
  const sampleIntervals = new Map<JobId, number>()
  const news: MinuteCounts[] = []
  let lateRows = 0
  for (const row of sumSameSeries(rows)) {
    const expected = row.minute >= window.from && row.minute < window.to && row.minute >= ledger.watermark
    if (!expected) continue
    const key = seriesKey(row)
    const series = open.get(row.minute) ?? new Map<SeriesKey, Counts>()
    open.set(row.minute, series)
    const seen = series.get(key) ?? noCounts
    const now = maxCounts(seen, row)
    const added = difference(now, seen)
    if (row.sampleInterval !== null)
      sampleIntervals.set(row.jobId, Math.max(sampleIntervals.get(row.jobId) ?? 0, row.sampleInterval))
    if (isNothing(added)) continue
    const { minute, jobId, final, success } = row
    news.push({ minute, jobId, final, success, counts: added })
    series.set(key, now)
    totals.set(row.jobId, addCounts(totals.get(row.jobId) ?? noTotals, row, added))
    if (row.minute < ledger.readTo) lateRows += 1
  }
  for (const [id, sampleInterval] of sampleIntervals) {
    const known = totals.get(id)
    if (known !== undefined) totals.set(id, { ...known, sampleInterval })
  }
  return { open, totals, lateRows: ledger.lateRows + lateRows, added: news }
}

/**
 * Adds up rows that are one series to us. The API may split a series that we do not tell apart
 * (`S3` and `s3`), and taking the highest of its parts would lose the others.
 */
export function sumSameSeries(rows: readonly HealthRow[]): Iterable<HealthRow> {
  const sums = new Map<string, HealthRow>()
  for (const row of rows) {
    const key = `${row.minute}|${seriesKey(row)}`
    const other = sums.get(key)
    sums.set(key, other === undefined ? row : sumOf(other, row))
  }
  return sums.values()
}

function sumOf(a: HealthRow, b: HealthRow): HealthRow {
  return {
    ...a,
    ...sumCounts(a, b),
    sampleInterval: sampleIntervalOf(a, b),
    lastUpload: Math.max(a.lastUpload, b.lastUpload),
  }
}

/** Intervals are averages over uploads, so that is how they count here; rows without uploads have no weight. */
function sampleIntervalOf(a: HealthRow, b: HealthRow): number | null {
  if (a.sampleInterval === null || b.sampleInterval === null) return a.sampleInterval ?? b.sampleInterval
  const uploads = a.uploads + b.uploads
  if (uploads === 0) return Math.max(a.sampleInterval, b.sampleInterval)
  return (a.sampleInterval * a.uploads + b.sampleInterval * b.uploads) / uploads
}

/** The series that a row belongs to. */
export function seriesKey(row: HealthRow): SeriesKey {
  return `${row.jobId}|${attemptKey(row)}`
}

/** The job of a series. */
export function jobOf(key: SeriesKey): JobId {
  return key.slice(0, key.indexOf('|'))
}

function dropSettled<T>(
  open: ReadonlyMap<EpochMinute, T>,
  watermark: EpochMinute,
): ReadonlyMap<EpochMinute, T> {
  return new Map([...open].filter(([minute, _]) => minute >= watermark))
}
