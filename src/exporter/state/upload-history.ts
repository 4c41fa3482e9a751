/*
 * What became of each job's uploads in the last hours, in slots of five minutes by the minute that Cloudflare
 * gives, for pages to draw. It lives in memory only and is bounded: a job costs one row of numbers per measure that
 * was ever above zero lately, and a job that has been quiet for longer than the ring reaches costs nothing.
 */
import type { JobId } from '../../domain/job/job.ts'
import { type Ledger, type MinuteCounts, openCounts } from '../../domain/ledger/ledger.ts'
import type { ScopeKey } from '../../domain/scope.ts'
import { type EpochMinute, type EpochMs, minuteMs } from '../../domain/time.ts'
import { createNumberRows } from './number-rows.ts'

export const slotMinutes = 5
export const slotMs = slotMinutes * minuteMs
/** Four hours. */
export const slotCount = 48

const measures = ['uploads', 'retries', 'lostBatches', 'records', 'lostRecords'] as const
type Measure = (typeof measures)[number]

/** Sums over a slot or several. Uploads are attempts of any outcome; records are those delivered. */
export type HistorySums = Readonly<Record<Measure, number>>

export interface HistorySlot extends HistorySums {
  readonly start: EpochMs
}

/** Row numbers by measure, null where there is none yet, and the newest slot that was entered. */
type Entry = Record<Measure, number | null> & { newest: number }

const hourSlots = 60 / slotMinutes + 1

const noRows = { uploads: null, retries: null, lostBatches: null, records: null, lostRecords: null }
const noSums: HistorySums = { uploads: 0, retries: 0, lostBatches: 0, records: 0, lostRecords: 0 }

export type UploadHistory = ReturnType<typeof createUploadHistory>

export function createUploadHistory() {
  const rows = createNumberRows(slotCount)
  const entries = new Map<JobId, Entry>()
  const knownFrom = new Map<ScopeKey, EpochMinute>()
  let newest = Number.NEGATIVE_INFINITY

  const rowsOf = (entry: Entry): readonly number[] => measures.flatMap((measure) => entry[measure] ?? [])
  const forget = (id: JobId, entry: Entry): void => {
    for (const row of rowsOf(entry)) rows.free(row)
    entries.delete(id)
  }
  const moveTo = (slot: number): void => {
    newest = slot
    for (const [id, entry] of entries) if (entry.newest <= slot - slotCount) forget(id, entry)
  }
  const entryOf = (id: JobId, slot: number): Entry => {
    const known = entries.get(id)
    const entry = known ?? { newest: slot, ...noRows }
    if (known === undefined) entries.set(id, entry)
    while (entry.newest < slot) {
      entry.newest += 1
      for (const row of rowsOf(entry)) rows.set(row, entry.newest % slotCount, 0)
    }
    return entry
  }
  const add = (entry: Entry, measure: Measure, slot: number, value: number): void => {
    if (value === 0) return
    entry[measure] ??= rows.take()
    const place = slot % slotCount
    rows.set(entry[measure], place, rows.get(entry[measure], place) + value)
  }
  const enter = ({ minute, jobId, final, success, counts }: MinuteCounts): void => {
    const slot = Math.floor(minute / slotMinutes)
    if (slot > newest) moveTo(slot)
    if (slot <= newest - slotCount) return
    const entry = entryOf(jobId, slot)
    add(entry, 'uploads', slot, counts.uploads)
    if (!final) add(entry, 'retries', slot, counts.uploads)
    else if (success) add(entry, 'records', slot, counts.records)
    else {
      add(entry, 'lostBatches', slot, counts.uploads)
      add(entry, 'lostRecords', slot, counts.records)
    }
  }
  const value = (entry: Entry | undefined, measure: Measure, slot: number): number => {
    const row = entry?.[measure] ?? null
    if (entry === undefined || row === null) return 0
    if (slot > entry.newest || slot <= entry.newest - slotCount) return 0
    return rows.get(row, slot % slotCount)
  }
  const sums = (entry: Entry | undefined, from: number, to: number): HistorySums => {
    const result: Record<Measure, number> = { ...noSums }
    for (const measure of measures)
      for (let slot = from; slot <= to; slot += 1) result[measure] += value(entry, measure, slot)
    return result
  }

  return {
    /** Enters what a read of a scope counted; at the scope's first read, what its ledger already knew as well. */
    counted(scope: ScopeKey, before: Ledger, added: Iterable<MinuteCounts>): void {
      if (!knownFrom.has(scope)) {
        knownFrom.set(scope, before.watermark)
        for (const counts of openCounts(before)) enter(counts)
      }
      for (const counts of added) enter(counts)
    },
    /** Forgets scopes that are watched no more. */
    keepScopes(watched: { has(key: ScopeKey): boolean }): void {
      for (const key of knownFrom.keys()) if (!watched.has(key)) knownFrom.delete(key)
    },
    /** The slots up to the one that now falls in, oldest first; always `slotCount` of them. */
    slots(id: JobId, now: EpochMs): readonly HistorySlot[] {
      const entry = entries.get(id)
      const last = slotOf(now)
      return Array.from({ length: slotCount }, (_, index) => {
        const slot = last - slotCount + 1 + index
        return { start: slot * slotMs, ...sums(entry, slot, slot) }
      })
    },
    /** Sums of the last hour, counted in whole slots: between 60 and 65 minutes. */
    lastHour(id: JobId, now: EpochMs): HistorySums {
      const last = slotOf(now)
      return sums(entries.get(id), last - hourSlots + 1, last)
    },
    /** Batches lost in the last hour. */
    lostLately(id: JobId, now: EpochMs): number {
      const entry = entries.get(id)
      const last = slotOf(now)
      let lost = 0
      for (let slot = last - hourSlots + 1; slot <= last; slot += 1) lost += value(entry, 'lostBatches', slot)
      return lost
    },
    /** When the first slot with a lost batch began, of the losses that go on until now; null without such. */
    losingSince(id: JobId, now: EpochMs): EpochMs | null {
      const entry = entries.get(id)
      const last = slotOf(now)
      let since: number | null = null
      for (let slot = last; slot > last - slotCount && slot > (since ?? last) - hourSlots; slot -= 1)
        if (value(entry, 'lostBatches', slot) > 0) since = slot
      return since === null ? null : since * slotMs
    },
    /** From when on the scope's slots are known; null before its first read. */
    knownFrom(scope: ScopeKey): EpochMs | null {
      const minute = knownFrom.get(scope)
      return minute === undefined ? null : minute * minuteMs
    },
  }
}

function slotOf(now: EpochMs): number {
  return Math.floor(now / slotMs)
}
