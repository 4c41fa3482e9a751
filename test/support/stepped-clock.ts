import type { Clock } from '../../src/ports/runtime.ts'

export interface SteppedClock extends Clock {
  /** Moves wall and monotonic time on, waking sleepers in their order. */
  advance(ms: number): Promise<void>
  /** Sets the wall clock off by so much; monotonic time goes on as it was. */
  stepWall(ms: number): void
  /** How many sleepers wait. */
  readonly sleepers: number
}

/** A clock that stands still until the test moves it. */
export function createSteppedClock(
  start = Date.UTC(2026, 10, 24, 3, 0, 0),
  /** Turns of the event loop after each waking; few are enough where nothing but promises is waited for. */
  turns = 20,
): SteppedClock {
  let wall = start
  let monotonic = 1_000_000
  let sleeping: { readonly at: number; readonly wake: () => void }[] = []
  return {
    now: () => wall,
    monotonic: () => monotonic,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        if (signal.aborted) {
          resolve()
          return
        }
        const sleeper = {
          at: monotonic + Math.max(0, ms),
          wake() {
            sleeping = sleeping.filter((other) => other !== sleeper)
            signal.removeEventListener('abort', sleeper.wake)
            resolve()
          },
        }
        sleeping.push(sleeper)
        signal.addEventListener('abort', sleeper.wake, { once: true })
      }),
    async advance(ms) {
      const end = monotonic + ms
      for (;;) {
        await settle(turns)
        const next = sleeping.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0]
        if (next === undefined) break
        wall += Math.max(0, next.at - monotonic)
        monotonic = Math.max(monotonic, next.at)
        next.wake()
      }
      wall += end - monotonic
      monotonic = end
      await settle(turns)
    },
    stepWall(ms) {
      wall += ms
    },
    get sleepers() {
      return sleeping.length
    },
  }
}

/** Lets everything that is ready to run do so. */
export async function settle(turns = 20): Promise<void> {
  for (let i = 0; i < turns; i += 1) await new Promise((resolve) => setImmediate(resolve))
}
