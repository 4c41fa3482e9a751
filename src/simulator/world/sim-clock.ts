export interface SimClockOptions {
  /** Simulated time at the start; the real clock's when absent. */
  readonly startAt?: number | undefined
  /** Simulated milliseconds per real millisecond; 0 means that only `advance` moves time. */
  readonly speed: number
  /** The real clock, in milliseconds; the machine's when absent. */
  readonly realNow?: (() => number) | undefined
}

export type SimClock = ReturnType<typeof createSimClock>

/** The simulator's time: it follows a real clock, faster or slower or not at all, and can be pushed forward. */
export function createSimClock(options: SimClockOptions) {
  const realNow = options.realNow ?? Date.now
  const realStart = realNow()
  const start = options.startAt ?? realStart
  const listeners: (() => void)[] = []
  let pushed = 0
  let latest = start
  /** Simulated time, in epoch milliseconds. Never steps backwards. */
  const now = (): number => {
    const time = Math.floor(start + pushed + (realNow() - realStart) * options.speed)
    // A real clock may be set back; the simulated past is already told, so time waits instead.
    latest = Math.max(latest, time)
    return latest
  }
  return {
    speed: options.speed,
    now,
    /** Moves time forward and lets everything that became due happen before it returns. */
    advance: (ms: number): void => {
      if (!(ms >= 0)) throw new RangeError(`time only moves forward: advance(${ms})`)
      pushed += ms
      for (const listener of listeners) listener()
    },
    /** Calls back after each `advance`. */
    onAdvance: (listener: () => void): void => {
      listeners.push(listener)
    },
  }
}
