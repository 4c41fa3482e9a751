import type { FailureName } from './failures.ts'
import type { Permission } from './permissions.ts'

/*
 * A world as plain data: what exists when the simulation starts, and what is going to happen.
 * Times named `…Ms` count from the start of the simulation; negative ones lie in the past.
 */

export type ScopeKind = 'account' | 'zone'

export interface ScopeRef {
  readonly kind: ScopeKind
  readonly id: string
}

/** What the GraphQL `settings` node says, in seconds where it is a time. */
export interface HealthSettings {
  readonly enabled: boolean
  readonly maxDuration: number
  readonly maxNumberOfFields: number
  readonly maxPageSize: number
  readonly notOlderThan: number
}

export interface AccountSpec {
  readonly id: string
  readonly name: string
  readonly health?: Partial<HealthSettings>
  /** Mechanisms the account's plan allows; all of them when absent. */
  readonly mechanisms?: readonly ('email' | 'pagerduty' | 'webhook')[]
  /** False: `available_alerts` does not offer the Logpush alert. */
  readonly offersLogpushAlert?: boolean
  /** Most jobs the account scope may hold. */
  readonly maxJobs?: number
}

export interface ZoneSpec {
  readonly id: string
  readonly name: string
  readonly accountId: string
  readonly status?: 'initializing' | 'pending' | 'active' | 'moved'
  readonly health?: Partial<HealthSettings>
  readonly maxJobs?: number
}

/**
 * What happens to a job's batches:
 * - `healthy`: each is delivered at once; `slow`: delivered, after tens of seconds
 * - `retrying`: a share of them fails one to three times and is then delivered
 * - `losing`: a share of them fails every time and is lost
 * - `dead`: every attempt of every batch fails
 * - `idle`: there is nothing to send
 */
export type Scenario =
  | { readonly kind: 'healthy' }
  | { readonly kind: 'slow' }
  | { readonly kind: 'retrying'; readonly share: number }
  | { readonly kind: 'losing'; readonly share: number; readonly failure: FailureName }
  | { readonly kind: 'dead'; readonly failure: FailureName }
  | { readonly kind: 'idle' }

export interface Traffic {
  /** Time between two batches, at least a second. */
  readonly batchEveryMs: number
  readonly recordsPerBatch: number
  readonly bytesPerRecord: number
}

/** What a store does to the files of a job behind Cloudflare's back: no counter of Cloudflare moves. */
export type StoreFault =
  /** Cloudflare got its answer, and the file is gone: all of them, or every n-th. */
  | { readonly kind: 'lost'; readonly every: number }
  /** The files lie under another path than the destination says. */
  | { readonly kind: 'elsewhere'; readonly path: string }
  /** The files, or every n-th, show up so much later. */
  | { readonly kind: 'late'; readonly byMs: number; readonly every: number }

export interface JobSpec {
  readonly id: number
  readonly scope: ScopeRef
  readonly name: string
  readonly dataset: string
  readonly destinationConf: string
  readonly kind?: string
  readonly enabled?: boolean
  readonly createdMs?: number
  readonly scenario?: Scenario
  /**
   * Since when the scenario holds; the job is healthy before. When absent: since the job was made, but for
   * a dead destination since the start, or the job would have been disabled long ago.
   */
  readonly scenarioSinceMs?: number
  readonly traffic?: Partial<Traffic>
  /** Waits between the attempts of one batch; their number is the number of retries. */
  readonly retryDelaysMs?: readonly number[]
  readonly storeFault?: { readonly fault: StoreFault; readonly sinceMs: number }
  /** Other fields as the API would show them, e.g. `output_options`. */
  readonly fields?: Readonly<Record<string, unknown>>
}

export interface Grant {
  readonly permission: Permission
  /** Only for accounts or only for zones; both when absent. */
  readonly level?: ScopeKind
  /** Ids of the accounts or zones it holds for; all when absent. */
  readonly resources?: readonly string[]
}

export interface TokenSpec {
  readonly text: string
  readonly id: string
  readonly kind: 'user' | 'account'
  /** The account that owns an account-owned token. */
  readonly accountId?: string
  readonly status?: 'active' | 'disabled' | 'expired'
  /** Epoch milliseconds. */
  readonly expiresOn?: number
  readonly notBefore?: number
  readonly grants: readonly Grant[]
}

export interface WebhookSpec {
  readonly id: string
  readonly accountId: string
  readonly name: string
  readonly url: string
  readonly secret?: string | null
}

export interface PolicySpec {
  readonly id: string
  readonly accountId: string
  readonly name: string
  readonly alertType: string
  readonly enabled?: boolean
  readonly mechanisms: Readonly<Record<string, readonly { readonly id: string }[]>>
}

export type JobAction =
  | { readonly kind: 'break'; readonly failure: FailureName }
  | { readonly kind: 'mend' | 'enable' | 'disable' | 'delete' }
  | { readonly kind: 'scenario'; readonly scenario: Scenario }

export interface ScriptStep {
  readonly atMs: number
  /** Happens again and again at this distance. */
  readonly everyMs?: number
  readonly jobId: number
  readonly action: JobAction
}

/** How long after its end an upload attempt shows up in the health data. */
export interface Ingestion {
  readonly fastestMs: number
  readonly usualMs: number
  /** Share of attempts that show up later than usual, up to ten minutes. */
  readonly lateShare: number
  /** Share of attempts that show up in the last minute before `latestMs`. */
  readonly latestShare: number
  readonly latestMs: number
}

export interface TransformerSpec {
  readonly id: number
  readonly accountId: string
  readonly name: string
  readonly dataset: string
}

export interface WorldSpec {
  readonly seed: number
  readonly accounts: readonly AccountSpec[]
  readonly zones: readonly ZoneSpec[]
  readonly jobs: readonly JobSpec[]
  readonly tokens: readonly TokenSpec[]
  readonly webhooks?: readonly WebhookSpec[]
  readonly policies?: readonly PolicySpec[]
  readonly pagerduty?: readonly { readonly id: string; readonly accountId: string; readonly name: string }[]
  readonly transformers?: readonly TransformerSpec[]
  readonly script?: readonly ScriptStep[]
  readonly ingestion?: Partial<Ingestion>
  /** Failing this long without a success disables a job; 24 h when absent. */
  readonly disableAfterMs?: number
  /** True: an account's health data holds its zones' jobs too. */
  readonly accountHoldsZoneJobs?: boolean
  /** False: the end of a notification is not announced when the job is enabled again. */
  readonly announcesEnd?: boolean
}

export const defaultIngestion: Ingestion = {
  fastestMs: 3_000,
  usualMs: 25_000,
  lateShare: 0.06,
  latestShare: 0.004,
  latestMs: 14 * 60_000,
}

export const defaultHealthSettings: HealthSettings = {
  enabled: true,
  maxDuration: 86_400,
  maxNumberOfFields: 50,
  maxPageSize: 10_000,
  notOlderThan: 2_678_400,
}

export const defaultTraffic: Traffic = { batchEveryMs: 30_000, recordsPerBatch: 4_000, bytesPerRecord: 700 }

export const defaultRetryDelaysMs: readonly number[] = [5_000, 15_000, 40_000, 90_000]
