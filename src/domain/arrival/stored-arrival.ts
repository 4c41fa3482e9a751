/* An arrival ledger as plain values, for the store: known files are packed into one text, some 20 bytes each. */
import { isObject } from '../plain-value.ts'
import type { ArrivalLedger, Gap, KnownFile } from './arrival-ledger.ts'
import type { RecordLedger } from './record-ledger.ts'

export function arrivalToRecord(ledger: ArrivalLedger): Readonly<Record<string, unknown>> {
  const { known, gaps, ...counts } = ledger
  return {
    v: 1,
    ...counts,
    gaps: gaps.map(({ from, to }) => [from, to]),
    known: known
      .map(({ start, end, hash }) => {
        const seconds = [(start - ledger.floor) / 1_000, (end - start) / 1_000]
        return `${seconds.map((number) => number.toString(36)).join('.')}.${hash}`
      })
      .join(' '),
  }
}

/** Null when it is no such record, which means that the store is damaged. */
export function arrivalFromRecord(record: unknown): ArrivalLedger | null {
  if (!isObject(record) || record.v !== 1) return null
  const {
    began,
    sighted = true,
    files,
    bytes,
    lateFiles,
    newestEnd,
    newestStart,
    floor,
    coveredTo,
    gapMs,
  } = record
  if (!isCount(began) || !isCount(files) || !isCount(bytes) || !isCount(lateFiles)) return null
  if (!isCount(floor) || !isCount(gapMs) || typeof sighted !== 'boolean') return null
  if (!isCountOrNull(newestEnd) || !isCountOrNull(newestStart) || !isCountOrNull(coveredTo)) return null
  const gaps = readGaps(record.gaps)
  const known = readKnown(record.known, floor)
  if (gaps === null || known === null) return null
  return {
    began,
    sighted,
    files,
    bytes,
    lateFiles,
    newestEnd,
    newestStart,
    floor,
    known,
    coveredTo,
    gapMs,
    gaps,
  }
}

export function recordsToRecord(ledger: RecordLedger): Readonly<Record<string, unknown>> {
  return { v: 1, ...ledger }
}

/** Null when it is no such record. */
export function recordsFromRecord(record: unknown): RecordLedger | null {
  if (!isObject(record) || record.v !== 1) return null
  const { began, records, countedTo } = record
  return isCount(began) && isCount(records) && isCount(countedTo) ? { began, records, countedTo } : null
}

function readGaps(value: unknown): readonly Gap[] | null {
  if (!Array.isArray(value)) return null
  const gaps: Gap[] = []
  for (const pair of value) {
    const [from, to]: readonly unknown[] = Array.isArray(pair) ? pair : []
    if (!isCount(from) || !isCount(to)) return null
    gaps.push({ from, to })
  }
  return gaps
}

function readKnown(value: unknown, floor: number): readonly KnownFile[] | null {
  if (typeof value !== 'string') return null
  if (value === '') return []
  const known: KnownFile[] = []
  for (const packed of value.split(' ')) {
    const [, from = '', length = '', hash = ''] = /^([0-9a-z]+)\.([0-9a-z]+)\.([0-9a-z]+)$/.exec(packed) ?? []
    if (hash === '') return null
    const start = floor + Number.parseInt(from, 36) * 1_000
    known.push({ start, end: start + Number.parseInt(length, 36) * 1_000, hash })
  }
  return known
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0
}

function isCountOrNull(value: unknown): value is number | null {
  return value === null || isCount(value)
}
