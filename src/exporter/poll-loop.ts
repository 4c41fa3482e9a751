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
import type { SelfState } from './state/self-state.ts'

export interface PollLoop {
  readonly name: string
  /** Read before each cycle, so that a reload takes effect with the next one; null: off until triggered. */
  readonly everyMs: () => number | null
  readonly cycle: (signal: AbortSignal) => Promise<void>
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
/** While it is off, only a trigger ends the pause. */
const offMs = 86_400_000

export async function runPollLoop(loop: PollLoop, wake: Wake, deps: LoopDeps): Promise<void> {
  const { clock, log, self } = deps
  let lastStart: number | null = null
  let lastFailure: string | null = null
  while (!deps.stop.aborted) {
    wake.reset()
    const everyMs = loop.everyMs()
    if (everyMs === null) {
      await wake.pause(offMs, deps.stop)
      continue
    }
    const start = clock.monotonic()
    const failure = await runCycle(loop, deps.abort)
    if (failure?.kind === 'aborted') break
    if (failure !== null) {
      self.pollFailed(loop.name, failure.kind)
      if (lastFailure !== failure.kind)
        log.error({ poller: loop.name, kind: failure.kind, err: failure }, 'poll failed')
    } else if (lastFailure !== null) log.info({ poller: loop.name }, 'poll works again')
    lastFailure = failure?.kind ?? null
    const intervalMs = lastStart === null ? null : start - lastStart
    self.polled(loop.name, {
      ok: failure === null,
      durationMs: clock.monotonic() - start,
      intervalMs,
      at: clock.now(),
    })
    lastStart = start
    loop.ended?.()
    const pause = (loop.everyMs() ?? 0) * (1 + jitter * (deps.random() - 0.5)) - (clock.monotonic() - start)
    if (pause > 0) await wake.pause(pause, deps.stop)
  }
}

async function runCycle(loop: PollLoop, signal: AbortSignal): Promise<ApiFailure | null> {
  try {
    await loop.cycle(signal)
    return null
  } catch (error) {
    if (error instanceof ApiFailure) return error
    throw error
  }
}
