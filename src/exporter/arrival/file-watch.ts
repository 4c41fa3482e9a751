import { type ArrivalLedger, beginLedger } from '../../domain/arrival/arrival-ledger.ts'
import { minuteMs, minuteOf } from '../../domain/time.ts'
import type { ObjectLister } from '../../ports/object-lister.ts'
import type { ArrivalGroup } from './arrival-groups.ts'
import { type Look, lookAt, settled } from './arrival-look.ts'
import type { ArrivalMemory } from './arrival-memory.ts'
import type { MinuteTally } from './minute-tally.ts'
import type { LookTime, PlaceWatch } from './place-watch.ts'

export interface FileWatchDeps {
  readonly memory: ArrivalMemory
  readonly arrived: MinuteTally
  readonly listerOf: (group: ArrivalGroup) => ObjectLister
}

/** How often late files are looked for. */
const deepEveryMs = 10 * minuteMs

/** Lists the files of a place: what is new at each look, late ones now and then. */
export function createFileWatch(key: string, { memory, arrived, listerOf }: FileWatchDeps): PlaceWatch {
  let ledger = memory.ledger(key)
  /** Whether the last look saw all there was. */
  let caughtUp = false
  /** Whether the store can begin a listing in the middle of a prefix: believed until it does not. */
  let seeks = true
  /** When late files were last looked for, by the monotonic clock; null before the first look that worked. */
  let deepAt: number | null = null

  /** What is written from the first try on counts, even if the try fails. */
  const begun = async ({ rule }: ArrivalGroup, { now }: LookTime): Promise<ArrivalLedger> => {
    const begun = beginLedger(now, rule.lateWindowMs)
    await memory.save(key, begun)
    return begun
  }
  /** Counts by minute: at the first look all that is there, afterwards what is new. */
  const tally = ({ from, listed, added }: Look): void => {
    const first = deepAt === null
    if (first) arrived.restart(key, minuteOf(from + minuteMs - 1))
    for (const { written, bytes } of first ? listed : added)
      arrived.add(key, minuteOf(written), { count: 1, bytes })
  }

  return {
    ledger: () => ledger,
    records: () => null,
    async look(group, time, signal) {
      const { now, monotonic, pushed } = time
      const deep = deepAt === null || monotonic - deepAt >= deepEveryMs
      const before = ledger ?? (await begun(group, time))
      ledger = before
      const look = { group, ledger: before, deep, caughtUp, seeks, now }
      caughtUp = false
      const seen = await lookAt(listerOf(group), look, { signal })
      tally(seen)
      const next = settled(seen.ledger, {
        complete: seen.complete,
        lateWindowMs: group.rule.lateWindowMs,
        now,
        pushed,
        arrived: arrived.between(key),
      })
      if (next !== before) await memory.save(key, next)
      ledger = next
      if (deep) deepAt = monotonic
      caughtUp = seen.complete
      seeks = seen.seeks
      return seen.complete ? now : null
    },
  }
}
