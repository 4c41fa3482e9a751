import { once } from 'node:events'
import type { Clock } from '../../ports/runtime.ts'

const graceMs = 8_000

type Poll = (stop: AbortSignal, aborted: AbortSignal) => Promise<void>

export interface Lifetime {
  /** Each runs until it is told to stop; `aborted` cuts short what is still under way. */
  readonly polls: readonly Poll[]
  readonly stopping: () => void
  readonly close: () => Promise<void>
  readonly clock: Pick<Clock, 'sleep'>
}

/**
 * Runs the polls until the signal, lets those under way end, and closes everything. When `lost` comes, they are cut
 * short at once. One that fails has met a bug: it ends the others as the signal would, and is thrown on at the end.
 */
export async function runUntil(
  stop: AbortSignal,
  lost: AbortSignal | null,
  lifetime: Lifetime,
): Promise<void> {
  const abort = new AbortController()
  const failed = new AbortController()
  const end = AbortSignal.any([stop, failed.signal, ...(lost === null ? [] : [lost])])
  const cut = (): void => abort.abort()
  if (lost?.aborted === true) cut()
  lost?.addEventListener('abort', cut)
  const guarded = async (poll: Poll): Promise<void> => {
    try {
      await poll(end, abort.signal)
    } catch (error) {
      // Going on would show numbers that nobody updates.
      failed.abort()
      throw error
    }
  }
  const polls = Promise.allSettled(lifetime.polls.map(guarded))
  if (!end.aborted) await once(end, 'abort')
  lifetime.stopping()
  const ended = new AbortController()
  const patience = lifetime.clock.sleep(graceMs, ended.signal).then(cut)
  const results = await polls
  ended.abort()
  await patience
  await lifetime.close()
  for (const result of results) if (result.status === 'rejected') throw result.reason
}
