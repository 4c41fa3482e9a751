import { ApiFailure, isTransient } from '../errors.ts'
import type { Clock, Random } from '../ports/runtime.ts'

export interface RetryPolicy {
  readonly attempts: number
  readonly minDelayMs: number
  readonly maxDelayMs: number
}

/** For reads inside a poll: one more try for a blip. Anything longer is the next poll's business. */
export const readPolicy: RetryPolicy = { attempts: 2, minDelayMs: 250, maxDelayMs: 1000 }

/** Sends a read again when it failed in a way that may pass. Never for writes. */
export async function withRetry<T>(
  policy: RetryPolicy,
  deps: { readonly clock: Clock; readonly random: Random; readonly signal: AbortSignal },
  read: () => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await read()
    } catch (error) {
      const again = error instanceof ApiFailure && isTransient(error.kind) && attempt < policy.attempts
      if (!again || deps.signal.aborted) throw error
      const spread = policy.maxDelayMs - policy.minDelayMs
      await deps.clock.sleep(policy.minDelayMs + spread * deps.random(), deps.signal)
    }
  }
}
