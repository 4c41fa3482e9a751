/*
 * The ledger as plain arrays and numbers, for the store. Flat on purpose: a scope is written on every poll.
 * The layout belongs to `recordVersion`; a change of layout raises it and comes with a migration.
 */

import { isObject } from '../plain-value.ts'
import type { EpochMinute } from '../time.ts'
import type { AttemptKey, Counts, JobTotals } from './job-totals.ts'
import type { Ledger, SeriesKey } from './ledger.ts'

export function ledgerToRecord(ledger: Ledger) {
  return {
    watermark: ledger.watermark,
    readTo: ledger.readTo,
    lateRows: ledger.lateRows,
    gapSeconds: ledger.gapSeconds,
    /** Per open minute: the minute, then for each series its key and five counts. */
    open: [...ledger.open].map(([minute, series]) => [
      minute,
      ...[...series].flatMap(([key, c]) => [
        key,
        c.uploads,
        c.records,
        c.bytes,
        c.compressedBytes,
        c.uploadSeconds,
      ]),
    ]),
    /** Per job: id, seven numbers (null as -1), then attempt keys and their uploads. */
    totals: [...ledger.totals].map(([id, t]) => [
      id,
      t.records,
      t.bytes,
      t.compressedBytes,
      t.recordsLost,
      t.bytesLost,
      t.uploadSeconds,
      t.lastUpload ?? -1,
      t.sampleInterval ?? -1,
      ...[...t.attempts].flat(),
    ]),
  }
}

/** Reads a stored record back; null when it is not one, which means that the store is damaged. */
export function ledgerFromRecord(record: unknown): Ledger | null {
  if (!isObject(record)) return null
  const { watermark, readTo, lateRows, gapSeconds } = record
  if (!isNumber(watermark) || !isNumber(readTo) || !isNumber(lateRows) || !isNumber(gapSeconds)) return null
  const open = readOpen(record.open)
  const totals = readTotals(record.totals)
  if (open === null || totals === null) return null
  return { watermark, readTo, open, totals, lateRows, gapSeconds }
}

function readOpen(value: unknown): Ledger['open'] | null {
  if (!Array.isArray(value)) return null
  const open = new Map<EpochMinute, ReadonlyMap<SeriesKey, Counts>>()
  for (const line of value) {
    const cells = readCells(line)
    const minute = cells?.[0]
    if (cells === null || !isNumber(minute) || (cells.length - 1) % 6 !== 0) return null
    const series = new Map<SeriesKey, Counts>()
    for (let i = 1; i < cells.length; i += 6) {
      const [key, uploads, records, bytes, compressedBytes, uploadSeconds] = cells.slice(i, i + 6)
      if (typeof key !== 'string' || !isNumber(uploads) || !isNumber(records) || !isNumber(bytes)) return null
      if (!isNumber(compressedBytes) || !isNumber(uploadSeconds)) return null
      series.set(key, { uploads, records, bytes, compressedBytes, uploadSeconds })
    }
    open.set(minute, series)
  }
  return open
}

function readTotals(value: unknown): Ledger['totals'] | null {
  if (!Array.isArray(value)) return null
  const totals = new Map<string, JobTotals>()
  for (const line of value) {
    const cells = readCells(line)
    const id = cells?.[0]
    if (cells === null || typeof id !== 'string' || cells.length < 9 || cells.length % 2 === 0) return null
    const numbers = cells.slice(1, 9).filter(isNumber)
    const [
      records,
      bytes,
      compressedBytes,
      recordsLost,
      bytesLost,
      uploadSeconds,
      lastUpload,
      sampleInterval,
    ] = numbers
    if (records === undefined || bytes === undefined || compressedBytes === undefined) return null
    if (recordsLost === undefined || bytesLost === undefined || uploadSeconds === undefined) return null
    if (lastUpload === undefined || sampleInterval === undefined) return null
    const attempts = new Map<AttemptKey, number>()
    for (let i = 9; i < cells.length; i += 2) {
      const [key, uploads] = [cells[i], cells[i + 1]]
      if (typeof key !== 'string' || !isNumber(uploads)) return null
      attempts.set(key, uploads)
    }
    totals.set(id, {
      attempts,
      records,
      bytes,
      compressedBytes,
      recordsLost,
      bytesLost,
      uploadSeconds,
      lastUpload: lastUpload < 0 ? null : lastUpload,
      sampleInterval: sampleInterval < 0 ? null : sampleInterval,
    })
  }
  return totals
}

function readCells(line: unknown): readonly unknown[] | null {
  return Array.isArray(line) ? line : null
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value)
}
