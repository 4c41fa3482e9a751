/*
 * Files or records, and bytes, by minute over the last four hours, for comparing what was pushed with what arrived. In memory only
 * and bounded: two numbers a minute for each key that is watched.
 */
import type { Amount, AmountBetween } from '../../domain/arrival/comparison.ts'
import { type EpochMinute, type EpochMs, minuteOf } from '../../domain/time.ts'
import { createNumberRows } from '../state/number-rows.ts'

export const tallyMinutes = 240

export interface MinuteTally {
  /** From when on a key is known; the first call for a key counts. */
  begin(key: string, from: EpochMinute): void
  /** Forgets what is known of a key, and begins again. */
  restart(key: string, from: EpochMinute): void
  add(key: string, minute: EpochMinute, amount: Amount): void
  /** From when on a key is known; null while it is not. */
  since(key: string): EpochMinute | null
  /** Sums of one key, null where they reach beyond what is known. */
  between(key: string): AmountBetween
  /** Sums of slots of some minutes up to the one that `now` falls in, oldest first; null where unknown. */
  slots(key: string, now: EpochMs, minutes: number): readonly (Amount | null)[]
  /** Forgets all other keys. */
  keep(keys: { has(key: string): boolean }): void
}

interface Row {
  readonly count: number
  readonly bytes: number
  readonly from: EpochMinute
  newest: EpochMinute
}

export function createMinuteTally(): MinuteTally {
  const rows = createNumberRows(tallyMinutes)
  const known = new Map<string, Row>()

  const moveTo = (row: Row, minute: EpochMinute): void => {
    const first = Math.max(row.newest + 1, minute - tallyMinutes + 1)
    for (let each = first; each <= minute; each += 1)
      for (const measure of [row.count, row.bytes]) rows.set(measure, each % tallyMinutes, 0)
    row.newest = Math.max(row.newest, minute)
  }
  const sum = (row: Row, from: EpochMinute, to: EpochMinute): Amount => {
    let [count, bytes] = [0, 0]
    for (let minute = from; minute < to && minute <= row.newest; minute += 1) {
      count += rows.get(row.count, minute % tallyMinutes)
      bytes += rows.get(row.bytes, minute % tallyMinutes)
    }
    return { count, bytes }
  }
  const between =
    (key: string): AmountBetween =>
    (from, to) => {
      const row = known.get(key)
      if (row === undefined || from < row.from || from <= row.newest - tallyMinutes) return null
      return sum(row, from, to)
    }

  const begin = (key: string, from: EpochMinute): void => {
    if (known.has(key)) return
    known.set(key, { count: rows.take(), bytes: rows.take(), from, newest: from - 1 })
  }
  const forget = (key: string, row: Row): void => {
    rows.free(row.count)
    rows.free(row.bytes)
    known.delete(key)
  }

  return {
    begin,
    restart(key, from) {
      const row = known.get(key)
      if (row !== undefined) forget(key, row)
      begin(key, from)
    },
    add(key, minute, { count, bytes }) {
      const row = known.get(key)
      if (row === undefined || minute < row.from) return
      moveTo(row, minute)
      if (minute <= row.newest - tallyMinutes) return
      const place = minute % tallyMinutes
      rows.set(row.count, place, rows.get(row.count, place) + count)
      rows.set(row.bytes, place, rows.get(row.bytes, place) + bytes)
    },
    since: (key) => known.get(key)?.from ?? null,
    between,
    slots(key, now, minutes) {
      const count = Math.floor(tallyMinutes / minutes)
      const last = Math.floor(minuteOf(now) / minutes)
      return Array.from({ length: count }, (_, index) => {
        const from = (last - count + 1 + index) * minutes
        return between(key)(from, from + minutes)
      })
    },
    keep(keys) {
      for (const [key, row] of known) if (!keys.has(key)) forget(key, row)
    },
  }
}
