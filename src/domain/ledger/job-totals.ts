import type { EpochMs } from '../time.ts'
import type { HealthRow } from './health-row.ts'

/** What sets attempts of one job apart in the totals: `<destination type>|<status>|<final><success>`. */
export type AttemptKey = string

export type Attempt = Pick<HealthRow, 'destinationType' | 'status' | 'final' | 'success'>

export function attemptKey(attempt: Attempt): AttemptKey {
  return `${attempt.destinationType}|${attempt.status}|${attempt.final ? 1 : 0}${attempt.success ? 1 : 0}`
}

/** The inverse of `attemptKey`. A destination type never holds a `|`: whoever decodes it sees to that. */
export function parseAttemptKey(key: AttemptKey): Attempt {
  const [destinationType = '', status = '0', marks = ''] = key.split('|')
  return { destinationType, status: Number(status), final: marks[0] === '1', success: marks[1] === '1' }
}

/** The sums of one row, or the difference between two sights of it. */
export type Counts = Pick<HealthRow, 'uploads' | 'records' | 'bytes' | 'compressedBytes' | 'uploadSeconds'>

export const noCounts: Counts = { uploads: 0, records: 0, bytes: 0, compressedBytes: 0, uploadSeconds: 0 }

/** Two counts made into one, field by field. */
const fieldwise =
  (of: (a: number, b: number) => number) =>
  (a: Counts, b: Counts): Counts => ({
    uploads: of(a.uploads, b.uploads),
    records: of(a.records, b.records),
    bytes: of(a.bytes, b.bytes),
    compressedBytes: of(a.compressedBytes, b.compressedBytes),
    uploadSeconds: of(a.uploadSeconds, b.uploadSeconds),
  })

export const maxCounts = fieldwise((a, b) => Math.max(a, b))
export const sumCounts = fieldwise((a, b) => a + b)
export const difference = fieldwise((a, b) => a - b)

/** Field by field, as it is asked of each row that is read. */
export function isNothing({ uploads, records, bytes, compressedBytes, uploadSeconds }: Counts): boolean {
  return uploads === 0 && records === 0 && bytes === 0 && compressedBytes === 0 && uploadSeconds === 0
}

/** Everything counted for one job since the ledger began. Only ever grows. */
export interface JobTotals {
  /** Upload attempts by destination type, status, final and success. */
  readonly attempts: ReadonlyMap<AttemptKey, number>
  /** Delivered: final and successful. */
  readonly records: number
  readonly bytes: number
  readonly compressedBytes: number
  /** Lost: final and not successful. */
  readonly recordsLost: number
  readonly bytesLost: number
  /** Over all attempts. */
  readonly uploadSeconds: number
  /** The latest attempt seen. */
  readonly lastUpload: EpochMs | null
  /** The highest average sample interval of the newest rows; 1 means that nothing was sampled away. */
  readonly sampleInterval: number | null
}

export const noTotals: JobTotals = {
  attempts: new Map(),
  records: 0,
  bytes: 0,
  compressedBytes: 0,
  recordsLost: 0,
  bytesLost: 0,
  uploadSeconds: 0,
  lastUpload: null,
  sampleInterval: null,
}

/** The totals with a row's newly seen counts added. */
export function addCounts(totals: JobTotals, row: HealthRow, counts: Counts): JobTotals {
  const attempts = new Map(totals.attempts)
  const key = attemptKey(row)
  attempts.set(key, (attempts.get(key) ?? 0) + counts.uploads)
  const delivered = row.final && row.success
  const lost = row.final && !row.success
  return {
    attempts,
    records: totals.records + (delivered ? counts.records : 0),
    bytes: totals.bytes + (delivered ? counts.bytes : 0),
    compressedBytes: totals.compressedBytes + (delivered ? counts.compressedBytes : 0),
    recordsLost: totals.recordsLost + (lost ? counts.records : 0),
    bytesLost: totals.bytesLost + (lost ? counts.bytes : 0),
    uploadSeconds: totals.uploadSeconds + counts.uploadSeconds,
    lastUpload: Math.max(totals.lastUpload ?? 0, row.lastUpload),
    sampleInterval: totals.sampleInterval,
  }
}

/** How many attempts of the job fit the question, e.g. all, the retried ones, the lost batches. */
export function countAttempts(totals: JobTotals, fits: (attempt: Attempt) => boolean): number {
  let sum = 0
  for (const [key, uploads] of totals.attempts) if (fits(parseAttemptKey(key))) sum += uploads
  return sum
}
