import type { ArrivalLedger } from '../../domain/arrival/arrival-ledger.ts'
import type { RecordLedger } from '../../domain/arrival/record-ledger.ts'
import {
  arrivalFromRecord,
  arrivalToRecord,
  recordsFromRecord,
  recordsToRecord,
} from '../../domain/arrival/stored-arrival.ts'
import type { EpochMs } from '../../domain/time.ts'
import type { RecordStore } from '../../ports/record-store.ts'
import type { Log } from '../../ports/runtime.ts'

const prefix = 'arrival:'
const goneMark = 'arrival-gone:'
/** How long a place that is not watched is remembered: its job may come back, with its counts. */
const forgetAfterMs = 30 * 86_400_000

/** What has arrived at each place, over restarts: one record a place. */
export interface ArrivalMemory {
  ledger(place: string): ArrivalLedger | null
  /** Resolves when a crash can no longer lose it. */
  save(place: string, ledger: ArrivalLedger): Promise<void>
  records(place: string): RecordLedger | null
  saveRecords(place: string, ledger: RecordLedger): Promise<void>
  /** Whether any place is remembered. */
  isEmpty(): boolean
  /** The places that are watched now: one that is not for 30 days is forgotten. */
  seen(places: { has(place: string): boolean }, now: EpochMs): Promise<void>
}

export function createArrivalMemory(store: RecordStore, log: Log): ArrivalMemory {
  const read = <T>(place: string, parse: (record: unknown) => T | null): T | null => {
    const record = store.get(`${prefix}${place}`)
    if (record === undefined) return null
    const ledger = parse(record)
    if (ledger === null)
      log.error({ key: `${prefix}${place}` }, 'an arrival record is damaged; this place starts from zero')
    return ledger
  }
  return {
    ledger: (place) => read(place, arrivalFromRecord),
    records: (place) => read(place, recordsFromRecord),
    saveRecords: (place, ledger) => store.put(`${prefix}${place}`, recordsToRecord(ledger)),
    save: (place, ledger) => store.put(`${prefix}${place}`, arrivalToRecord(ledger)),
    isEmpty: () => store.keys(prefix).length === 0,
    async seen(places, now) {
      const marks = new Set(store.keys(goneMark))
      for (const key of store.keys(prefix)) {
        const place = key.slice(prefix.length)
        const mark = `${goneMark}${place}`
        if (places.has(place)) {
          if (marks.has(mark)) await store.remove(mark)
          continue
        }
        const since = marks.has(mark) ? store.get(mark) : undefined
        if (typeof since !== 'number') await store.put(mark, now)
        else if (now - since >= forgetAfterMs) for (const gone of [mark, key]) await store.remove(gone)
      }
    },
  }
}
