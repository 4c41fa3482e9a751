import type { Caller } from '../../access/caller.ts'
import { isUnclear } from '../../access/retry.ts'
import { ApiFailure } from '../../errors.ts'
import type { Change } from '../plan/change.ts'
import type { Outcome } from './apply-outcome.ts'

/*
 * One write, sent once. When its answer is lost (no answer, half an answer, a server that broke), another
 * look tells whether it was carried out; it is never sent again.
 */

/** A write that has left, and what is known of its end. */
export interface Write {
  readonly action: 'create' | 'update' | 'delete'
  readonly change: Change
  readonly id: string | null
  /** `unclear`: not known to have been carried out. */
  readonly result: 'done' | 'failed' | 'unclear'
}

export interface Sending {
  readonly action: Write['action']
  readonly change: Change
  readonly send: () => Promise<string>
  /** Looks whether it was carried out all the same: the object's id, or null when it was not. */
  readonly look: () => Promise<string | null>
}

export interface WriteDeps {
  readonly call: Caller
  /** Told of every write that has left, once its end is known. */
  readonly onWrite: (write: Write) => void
}

export async function writeOnce(
  { call, onWrite }: WriteDeps,
  { action, change, send, look }: Sending,
): Promise<Outcome> {
  const sentBefore = call.writesSent()
  const known = action === 'create' || change.change === 'create' ? null : change.actual.id
  try {
    const id = await send()
    onWrite({ action, change, id, result: 'done' })
    return { state: 'done', id, note: null }
  } catch (error) {
    // Something before the write failed, or the run was told to stop: nothing has left.
    if (call.writesSent() === sentBefore) throw error
    if (!(error instanceof ApiFailure) || !isUnclear(error)) {
      onWrite({ action, change, id: known, result: 'failed' })
      throw error
    }
    const seen = await look().catch(failureOf)
    if (typeof seen === 'string') {
      onWrite({ action, change, id: seen, result: 'done' })
      return { state: 'done', id: seen, note: `no response arrived (${error.kind}), but the change was made` }
    }
    onWrite({ action, change, id: known, result: 'unclear' })
    return { state: 'failed', reason: `${error.message}; ${lostText(seen)}` }
  }
}

/** Also that we were told to stop: what has been sent cannot be left untold. */
function failureOf(error: unknown): ApiFailure {
  if (error instanceof ApiFailure) return error
  throw error
}

function lostText(seen: ApiFailure | null): string {
  return seen === null
    ? 'a second read shows that the change was not made; it was not sent again'
    : `could not verify whether the change was made (${seen.message}); the next run will tell`
}
