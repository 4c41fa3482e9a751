import { setTimeout } from 'node:timers/promises'
import type { Clock } from '../ports/runtime.ts'

export function createSystemClock(): Clock {
  return {
    now: () => Date.now(),
    monotonic: () => performance.now(),
    async sleep(ms, signal) {
      // Node turns longer delays into 1 ms; no caller sleeps for 24 days.
      const delay = Math.min(Math.max(0, ms), 2_147_483_647)
      await setTimeout(delay, undefined, { signal }).catch(() => {})
    },
  }
}
