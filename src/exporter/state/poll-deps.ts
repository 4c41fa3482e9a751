import type { Caller } from '../../access/caller.ts'
import type { Clock, Log } from '../../ports/runtime.ts'
import type { SelfState } from './self-state.ts'
import type { ExporterState } from './state.ts'

/** What every poll works with. */
export interface PollDeps {
  readonly call: Caller
  readonly state: ExporterState
  readonly self: SelfState
  readonly clock: Clock
  readonly log: Log
}
