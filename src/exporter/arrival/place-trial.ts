/* One look at a place, as small as it gets, to see whether it can be read. */
import { hasFiles } from '../../domain/arrival/arrival-place.ts'
import { type KeyWindow, keyWindows, rangeOfKey, slicedWindows } from '../../domain/arrival/listing-window.ts'
import { type EpochMs, minuteMs, minuteOf } from '../../domain/time.ts'
import type { CallOptions } from '../../ports/cloudflare.ts'
import type { ListPage } from '../../ports/object-lister.ts'
import type { ArrivalGroup } from './arrival-groups.ts'
import type { ArrivalReaders } from './arrival-readers.ts'

const hourMinutes = 60

/** What the last hour holds: log files, as far as one call shows them, or records. */
export interface Trial {
  readonly found: number
  /** Null where there is none, or there are no files. */
  readonly newestEnd: EpochMs | null
}

/** @throws ApiFailure */
export async function tryPlace(
  { place, rule }: Pick<ArrivalGroup, 'place' | 'rule'>,
  readers: ArrivalReaders,
  now: EpochMs,
  options: CallOptions,
): Promise<Trial> {
  if (!hasFiles(place)) {
    const to = minuteOf(now)
    const found = await readers.counter({ rule }).count(place, { from: to - hourMinutes, to }, options)
    return { found, newestEnd: null }
  }
  const hour = { from: now - hourMinutes * minuteMs, to: now + minuteMs }
  const lister = readers.lister({ rule })
  const pageOf = async (windows: readonly KeyWindow[]): Promise<ListPage | null> => {
    const window = windows.at(-1)
    return window === undefined ? null : lister.list({ place, ...window, cursor: null }, options)
  }
  const first = await pageOf(keyWindows(place, hour))
  const page = first?.sought === false ? await pageOf(slicedWindows(place, hour)) : first
  const ends = (page?.objects ?? []).flatMap(({ key }) => rangeOfKey(place, key)?.end ?? [])
  return { found: ends.length, newestEnd: ends.length === 0 ? null : Math.max(...ends) }
}
