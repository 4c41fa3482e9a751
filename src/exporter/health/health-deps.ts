import type { ServerClock } from '../../access/server-clock.ts'
import type { HealthApi } from '../../ports/cloudflare.ts'
import type { Turns } from '../../ports/runtime.ts'
import type { PollDeps } from '../state/poll-deps.ts'
import type { ScopeMemory } from '../state/scope-memory.ts'
import type { UploadHistory } from '../state/upload-history.ts'

export interface HealthSettings {
  readonly healthPollIntervalMs: number
  readonly revisionWindowMs: number
  readonly initialLookbackMs: number
  readonly rateLimitType: 'user' | 'account'
  /** How often a scope that cannot be read, or may hold nothing, is tried again. */
  readonly sweepEveryMs: number
}

export interface HealthDeps extends PollDeps {
  readonly api: HealthApi
  readonly memory: ScopeMemory
  readonly server: ServerClock
  /** Told of everything that is newly counted. */
  readonly history?: Pick<UploadHistory, 'counted' | 'keepScopes'>
  readonly turns: Turns
  readonly settings: () => HealthSettings
  /** GraphQL queries that one cycle may spend at its usual interval. */
  readonly requestsPerCycle: () => number
}
