import type { EpochMs } from '../../domain/time.ts'
import type { ApiFailure, ApiFailureKind } from '../../errors.ts'

/** How the polls of one thing have gone. Both null: it has not been polled yet. */
export interface PollState {
  readonly lastSuccess: EpochMs | null
  readonly failure: PollFailure | null
}

export interface PollFailure {
  readonly kind: ApiFailureKind
  readonly message: string
  /** When this row of failures began. */
  readonly since: EpochMs
}

export const neverPolled: PollState = { lastSuccess: null, failure: null }

export function succeeded(at: EpochMs): PollState {
  return { lastSuccess: at, failure: null }
}

export function failed(previous: PollState, error: ApiFailure, at: EpochMs): PollState {
  const since = previous.failure?.since ?? at
  return { lastSuccess: previous.lastSuccess, failure: { kind: error.kind, message: error.message, since } }
}

/** Whether the last poll worked; null before the first one ended. */
export function isUp(state: PollState): boolean | null {
  if (state.failure !== null) return false
  return state.lastSuccess === null ? null : true
}
