import { arrivalKey } from '../../domain/arrival/arrival-place.ts'
import { createArrivalMemory } from '../../exporter/arrival/arrival-memory.ts'
import { type ArrivalDeps, type ArrivalPoll, createArrivalPoll } from '../../exporter/arrival/arrival-poll.ts'
import { slotMinutes, slotMs, type UploadHistory } from '../../exporter/state/upload-history.ts'
import type { ArrivalHistory } from '../../exporter/view/arrival-status.ts'
import type { RecordStore } from '../../ports/record-store.ts'
import { openReaders } from '../arrival-readers.ts'

export interface ArrivalPartDeps extends Omit<ArrivalDeps, 'memory' | 'readers'> {
  readonly store: RecordStore
  readonly env: Readonly<Record<string, string | undefined>>
}

/** The watch of destinations. What reads a kind of store is loaded when the first one is read. */
export function openArrival(deps: ArrivalPartDeps): ArrivalPoll {
  return createArrivalPoll({
    ...deps,
    memory: createArrivalMemory(deps.store, deps.log),
    readers: openReaders(deps.env),
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

/** Pushed and arrived in the slots that the pages draw. */
export function slotsOf({ tallies }: Pick<ArrivalPoll, 'tallies'>): ArrivalHistory {
  return ({ place, jobs }, now) => {
    const pushed = tallies.pushed.slots(jobs, now, slotMinutes)
    const arrived = tallies.arrived.slots(arrivalKey(place), now, slotMinutes)
    const last = Math.floor(now / slotMs)
    return arrived.map((amount, index) => ({
      start: (last - arrived.length + 1 + index) * slotMs,
      pushed: pushed[index] ?? null,
      arrived: amount,
    }))
  }
}
