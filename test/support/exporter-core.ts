import { createBudget } from '../../src/access/budget.ts'
import { createServerClock } from '../../src/access/server-clock.ts'
import type { JobRecord } from '../../src/domain/job/job.ts'
import type { HealthLimits, HealthRow } from '../../src/domain/ledger/health-row.ts'
import { type Scope, type ScopeKey, scopeKey, type ZoneScope } from '../../src/domain/scope.ts'
import { Secret } from '../../src/domain/secret.ts'
import { ApiFailure } from '../../src/errors.ts'
import type { HealthSettings } from '../../src/exporter/health/health-deps.ts'
import { createHealthPoll } from '../../src/exporter/health/health-poll.ts'
import { createInventoryPoll, type InventoryDeps } from '../../src/exporter/inventory/inventory-poll.ts'
import { createScopeMemory } from '../../src/exporter/state/scope-memory.ts'
import { createSelfState } from '../../src/exporter/state/self-state.ts'
import { createState } from '../../src/exporter/state/state.ts'
import type { HealthApi, HealthFailure, HealthQuery, JobsApi } from '../../src/ports/cloudflare.ts'
import type { Listing } from '../../src/ports/listing.ts'
import type { RecordStore } from '../../src/ports/record-store.ts'
import { createMemoryStore } from '../../src/store/memory-store.ts'
import { aCaller, noTurns } from './callers.ts'
import { logSink } from './log-sink.ts'
import { createSteppedClock, type SteppedClock } from './stepped-clock.ts'

export const quay = { id: 'a'.repeat(32), name: 'Quay' }

export function zone(name: string, account = quay): ZoneScope {
  return { kind: 'zone', id: name.padEnd(32, 'f'), name, account }
}

export const quayAccount: Scope = { kind: 'account', ...quay }

export function aJob(id: string, edit: Partial<JobRecord> = {}): JobRecord {
  return {
    id,
    name: `job ${id}`,
    dataset: 'http_requests',
    kind: '',
    enabled: true,
    destinationConf: new Secret('s3://quay-logs/http/{DATE}?region=us-east-1'),
    lastComplete: null,
    lastError: null,
    errorMessage: null,
    filter: null,
    filterAttackTraffic: null,
    frequency: null,
    logpullOptions: null,
    outputOptions: null,
    maxUploadBytes: null,
    maxUploadRecords: null,
    maxUploadIntervalSeconds: null,
    transformerId: null,
    ...edit,
  }
}

export function failure(kind: ApiFailure['kind'], message = `${kind} for the test`): ApiFailure {
  return new ApiFailure(kind, message, { operation: 'test' })
}

export const plentifulLimits: HealthLimits = {
  enabled: true,
  maxDurationSeconds: 3600,
  notOlderThanSeconds: 7 * 86_400,
  maxPageSize: 10_000,
  optionalFields: true,
}

export interface CoreOptions {
  readonly clock?: SteppedClock
  readonly store?: RecordStore
  readonly share?: number
  readonly settings?: Partial<HealthSettings>
  /** Rows of one scope for a query; `limit` is applied to them afterwards. Throws what the API would. */
  readonly rows?: (scope: Scope, query: HealthQuery) => readonly HealthRow[]
  readonly limits?: (scope: Scope) => HealthLimits | null
  /** Refuses a query as a whole: throws what the API would. */
  readonly refuse?: (query: HealthQuery) => void
  readonly refuseLimits?: (scopes: readonly Scope[]) => void
  /** What is wrong with one scope's part of an answer. */
  readonly failureOf?: (scope: Scope, query: HealthQuery) => HealthFailure | null
  /** Cloudflare's time in answers; none unless given. */
  readonly date?: () => number | null
  readonly jobs?: (key: ScopeKey) => readonly JobRecord[] | Listing<JobRecord>
  readonly requestsPerCycle?: number
  readonly onChanges?: InventoryDeps['onChanges']
}

/** The polls over APIs made by the test, on a clock that the test moves. */
export function createCore(options: CoreOptions = {}) {
  const clock = options.clock ?? createSteppedClock()
  const store = options.store ?? createMemoryStore()
  const log = logSink()
  const state = createState()
  const self = createSelfState([])
  const memory = createScopeMemory(store, { log, now: clock.now, revisionWindowMs: () => 900_000 })
  const budget = createBudget({ clock, settings: { share: options.share ?? 1, rateLimitType: 'user' } })
  const stop = new AbortController()
  const call = aCaller({ budget, clock, stop: stop.signal, reads: 'pollRead' })
  const queries: HealthQuery[] = []
  const server = createServerClock(clock, log)
  const limitQueries: (readonly Scope[])[] = []
  const listed: ScopeKey[] = []
  const health: HealthApi = {
    async readHealth(query) {
      queries.push(query)
      server.observe({ serverTime: options.date?.() ?? null })
      options.refuse?.(query)
      const rows = new Map<string, readonly HealthRow[]>()
      const failures = new Map<string, HealthFailure>()
      for (const scope of query.scopes) {
        const failure = options.failureOf?.(scope, query) ?? null
        if (failure === null) rows.set(scope.id, cut(options.rows?.(scope, query) ?? [], query))
        else failures.set(scope.id, failure)
      }
      return { rows, failures, date: options.date?.() ?? null }
    },
    async readLimits(scopes) {
      limitQueries.push(scopes)
      options.refuseLimits?.(scopes)
      const limits = new Map(scopes.map((scope) => [scope.id, options.limits?.(scope) ?? plentifulLimits]))
      return { limits, failures: new Map() }
    },
  }
  const jobs: Pick<JobsApi, 'listJobs'> = {
    async listJobs(scope) {
      listed.push(scopeKey(scope))
      const found = options.jobs?.(scopeKey(scope)) ?? []
      return 'items' in found ? found : { items: found, unreadable: [] }
    },
  }
  const common = {
    call,
    state,
    self,
    memory,
    clock,
    log,
    requestsPerCycle: () => options.requestsPerCycle ?? 1000,
  }
  const settings = {
    revisionWindowMs: 15 * 60_000,
    initialLookbackMs: 15 * 60_000,
    rateLimitType: 'user' as const,
    sweepEveryMs: 600_000,
    healthPollIntervalMs: 60_000,
    ...options.settings,
  }
  const healthPoll = createHealthPoll({
    ...common,
    api: health,
    server,
    turns: noTurns,
    settings: () => settings,
  })
  const inventoryPoll = createInventoryPoll({
    ...common,
    api: jobs,
    onChanges: (...seen) => options.onChanges?.(...seen),
    sweepEveryMs: () => settings.sweepEveryMs,
  })
  const finish = async (work: Promise<void>): Promise<void> => {
    let over = false
    const done = work.finally(() => {
      over = true
    })
    while (!over) await clock.advance(250)
    await done
  }
  return {
    clock,
    store,
    log,
    state,
    self,
    memory,
    server,
    budget,
    queries,
    limitQueries,
    listed,
    stop,
    /** One cycle, with the time moved on as far as it needs. */
    pollHealth: () => finish(healthPoll.cycle(new AbortController().signal)),
    pollInventory: () => finish(inventoryPoll.cycle(new AbortController().signal)),
    healthPoll,
    inventoryPoll,
  }
}

/** As the API cuts: in the order of job ids, at the limit, of the jobs asked for. */
function cut(rows: readonly HealthRow[], { jobs, limit }: HealthQuery): readonly HealthRow[] {
  return rows
    .filter(({ jobId }) => jobs?.geq === undefined || Number(jobId) >= Number(jobs.geq))
    .filter(({ jobId }) => jobs?.lt === undefined || Number(jobId) < Number(jobs.lt))
    .sort((a, b) => a.minute - b.minute || Number(a.jobId) - Number(b.jobId))
    .slice(0, limit)
}
