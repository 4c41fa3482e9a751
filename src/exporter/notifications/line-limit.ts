import type { EpochMs } from '../../domain/time.ts'

/** So many lines in so long. */
const maxLines = 10
const everyMs = 60_000

/**
 * Lets some lines a minute into the log and counts the others: whoever has the webhook's secret can send thousands.
 * Gives how many were left out before this line, or null where it is left out itself.
 */
export function createLineLimit(): (now: EpochMs) => number | null {
  let since = Number.NEGATIVE_INFINITY
  let lines = 0
  let leftOut = 0
  return (now) => {
    if (Math.abs(now - since) >= everyMs) {
      since = now
      lines = 0
    }
    if (lines >= maxLines) {
      leftOut += 1
      return null
    }
    lines += 1
    const before = leftOut
    leftOut = 0
    return before
  }
}
