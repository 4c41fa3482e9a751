import { type ApiFailure, type ApiFailureKind, isTransient } from '../errors.ts'
import type { Random } from '../ports/runtime.ts'

/** How often one kind of call is made. */
export interface RetryRow {
  /** Before each further try, in milliseconds; as many tries as there are pauses. */
  readonly pausesMs: readonly number[]
  /** By which part of itself a pause is longer or shorter, in [0, 1]: callers that failed together part again. */
  readonly jitter: number
  /** After which failures the call is made again. */
  readonly repeats: (kind: ApiFailureKind) => boolean
  /** How many times "too many requests" is waited out. */
  readonly rateLimitWaits: number
  /** An answer that asks for a longer wait stands; left out: `maxWaitMs`. */
  readonly longestWaitMs?: number
}

/** Cloudflare blocks for five minutes; an answer that asks for more than this is not waited out. */
export const maxWaitMs = 6 * 60_000
/** The first wait where Cloudflare does not say how long; each further one is as much longer. */
const guessedWaitMs = 10_000

const never = (): boolean => false

function isBlip(kind: ApiFailureKind): boolean {
  return kind !== 'timeout' && isTransient(kind)
}

/** The only place that says how often a call to Cloudflare is made. */
export const retryTable = {
  /** A read in a poll: one more try for a blip. Anything longer, such as a time-out, is the next poll's business. */
  pollRead: { pausesMs: [625], jitter: 0.6, repeats: isBlip, rateLimitWaits: 0 },
  /** A read of `check`, which tells what failed: somebody watches, so that one short wait is worth it. */
  checkRead: {
    pausesMs: [625],
    jitter: 0.6,
    repeats: isTransient,
    rateLimitWaits: 1,
    longestWaitMs: 30_000,
  },
  /** A read that somebody waits for, and that no later poll makes up for. */
  commandRead: { pausesMs: [1_000, 4_000, 10_000], jitter: 0.2, repeats: isTransient, rateLimitWaits: 5 },
  /** A read whose answer is only advice: nobody waits long for it. */
  adviceRead: { pausesMs: [1_000], jitter: 0.2, repeats: isTransient, rateLimitWaits: 5 },
  /**
   * A write is sent once: after a lost answer nobody knows whether it was carried out. "Too many requests" is
   * waited out, because then Cloudflare has not looked at the request at all.
   */
  write: { pausesMs: [], jitter: 0, repeats: never, rateLimitWaits: 5 },
} as const satisfies Readonly<Record<string, RetryRow>>

export type ReadRow = 'pollRead' | 'checkRead' | 'commandRead' | 'adviceRead'

/** What one call has been through. */
export interface Tries {
  readonly repeats: number
  readonly waits: number
}

export const noTries: Tries = { repeats: 0, waits: 0 }

/** What to do after a failure, and why the pause is made; null when the failure stands. */
export function nextTry(row: RetryRow, failure: ApiFailure, tries: Tries, random: Random) {
  if (failure.kind === 'rate_limited') {
    const pauseMs = failure.retryAfterMs ?? guessedWaitMs * (tries.waits + 1)
    if (tries.waits >= row.rateLimitWaits || pauseMs > (row.longestWaitMs ?? maxWaitMs)) return null
    const reason = `Cloudflare asks to wait ${Math.ceil(pauseMs / 1000)} s`
    return { pauseMs, reason, tries: { ...tries, waits: tries.waits + 1 } }
  }
  if (failure.settled) return null
  const pauseMs = row.pausesMs[tries.repeats]
  if (pauseMs === undefined || !row.repeats(failure.kind)) return null
  return {
    pauseMs: pauseMs * (1 + row.jitter * (2 * random() - 1)),
    reason: failure.message,
    tries: { ...tries, repeats: tries.repeats + 1 },
  }
}

/** Whether a write that failed so may have been carried out: no answer, half an answer, or a broken server. */
export function isUnclear(failure: ApiFailure): boolean {
  return isTransient(failure.kind)
}
