import { hasFiles } from '../../domain/arrival/arrival-place.ts'
import {
  beginRecords,
  type CountedSpan,
  enterRecords,
  spansToCount,
} from '../../domain/arrival/record-ledger.ts'
import { minuteMs } from '../../domain/time.ts'
import { InternalError } from '../../errors.ts'
import type { RecordCounter } from '../../ports/record-counter.ts'
import type { ArrivalGroup } from './arrival-groups.ts'
import type { ArrivalMemory } from './arrival-memory.ts'
import type { MinuteTally } from './minute-tally.ts'
import type { PlaceWatch } from './place-watch.ts'

export interface RecordWatchDeps {
  readonly memory: ArrivalMemory
  readonly arrived: MinuteTally
  readonly counterOf: (group: ArrivalGroup) => RecordCounter
}

/** Counts the records of a place, minute by minute: one call a minute, and a few more after a pause. */
export function createRecordWatch(key: string, { memory, arrived, counterOf }: RecordWatchDeps): PlaceWatch {
  let records = memory.records(key)
  return {
    ledger: () => null,
    records: () => records,
    async look(group, { now }, signal) {
      const { place } = group
      if (hasFiles(place)) throw new InternalError(`files are to be counted at ${place.store}`)
      if (records === null) {
        const begun = beginRecords(now)
        await memory.saveRecords(key, begun)
        records = begun
      }
      const counter = counterOf(group)
      const counted: CountedSpan[] = []
      for (const span of spansToCount(records, now))
        counted.push({ ...span, records: await counter.count(place, span, { signal }) })
      const next = enterRecords(records, counted)
      if (next !== records) await memory.saveRecords(key, next)
      records = next
      const [first] = counted
      // A stretch that was counted as one says nothing of its minutes: they are before what is known from then on.
      if (first !== undefined && first.to - first.from > 1) arrived.restart(key, first.to)
      else arrived.begin(key, first?.from ?? next.countedTo)
      for (const { from, records } of counted) arrived.add(key, from, { count: records, bytes: 0 })
      return next.countedTo * minuteMs
    },
  }
}
