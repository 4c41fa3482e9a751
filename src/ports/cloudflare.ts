import type { JobId, JobRecord, OutputOptions } from '../domain/job/job.ts'
import type { HealthLimits, HealthRow } from '../domain/ledger/health-row.ts'
import type { Account, Scope, ZoneScope } from '../domain/scope.ts'
import type { Secret } from '../domain/secret.ts'
import type { EpochMinute, EpochMs } from '../domain/time.ts'
import type { ApiFailure } from '../errors.ts'
import type { Listing, Page, Unreadable } from './listing.ts'

/*
 * What this program asks of Cloudflare. Every method is one HTTP request, is never repeated by the
 * adapter, and throws ApiFailure and nothing else. An empty list means that the API said "none".
 */

export interface CallOptions {
  readonly signal: AbortSignal
}

/** A scope as far as a call needs it. */
export type ScopeRef = Pick<Scope, 'kind' | 'id'>

export interface DirectoryApi {
  /** Accounts the token may see. Needs Account Settings Read. `page` starts at 1. */
  listAccounts(page: number, options: CallOptions): Promise<Page<Account>>
  /** Zones the token may see, 50 a page; one account's, or those of one name, when given. An unknown account's id is empty. */
  listZones(
    query: { readonly page: number; readonly accountId?: string; readonly name?: string },
    options: CallOptions,
  ): Promise<Page<ZoneScope>>
}

/** The body of a job create or update: only what is given is sent. */
export interface JobWrite {
  readonly name?: string
  readonly dataset?: string
  readonly kind?: string
  readonly enabled?: boolean
  readonly destinationConf?: Secret
  readonly ownershipChallenge?: Secret
  /** Stringified JSON filter; an empty text removes it. */
  readonly filter?: string
  readonly filterAttackTraffic?: boolean
  readonly outputOptions?: OutputOptions
  readonly maxUploadBytes?: number
  readonly maxUploadRecords?: number
  readonly maxUploadIntervalSeconds?: number
  readonly transformerId?: number
}

export interface JobsApi {
  /** All jobs of a scope. Needs Logs Write, although it only reads. */
  listJobs(scope: ScopeRef, options: CallOptions): Promise<Listing<JobRecord>>
  getJob(scope: ScopeRef, id: JobId, options: CallOptions): Promise<JobRecord>
  createJob(scope: ScopeRef, body: JobWrite, options: CallOptions): Promise<JobRecord>
  updateJob(scope: ScopeRef, id: JobId, body: JobWrite, options: CallOptions): Promise<JobRecord>
  deleteJob(scope: ScopeRef, id: JobId, options: CallOptions): Promise<void>
  /** Field name → description, of a dataset. */
  datasetFields(scope: ScopeRef, dataset: string, options: CallOptions): Promise<ReadonlyMap<string, string>>
  validateDestination(
    scope: ScopeRef,
    destinationConf: Secret,
    options: CallOptions,
  ): Promise<{ readonly valid: boolean; readonly message: string }>
  /** All transformers of an account; jobs of its zones may use them too. Needs Logs Write on the account. */
  listTransformers(accountId: string, options: CallOptions): Promise<Listing<Transformer>>
}

/** SQL that rewrites the records of jobs. */
export interface Transformer {
  readonly id: number
  /** Not unique. */
  readonly name: string
  /** The dataset it reads; null where that is not told. */
  readonly dataset: string | null
}

export interface OwnershipApi {
  /** Makes Cloudflare write a challenge file at the destination: a write. `filename` is its object path. */
  requestChallenge(
    scope: ScopeRef,
    destinationConf: Secret,
    options: CallOptions,
  ): Promise<{ readonly filename: string; readonly valid: boolean; readonly message: string }>
  validateChallenge(
    scope: ScopeRef,
    destinationConf: Secret,
    token: Secret,
    options: CallOptions,
  ): Promise<{ readonly valid: boolean }>
}

/** What one health query asks: one account, or at most 10 zones, over whole minutes. */
export interface HealthQuery {
  readonly scopes: readonly Scope[]
  readonly from: EpochMinute
  /** Exclusive. */
  readonly to: EpochMinute
  /** Only jobs with `geq ≤ id < lt`, for splitting an answer that is too long. */
  readonly jobs?: { readonly geq?: JobId; readonly lt?: JobId }
  /** Rows per scope; an answer with this many rows is to be taken as cut. */
  readonly limit: number
  /** `needed` leaves out averages and times, which some plans may not read. All fields unless given. */
  readonly fields?: 'all' | 'needed'
}

/** Every scope asked for is either in `rows` or in `failures`. */
export interface HealthAnswer {
  /** Rows by scope id. */
  readonly rows: ReadonlyMap<string, readonly HealthRow[]>
  /** Scopes of which the answer has nothing that can be counted, by id. */
  readonly failures: ReadonlyMap<string, HealthFailure>
  /** Rows that were not asked for and are left out, of scopes in `rows`. */
  readonly strays?: ReadonlyMap<string, readonly Unreadable[]>
  /** Cloudflare's time when it answered. */
  readonly date: EpochMs | null
}

export interface HealthFailure {
  readonly failure: ApiFailure
  /** The rows that could not be read, by job. */
  readonly unreadable: readonly Unreadable[]
}

/** Every scope asked for is in one of the two. */
export interface LimitsAnswer {
  /** By scope id; null where the dataset is not available to the scope. */
  readonly limits: ReadonlyMap<string, HealthLimits | null>
  readonly failures: ReadonlyMap<string, ApiFailure>
}

export interface HealthApi {
  readHealth(query: HealthQuery, options: CallOptions): Promise<HealthAnswer>
  /** Same batching as `readHealth`. */
  readLimits(scopes: readonly Scope[], options: CallOptions): Promise<LimitsAnswer>
}

export interface TokenStatus {
  /** Null where it is not given. */
  readonly id: string | null
  readonly status: 'active' | 'disabled' | 'expired' | 'unknown'
  readonly expiresOn: EpochMs | null
}

export interface TokenApi {
  /** Verifies a user token, or with `accountId` an account-owned one; the wrong one fails for a good token. */
  verifyToken(accountId: string | null, options: CallOptions): Promise<TokenStatus>
}

/** One finished HTTP exchange, as the budget and the metrics want to see it. */
export interface ApiExchange {
  readonly api: 'rest' | 'graphql'
  /** Fixed text such as `list_jobs`; fit for a label. */
  readonly operation: string
  /** HTTP status as text; `error` when there was no answer; `budget` for a GraphQL budget error inside a 200. */
  readonly code: string
  readonly durationMs: number
  /** The account a GraphQL query counts against in account mode, when it was given. */
  readonly accountId: string | null
  /** Read from the `Ratelimit` and `Ratelimit-Policy` headers. */
  readonly rateLimit: {
    readonly limit: number | null
    readonly windowSeconds: number | null
    readonly remaining: number
    readonly resetSeconds: number | null
  } | null
  /** How long the API asked us to stay away, uncapped. */
  readonly retryAfterMs: number | null
  /** True when the API refused because a budget is used up. */
  readonly throttled: boolean
  /** The server's clock from the `Date` header. */
  readonly serverTime: EpochMs | null
}

export type ApiObserver = (exchange: ApiExchange) => void
