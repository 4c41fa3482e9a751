import type { Clock } from '../../src/ports/runtime.ts'

export interface LeapingClock extends Clock {
  /** Every sleep so far, in milliseconds. */
  readonly slept: readonly number[]
  leap(ms: number): void
}

/** A clock on which every sleep ends at once and has taken exactly as long as was asked for. */
export function leapingClock(start = Date.UTC(2026, 10, 24)): LeapingClock {
  let passed = 0
  const slept: number[] = []
  return {
    slept,
    leap: (ms) => {
      passed += ms
    },
    now: () => start + passed,
    monotonic: () => passed,
    sleep: async (ms, signal) => {
      if (signal.aborted) return
      slept.push(ms)
      passed += ms
      await new Promise(setImmediate)
    },
  }
}
