/*
 * Which part of a bucket to list for the files of one place that begin in a stretch of time. Where the day is the
 * last part of the path, or there is none, one listing covers any number of days; else each day has its own.
 */
import type { StorePlace } from '../destination/store-place.ts'
import { type EpochMs, minuteMs } from '../time.ts'
import { dateOf, stampOf, type TimeRange, timeRangeOf } from './file-name.ts'

/** Keys with the prefix, after `after` and before `until`, both exclusive, in the order of their bytes. */
export interface KeyWindow {
  readonly prefix: string
  readonly after: string
  readonly until: string
  /** Whether what lies in deeper folders may be left out. */
  readonly flat: boolean
}

const dayMs = 1440 * minuteMs
const dated = '{DATE}'

/** The windows that hold all files which begin at or after `from` and before `to`. */
export function keyWindows({ path }: Pick<StorePlace, 'path'>, { from, to }: Stretch): readonly KeyWindow[] {
  const at = path.indexOf(dated)
  if (at < 0) {
    const folder = path === '' ? '' : `${path}/`
    return [{ prefix: folder, ...between(from, to, () => folder), flat: true }]
  }
  if (path.endsWith(`/${dated}`) && at === path.length - dated.length) {
    const folder = path.slice(0, at)
    return [{ prefix: folder, ...between(from, to, (day) => `${folder}${day}/`), flat: false }]
  }
  const days: string[] = []
  // A file that begins at the end of a day may lie in the folder of the next.
  for (let day = Math.floor(from / dayMs); day * dayMs <= to; day += 1) days.push(dateOf(day * dayMs))
  return days.map((day) => {
    const folder = `${path.replaceAll(dated, day)}/`
    return { prefix: folder, ...between(from, to, () => folder), flat: true }
  })
}

/** A stretch of time. */
export interface Stretch {
  readonly from: EpochMs
  readonly to: EpochMs
}

function between(
  from: EpochMs,
  to: EpochMs,
  folder: (day: string) => string,
): Pick<KeyWindow, 'after' | 'until'> {
  // Shorter than any key that begins in that second, so that it stands before all of them.
  const bound = (at: EpochMs): string => `${folder(dateOf(at))}${stampOf(at).slice(0, -1)}`
  return { after: bound(from), until: bound(to) }
}

/** The time range of a key of this place; null for what is no log file of it. */
export function rangeOfKey({ path }: Pick<StorePlace, 'path'>, key: string): TimeRange | null {
  const cut = key.lastIndexOf('/')
  const range = timeRangeOf(key.slice(cut + 1))
  if (range === null) return null
  const folder = key.slice(0, Math.max(cut, 0))
  if (!path.includes(dated)) return folder === path ? range : null
  // The day is that of the range, or the next where the batch was retried over midnight: no other is of this job.
  const name = key.slice(cut + 1)
  const isOf = (day: string): boolean => folder === path.replaceAll(dated, day)
  const ofRange = isOf(name.slice(0, 8)) || isOf(name.slice(17, 25))
  return ofRange || isOf(dateOf(range.end + dayMs)) ? range : null
}

const hourMs = 60 * minuteMs
const manyHours = 12

/**
 * As `keyWindows`, for stores that cannot begin a listing in the middle: cut into hours, or days where it is long,
 * each with a prefix that holds little else.
 */
export function slicedWindows(
  { path }: Pick<StorePlace, 'path'>,
  { from, to }: Stretch,
): readonly KeyWindow[] {
  const step = to - from > manyHours * hourMs ? dayMs : hourMs
  const windows: KeyWindow[] = []
  for (let start = Math.floor(from / step) * step; start < to; start += step) {
    const begin = stampOf(start).slice(0, step === dayMs ? 8 : 11)
    const days = new Set([start, start + step].map(dateOf))
    const folders = new Set([...days].map((day) => (path === '' ? '' : `${path.replaceAll(dated, day)}/`)))
    for (const folder of folders) {
      const bound = (at: EpochMs): string => `${folder}${stampOf(at).slice(0, -1)}`
      const [after, until] = [bound(Math.max(from, start)), bound(Math.min(to, start + step))]
      windows.push({ prefix: `${folder}${begin}`, after, until, flat: false })
    }
  }
  return windows
}
