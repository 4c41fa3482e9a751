import { createBudget } from '../../src/access/budget.ts'
import { createServerClock } from '../../src/access/server-clock.ts'
import type { Selection } from '../../src/exporter/inventory/selection.ts'
import { createNotifications } from '../../src/exporter/notifications/notifications.ts'
import { createReadinessGate } from '../../src/exporter/readiness.ts'
import { createScopeMemory } from '../../src/exporter/state/scope-memory.ts'
import { createSelfState } from '../../src/exporter/state/self-state.ts'
import { createState } from '../../src/exporter/state/state.ts'
import { createUploadHistory } from '../../src/exporter/state/upload-history.ts'
import { createWatch, recall, type WatchDeps, watchSteps } from '../../src/exporter/watch.ts'
import type { DirectoryApi, HealthApi, TokenApi } from '../../src/ports/cloudflare.ts'
import type { RecordStore } from '../../src/ports/record-store.ts'
import { createMemoryStore } from '../../src/store/memory-store.ts'
import { aCaller, noTurns, pageOf } from './callers.ts'
import { aJob, plentifulLimits, quay, zone } from './exporter-core.ts'
import { logSink } from './log-sink.ts'
import { createSteppedClock, type SteppedClock } from './stepped-clock.ts'

export const everything: Selection = { accounts: [], zones: [], excludeZones: [], shard: 0, totalShards: 1 }

interface Api {
  readonly zones?: readonly ReturnType<typeof zone>[]
  readonly hasJobs?: (id: string) => boolean
  readonly listAccounts?: DirectoryApi['listAccounts']
  readonly verifyToken?: TokenApi['verifyToken']
  readonly onQuery?: () => void
}

/** The API of one account and its zones; calls are counted. */
export function createApi({ zones = [zone('quay.example')], hasJobs = () => true, ...edit }: Api) {
  const calls = { zones: 0, jobs: 0, health: 0 }
  const rest = {
    listAccounts: edit.listAccounts ?? (async () => pageOf([quay], 1)),
    async listZones({ page }: { page: number }) {
      calls.zones += 1
      return pageOf(zones, page)
    },
    async listJobs({ id }: { id: string }) {
      calls.jobs += 1
      const items = hasJobs(id) ? [aJob(`1${zones.findIndex((one) => one.id === id)}`)] : []
      return { items, unreadable: [] }
    },
    verifyToken: edit.verifyToken ?? (async () => ({ id: 't', status: 'active' as const, expiresOn: null })),
  }
  const graphql: HealthApi = {
    async readHealth({ scopes }) {
      calls.health += 1
      edit.onQuery?.()
      return { rows: new Map(scopes.map(({ id }) => [id, []])), failures: new Map(), date: null }
    },
    async readLimits(scopes) {
      return { limits: new Map(scopes.map(({ id }) => [id, plentifulLimits])), failures: new Map() }
    },
  }
  return { rest: rest as unknown as WatchDeps['rest'], graphql, calls }
}

/** One life of the watch over it, on a clock that the test moves. */
export function begin(
  api: ReturnType<typeof createApi>,
  edit: {
    clock?: SteppedClock
    store?: RecordStore
    settings?: Partial<ReturnType<WatchDeps['settings']>>
    arrival?: WatchDeps['arrival']
  } = {},
) {
  const clock = edit.clock ?? createSteppedClock()
  const store = edit.store ?? createMemoryStore()
  const log = logSink()
  const state = createState()
  const self = createSelfState([])
  const memory = createScopeMemory(store, { log, now: clock.now, revisionWindowMs: () => 900_000 })
  const gate = createReadinessGate(watchSteps)
  const budget = createBudget({ clock, settings: { share: 0.5, rateLimitType: 'user' } })
  const settings = {
    selection: everything,
    healthPollIntervalMs: 60_000,
    inventoryPollIntervalMs: 60_000,
    discoveryPollIntervalMs: 600_000,
    revisionWindowMs: 900_000,
    initialLookbackMs: 900_000,
    rateLimitType: 'user' as const,
    historyPollIntervalMs: null,
    actorNaming: null,
    ...edit.settings,
  }
  recall(state, memory, settings.selection)
  const server = createServerClock(clock)
  const notifications = createNotifications({ state, store, memory, server, log })
  const uploads = createUploadHistory()
  const watch = createWatch({
    ...api,
    call: aCaller({ budget, clock, reads: 'pollRead' }),
    budget,
    state,
    self,
    memory,
    server,
    uploads,
    notifications,
    webhooks: new Map(),
    arrival: edit.arrival ?? { everyMs: () => null, cycle: async () => {} },
    gate,
    turns: noTurns,
    clock,
    random: () => 0.5,
    log,
    settings: () => settings,
  })
  const [stop, abort] = [new AbortController(), new AbortController()]
  const running = watch.run(stop.signal, abort.signal)
  const end = async (): Promise<void> => {
    stop.abort()
    await clock.advance(2_000)
    await running
  }
  return {
    clock,
    store,
    log,
    state,
    self,
    gate,
    budget,
    notifications,
    uploads,
    watch,
    stop,
    running,
    end,
    api,
  }
}
