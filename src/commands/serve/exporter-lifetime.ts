import { once } from 'node:events'
import type { Clock } from '../../ports/runtime.ts'

const graceMs = 8_000

export interface Lifetime {
  /** Runs all polls until they were told to stop; `aborted` cuts short what is still under way. */
  readonly polls: (stop: AbortSignal, aborted: AbortSignal) => Promise<void>
  readonly stopping: () => void
  readonly close: () => Promise<void>
  readonly clock: Pick<Clock, 'sleep'>
}

/**
 * Runs the polls until the signal, lets those under way end, and closes everything. When `lost` comes, they are cut
 * short at once. Polls that end by themselves have met a bug, which is thrown on.
 */
export async function runUntil(
  stop: AbortSignal,
  lost: AbortSignal | null,
  lifetime: Lifetime,
): Promise<void> {
  const abort = new AbortController()
  const end = lost === null ? stop : AbortSignal.any([stop, lost])
  const cut = (): void => abort.abort()
  if (lost?.aborted === true) cut()
  lost?.addEventListener('abort', cut, { once: true })
  const polls = lifetime.polls(end, abort.signal)
  const stopped = end.aborted ? null : once(end, 'abort')
  await Promise.race([stopped, polls])
  lifetime.stopping()
  const ended = new AbortController()
  const patience = lifetime.clock.sleep(graceMs, ended.signal).then(() => abort.abort())
  try {
    await polls
  } finally {
    ended.abort()
    await patience
    await lifetime.close()
  }
}
