import type { Clock } from '../ports/runtime.ts'

export function createSystemClock(): Clock {
  return {
    now: () => Date.now(),
    monotonic: () => performance.now(),
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        if (signal.aborted) {
          resolve()
          return
        }
        const wake = () => {
          clearTimeout(timer)
          signal.removeEventListener('abort', wake)
          resolve()
        }
        // Node turns longer delays into 1 ms; no caller sleeps for 24 days.
        const timer = setTimeout(wake, Math.min(Math.max(0, ms), 2_147_483_647))
        signal.addEventListener('abort', wake, { once: true })
      }),
  }
}
