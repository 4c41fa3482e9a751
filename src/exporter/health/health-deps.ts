import type { Caller } from '../../access/caller.ts'
import type { ServerClock } from '../../access/server-clock.ts'
import type { HealthApi } from '../../ports/cloudflare.ts'
import type { Clock, Log } from '../../ports/runtime.ts'
import type { ScopeMemory } from '../state/scope-memory.ts'
import type { SelfState } from '../state/self-state.ts'
import type { ExporterState } from '../state/state.ts'
import type { UploadHistory } from '../state/upload-history.ts'

export interface HealthSettings {
  readonly healthPollIntervalMs: number
  readonly revisionWindowMs: number
  readonly initialLookbackMs: number
  readonly rateLimitType: 'user' | 'account'
  /** How often a scope that cannot be read, or may hold nothing, is tried again. */
  readonly sweepEveryMs: number
}

export interface HealthDeps {
  readonly api: HealthApi
  readonly call: Caller
  readonly state: ExporterState
  readonly self: SelfState
  readonly memory: ScopeMemory
  readonly clock: Clock
  readonly server: ServerClock
  readonly log: Log
  /** Told of everything that is newly counted. */
  readonly history?: Pick<UploadHistory, 'counted' | 'keepScopes'>
  readonly settings: () => HealthSettings
  /** GraphQL queries that one cycle may spend at its usual interval. */
  readonly requestsPerCycle: () => number
}
