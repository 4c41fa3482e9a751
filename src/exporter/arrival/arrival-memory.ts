import type { ArrivalLedger } from '../../domain/arrival/arrival-ledger.ts'
import { arrivalFromRecord, arrivalToRecord } from '../../domain/arrival/stored-arrival.ts'
import type { RecordStore } from '../../ports/record-store.ts'
import type { Log } from '../../ports/runtime.ts'

const prefix = 'arrival:'

/** What has arrived at each place, over restarts: one record a place. */
export interface ArrivalMemory {
  ledger(place: string): ArrivalLedger | null
  /** Resolves when a crash can no longer lose it. */
  save(place: string, ledger: ArrivalLedger): Promise<void>
}

export function createArrivalMemory(store: RecordStore, log: Log): ArrivalMemory {
  return {
    ledger(place) {
      const record = store.get(`${prefix}${place}`)
      if (record === undefined) return null
      const ledger = arrivalFromRecord(record)
      if (ledger === null)
        log.error({ key: `${prefix}${place}` }, 'an arrival record is damaged; this place starts from zero')
      return ledger
    },
    save: (place, ledger) => store.put(`${prefix}${place}`, arrivalToRecord(ledger)),
  }
}
