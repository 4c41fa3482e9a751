/*
 * Runs one kind of poll for as long as the program lives. One flight at a time: a cycle that takes longer than
 * the interval is followed by the next at once, so too much work stretches the interval instead of piling up.
 * A cycle deals with the failures of its parts; what it throws itself is counted, logged once per change, and
 * tried again at the next interval, which counts from the start of the last cycle, with a little
 * jitter so that many exporters do not ask at the same second.
 */
import type { Wake } from '../access/wake.ts'
import { ApiFailure } from '../errors.ts'
import type { Clock, Log, Random } from '../ports/runtime.ts'
import type { FirstTries } from './state/first-tries.ts'
import type { SelfState } from './state/self-state.ts'

export interface PollLoop {
  readonly name: string
  /** Read before each cycle, so that a reload takes effect with the next one; null: off until triggered. */
  readonly everyMs: () => number | null
  readonly cycle: (signal: AbortSignal) => Promise<void>
  /** What is tried before the next cycle is due, as long as it has failed at each try since the start. */
  readonly firstTries?: FirstTries
  /** Called after each cycle, whatever came of it. */
  readonly ended?: () => void
}

export interface LoopDeps {
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly self: SelfState
  /** No new cycle begins after it, and the one under way is aborted by `abort`. */
  readonly stop: AbortSignal
  readonly abort: AbortSignal
}

const jitter = 0.05
/** Before the first further try of what never worked; each pause is twice the one before it. */
const firstPauseMs = 5_000
/** While it is off, only a trigger ends the pause. */
const offMs = 86_400_000

export async function runPollLoop(loop: PollLoop, wake: Wake, deps: LoopDeps): Promise<void> {
  const { clock, stop } = deps
  const run = createRun(loop.name, deps)
  let lastStart: number | null = null
  let tryPauseMs = firstPauseMs
  while (!stop.aborted) {
    wake.reset()
    const everyMs = loop.everyMs()
    if (everyMs === null) {
      await wake.pause(offMs, stop)
      continue
    }
    const start = clock.monotonic()
    const intervalMs = lastStart === null ? null : start - lastStart
    if ((await run(loop.cycle, intervalMs)) === 'aborted') return
    lastStart = start
    loop.ended?.()
    const due = start + (loop.everyMs() ?? 0) * (1 + jitter * (deps.random() - 0.5))
    for (let left = due - clock.monotonic(); left > 0; left = due - clock.monotonic()) {
      const tries = tryPauseMs < left && loop.firstTries?.pending() === true ? loop.firstTries : null
      const isUndisturbed = await wake.pause(tries === null ? left : tryPauseMs, stop)
      if (!isUndisturbed || tries === null) break
      tryPauseMs *= 2
      if ((await run(tries.cycle, null)) === 'aborted') return
    }
  }
}

type Run = (cycle: PollLoop['cycle'], intervalMs: number | null) => Promise<'ended' | 'aborted'>

/** Runs cycles, counts them, and says once when they begin to fail and once when they work again. */
function createRun(poller: string, { clock, log, self, abort }: LoopDeps): Run {
  let lastFailure: string | null = null
  return async (cycle, intervalMs) => {
    const start = clock.monotonic()
    const failure = await failureOf(cycle, abort)
    if (failure?.kind === 'aborted') return 'aborted'
    if (failure !== null) {
      self.pollFailed(poller, failure.kind)
      if (lastFailure !== failure.kind) log.error({ poller, kind: failure.kind, err: failure }, 'poll failed')
    } else if (lastFailure !== null) log.info({ poller }, 'poll works again')
    lastFailure = failure?.kind ?? null
    const at = clock.now()
    self.polled(poller, { ok: failure === null, durationMs: clock.monotonic() - start, intervalMs, at })
    return 'ended'
  }
}

async function failureOf(cycle: PollLoop['cycle'], signal: AbortSignal): Promise<ApiFailure | null> {
  try {
    await cycle(signal)
    return null
  } catch (error) {
    if (error instanceof ApiFailure) return error
    throw error
  }
}
