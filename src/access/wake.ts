import type { Clock } from '../ports/runtime.ts'

export type Wake = ReturnType<typeof createWake>

/**
 * A pause that ends early: when it is triggered, or when the program is told to stop. It takes its listener off the
 * stop signal again, which lives as long as the process; `AbortSignal.any` leaves something behind there each time.
 */
export function createWake(clock: Pick<Clock, 'sleep'>) {
  let controller = new AbortController()
  return {
    /** Ends the pause, or the next one when none is under way. */
    trigger: (): void => controller.abort(),
    /** Forgets triggers so far: what they were about is being done now. */
    reset(): void {
      if (controller.signal.aborted) controller = new AbortController()
    },
    /** Resolves after `ms`, or before, to false, at a trigger since the last reset or when `stop` aborts. */
    async pause(ms: number, stop: AbortSignal): Promise<boolean> {
      const end = new AbortController()
      const wake = (): void => end.abort()
      const signals = [stop, controller.signal]
      if (signals.some(({ aborted }) => aborted)) return false
      for (const signal of signals) signal.addEventListener('abort', wake)
      try {
        await clock.sleep(ms, end.signal)
        return !end.signal.aborted
      } finally {
        for (const signal of signals) signal.removeEventListener('abort', wake)
      }
    },
  }
}
