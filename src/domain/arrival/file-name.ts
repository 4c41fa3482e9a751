/*
 * Names of log files: `20261128T101430Z_20261128T101500Z_0a1b2c3d.log.gz`, the time range of the logs and a part that
 * is unique. Keys of one folder thus sort by the start of their range.
 */
import type { EpochMs } from '../time.ts'

/** Half-open, in whole seconds. */
export interface TimeRange {
  readonly start: EpochMs
  readonly end: EpochMs
}

const shape =
  /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z_(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z_[0-9A-Za-z-]+\.(?:log|json|csv)(?:\.gz)?$/

/** Null for everything that is no log file: challenges, tests, what others put there. */
export function timeRangeOf(name: string): TimeRange | null {
  const match = shape.exec(name)
  if (match === null) return null
  const start = instant(match.slice(1, 7))
  const end = instant(match.slice(7, 13))
  return start === null || end === null || end < start ? null : { start, end }
}

function instant(parts: readonly string[]): EpochMs | null {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts.map(Number)
  if (year < 1970 || hour > 23 || minute > 59 || second > 59) return null
  const at = Date.UTC(year, month - 1, day, hour, minute, second)
  // A 31 February would roll over into March. Parts are compared, for writing a date takes as long as all the rest.
  const date = new Date(at)
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? at : null
}

/** The instant as file names have it: `20261128T101430Z`. */
export function stampOf(at: EpochMs): string {
  return `${new Date(at).toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`
}

/** What `{DATE}` stands for on that day: `20261128`. */
export function dateOf(at: EpochMs): string {
  return stampOf(at).slice(0, 8)
}
