import { ApiFailure, isTransient } from '../errors.ts'
import type { CallOptions } from '../ports/cloudflare.ts'
import type { Clock } from '../ports/runtime.ts'

/*
 * How often a call to Cloudflare is made. Reads are repeated when that may help. Writes are sent once;
 * only "too many requests" is waited out, because then Cloudflare has not looked at the request at all.
 */

export interface CallDeps {
  readonly clock: Clock
  /** Aborts waiting and reading, but never a write that is under way. */
  readonly signal: AbortSignal
  /** Told before each pause, with why it is made. */
  readonly onWait?: (reason: string) => void
  /** Holds a request back until the budget allows it. */
  readonly turn?: TakeTurn
}

/** Runs the work when its turn comes; rejects with `aborted` when the run is told to stop first. */
export type TakeTurn = <T>(work: () => Promise<T>) => Promise<T>

/** Cloudflare blocks for five minutes; an answer that asks for more than this is not waited out. */
const longestWaitMs = 6 * 60_000
const mostWaits = 5
const readPausesMs = [1_000, 4_000, 10_000]

/** How the calls of one step are made. */
export interface Caller {
  read<T>(call: Call<T>): Promise<T>
  write<T>(call: Call<T>): Promise<T>
  /** How many writes have left. */
  sent(): number
}

export function createCaller(deps: CallDeps): Caller {
  let sent = 0
  return {
    read: (call) => readCall(deps, call),
    write: (call) =>
      writeCall(deps, (options) => {
        sent += 1
        return call(options)
      }),
    sent: () => sent,
  }
}

type Call<T> = (options: CallOptions) => Promise<T>

async function readCall<T>(deps: CallDeps, call: Call<T>): Promise<T> {
  for (const pauseMs of readPausesMs) {
    try {
      return await unthrottled(deps, deps.signal, call)
    } catch (error) {
      if (!(error instanceof ApiFailure) || !isTransient(error.kind)) throw error
      await pause(deps, pauseMs, error.message)
    }
  }
  return unthrottled(deps, deps.signal, call)
}

/** Sends a write, and lets it end even when the run is interrupted: half of a write can't be told. */
function writeCall<T>(deps: CallDeps, call: Call<T>): Promise<T> {
  return unthrottled(deps, new AbortController().signal, call)
}

async function unthrottled<T>(deps: CallDeps, signal: AbortSignal, call: Call<T>): Promise<T> {
  for (let waits = 0; ; waits += 1) {
    if (deps.signal.aborted) throw interrupted()
    try {
      const send = () => call({ signal })
      return await (deps.turn === undefined ? send() : deps.turn(send))
    } catch (error) {
      if (!(error instanceof ApiFailure) || error.kind !== 'rate_limited') throw error
      const waitMs = error.retryAfterMs ?? 10_000 * (waits + 1)
      if (waits === mostWaits || waitMs > longestWaitMs) throw error
      await pause(deps, waitMs, `Cloudflare asks to wait ${Math.ceil(waitMs / 1000)} s`)
    }
  }
}

async function pause(deps: CallDeps, ms: number, reason: string): Promise<void> {
  deps.onWait?.(reason)
  await deps.clock.sleep(ms, deps.signal)
  if (deps.signal.aborted) throw interrupted()
}

/** Nothing was sent: the run was told to stop. */
export function interrupted(): ApiFailure {
  return new ApiFailure('aborted', 'interrupted before it was sent', { operation: 'apply' })
}

/**
 * Whether a write that failed with this may have been carried out all the same: no answer, half an answer, or
 * a server that broke while it worked.
 */
export function isUnclear(error: unknown): error is ApiFailure {
  return error instanceof ApiFailure && isTransient(error.kind)
}
