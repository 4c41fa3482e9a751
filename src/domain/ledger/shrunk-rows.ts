/* Rows that say less than was counted of them. The ledger keeps the highest value, so it has to be told. Pure. */
import type { JobId } from '../job/job.ts'
import type { EpochMinute } from '../time.ts'
import type { HealthRow } from './health-row.ts'
import type { Counts } from './job-totals.ts'
import { jobOf, type Ledger, type SeriesKey, seriesKey, sumSameSeries, type Window } from './ledger.ts'

export interface ShrunkRow {
  readonly minute: EpochMinute
  readonly jobId: JobId
  readonly series: SeriesKey
}

/** The series of the window whose counts, as just read, are below what the ledger has of them, or that are gone. */
export function shrunkRows(ledger: Ledger, window: Window, rows: readonly HealthRow[]): readonly ShrunkRow[] {
  const now = new Map<string, Counts>()
  for (const row of sumSameSeries(rows)) now.set(`${row.minute} ${seriesKey(row)}`, row)
  const shrunk: ShrunkRow[] = []
  for (const [minute, open] of ledger.open) {
    if (minute < window.from || minute >= window.to) continue
    for (const [series, counted] of open) {
      const read = now.get(`${minute} ${series}`)
      if (read === undefined || isLess(read, counted)) shrunk.push({ minute, jobId: jobOf(series), series })
    }
  }
  return shrunk
}

function isLess(read: Counts, counted: Counts): boolean {
  return read.uploads < counted.uploads || read.records < counted.records || read.bytes < counted.bytes
}
