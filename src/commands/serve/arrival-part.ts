import { createArrivalMemory } from '../../exporter/arrival/arrival-memory.ts'
import { type ArrivalDeps, type ArrivalPoll, createArrivalPoll } from '../../exporter/arrival/arrival-poll.ts'
import type { UploadHistory } from '../../exporter/state/upload-history.ts'
import { createObjectLister } from '../../objectstore/object-lister.ts'
import type { RecordStore } from '../../ports/record-store.ts'
import { storeSettings } from '../object-stores.ts'

export interface ArrivalPartDeps extends Omit<ArrivalDeps, 'memory' | 'open'> {
  readonly store: RecordStore
  readonly env: Readonly<Record<string, string | undefined>>
}

/** The watch of destinations. What reads a kind of store is loaded when the first one is read. */
export function openArrival(deps: ArrivalPartDeps): ArrivalPoll {
  return createArrivalPoll({
    ...deps,
    memory: createArrivalMemory(deps.store, deps.log),
    open: (read) => createObjectLister(read, storeSettings(deps.env)),
  })
}

/** The history, with the arrival watch told of the same uploads. */
export function toldTo(uploads: UploadHistory, arrival: Pick<ArrivalPoll, 'pushed'>): UploadHistory {
  return {
    ...uploads,
    counted(scope, before, added) {
      const counts = [...added]
      uploads.counted(scope, before, counts)
      arrival.pushed(scope, before, counts)
    },
  }
}
