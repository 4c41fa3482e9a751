/*
 * Reads one row. By hand and not by a schema: an answer has thousands of rows, a schema takes twenty times as long for
 * each, and nothing else is answered meanwhile.
 */
import type { HealthRow } from '../../domain/ledger/health-row.ts'
import { isObject } from '../../domain/plain-value.ts'
import { type EpochMs, minuteMs, minuteOf, startOfMinute } from '../../domain/time.ts'
import { instantOf } from '../fields.ts'

export type ReadRow =
  | { readonly ok: true; readonly row: HealthRow }
  /** The first field that cannot be read, as in `sum.uploads`; empty where the row is no object. */
  | { readonly ok: false; readonly field: string }

const nothing: Readonly<Record<string, unknown>> = {}

/** Reads a row as it came. What counting does without cannot make it unreadable. */
export function readHealthRow(raw: unknown): ReadRow {
  if (!isObject(raw)) return misfit('')
  const { dimensions, sum } = raw
  if (!isObject(dimensions)) return misfit('dimensions')
  const at = instant(dimensions.datetimeMinute)
  if (at === null) return misfit('dimensions.datetimeMinute')
  const jobId = digits(dimensions.jobId)
  if (jobId === null) return misfit('dimensions.jobId')
  const { status, final, success } = dimensions
  if (!Number.isSafeInteger(status) || typeof status !== 'number') return misfit('dimensions.status')
  if (final !== 0 && final !== 1) return misfit('dimensions.final')
  if (success !== 0 && success !== 1) return misfit('dimensions.success')
  if (!isObject(sum)) return misfit('sum')
  const uploads = count(sum.uploads)
  if (uploads === null) return misfit('sum.uploads')
  const records = count(sum.records)
  if (records === null) return misfit('sum.records')
  const bytes = count(sum.bytes)
  if (bytes === null) return misfit('sum.bytes')
  const compressedBytes = count(sum.bytesCompressed)
  if (compressedBytes === null) return misfit('sum.bytesCompressed')

  const minute = minuteOf(at)
  const { uploadDuration, sampleInterval } = isObject(raw.avg) ? raw.avg : nothing
  const { timestamp } = isObject(raw.max) ? raw.max : nothing
  const row: HealthRow = {
    minute,
    jobId,
    destinationType: typeOf(dimensions.destinationType),
    status,
    final: final === 1,
    success: success === 1,
    uploads,
    records,
    bytes,
    compressedBytes,
    // Where the API has no average it writes -1.
    uploadSeconds: isNumber(uploadDuration) ? Math.max(0, uploadDuration) * uploads : 0,
    sampleInterval: isNumber(sampleInterval) && sampleInterval > 0 ? sampleInterval : null,
    lastUpload: within(instant(timestamp), startOfMinute(minute)),
  }
  return { ok: true, row }
}

function misfit(field: string): ReadRow {
  return { ok: false, field }
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value)
}

function instant(value: unknown): EpochMs | null {
  return typeof value === 'string' ? instantOf(value) : null
}

/** A uint64 comes as a number, or as a text where a server keeps all digits. */
function count(value: unknown): number | null {
  const read = typeof value === 'string' && isDigits(value) ? Number(value) : value
  return isNumber(read) && read >= 0 ? read : null
}

/** Job ids are compared as numbers, so digits are all that may stand there. A number that lost digits is refused. */
function digits(value: unknown): string | null {
  const text = Number.isSafeInteger(value) ? String(value) : value
  return typeof text === 'string' && isDigits(text) ? text : null
}

function isDigits(text: string): boolean {
  return /^\d+$/.test(text)
}

/** Never with a `|`, which keys of series are made with. */
function typeOf(value: unknown): string {
  return typeof value === 'string' ? value.toLowerCase().replaceAll('|', '_') : 'unknown'
}

/** The time of the last upload of a minute, or its start where the API gives none, or one of another time. */
function within(timestamp: EpochMs | null, start: EpochMs): EpochMs {
  return timestamp !== null && timestamp >= start && timestamp < start + minuteMs ? timestamp : start
}
