/* Runs the exporter's own polls, scheduler and ledgers in a scale world, and measures what comes of it. */
import { createBudget } from '../../../src/access/budget.ts'
import { createServerClock } from '../../../src/access/server-clock.ts'
import { scopeKey } from '../../../src/domain/scope.ts'
import { createNotifications } from '../../../src/exporter/notifications/notifications.ts'
import { createReadinessGate } from '../../../src/exporter/readiness.ts'
import { createScopeMemory } from '../../../src/exporter/state/scope-memory.ts'
import { createSelfState } from '../../../src/exporter/state/self-state.ts'
import { createState } from '../../../src/exporter/state/state.ts'
import type { UploadHistory } from '../../../src/exporter/state/upload-history.ts'
import { createUploadHistory } from '../../../src/exporter/state/upload-history.ts'
import { createWatch, watchSteps } from '../../../src/exporter/watch.ts'
import { createMemoryStore } from '../../../src/store/memory-store.ts'
import { percentile } from '../../bench/figures.ts'
import { aCaller, noTurns } from '../callers.ts'
import { logSink } from '../log-sink.ts'
import { createSteppedClock, type SteppedClock } from '../stepped-clock.ts'
import { createScaleApi, type RateLimitType } from './scale-api.ts'
import { budgetShare, pollSeconds, type ScaleBound, scaleBound } from './scale-bound.ts'
import { createScaleWorld, type Loss, type ScaleSize, type ScaleWorld } from './scale-world.ts'

/** Seconds. */
export interface Spread {
  readonly p50: number
  readonly p99: number
}

export interface ScaleFigures {
  /** Age of the last read of a scope with jobs. */
  readonly freshness: Spread
  /** From when Cloudflare shows a lost batch to its being counted. */
  readonly detection: Spread
  readonly lossesSeen: number
  readonly losses: number
  /** From a zone's appearance to its job's series. */
  readonly discovery: Spread
  readonly zonesFound: number
  readonly newZones: number
  /** From the start to the first read of all scopes with jobs. */
  readonly firstReadSeconds: number
  readonly queriesPerHour: number
  readonly requestsPerHour: number
  /** The most of the share that any five minutes took, of both APIs. */
  readonly peakShare: { readonly graphql: number; readonly rest: number }
  readonly refused: number
}

const startedAt = Date.UTC(2026, 10, 24, 3, 0, 0)
const windowMs = 300_000
/** Not a divisor of an interval: samples fall on all moments of a cycle. */
const sampleSeconds = 35

/** When what happens in a world begins, from the start: by then everything should have been read once. */
export function settledBySeconds(bound: Pick<ScaleBound, 'firstReadSeconds' | 'cycleSeconds'>): number {
  return 2.5 * bound.firstReadSeconds + 2 * bound.cycleSeconds + 60
}

/**
 * The world of one run. What happens in it begins when everything should have been read once, and takes three rounds
 * at least.
 */
export function scaleWorldFor(
  size: ScaleSize,
  mode: RateLimitType,
  {
    losses,
    newZones,
    seconds,
  }: { readonly losses: number; readonly newZones: number; readonly seconds: number },
): ScaleWorld {
  const quiet = createScaleWorld(size, { from: 0, to: 1, losses: 0, newZones: 0 })
  const { cycleSeconds, firstReadSeconds } = scaleBound(quiet, mode)
  const from = startedAt + 1000 * settledBySeconds({ cycleSeconds, firstReadSeconds })
  const to = from + 1000 * Math.max(seconds, 3 * cycleSeconds)
  return createScaleWorld(size, { from, to, losses, newZones })
}

export async function runScale(world: ScaleWorld, mode: RateLimitType): Promise<ScaleFigures> {
  const { cycleSeconds, discoverySeconds } = scaleBound(world, mode)
  const until = Math.max(
    ...world.losses.map(({ visibleAt }) => visibleAt + 2_000 * cycleSeconds),
    ...world.newZones.map(({ appearsAt }) => appearsAt + 1_500 * discoverySeconds),
  )
  const clock = createSteppedClock(startedAt, 2)
  const { rest, graphql, counts } = createScaleApi(world, clock, mode)
  const settings = {
    selection: { accounts: [], zones: [], excludeZones: [], shard: 0, totalShards: 1 },
    healthPollIntervalMs: 1000 * pollSeconds.health,
    inventoryPollIntervalMs: 1000 * pollSeconds.inventory,
    discoveryPollIntervalMs: 1000 * pollSeconds.discovery,
    historyPollIntervalMs: null,
    actorNaming: null,
    revisionWindowMs: 900_000,
    initialLookbackMs: 900_000,
    rateLimitType: mode,
  }
  const [log, state, self, store] = [logSink(), createState(), createSelfState([]), createMemoryStore()]
  const memory = createScopeMemory(store, {
    log,
    now: clock.now,
    revisionWindowMs: () => settings.revisionWindowMs,
  })
  const budget = createBudget({ clock, settings: { share: budgetShare, rateLimitType: mode } })
  const server = createServerClock(clock)
  const seen = watchLosses(world, clock)
  const watch = createWatch({
    rest,
    graphql,
    call: aCaller({ budget, clock, reads: 'pollRead' }),
    budget,
    state,
    self,
    memory,
    server,
    uploads: { ...createUploadHistory(), counted: seen.counted },
    notifications: createNotifications({ state, store, memory, server, log }),
    webhooks: new Map(),
    arrival: { everyMs: () => null, cycle: async () => {} },
    gate: createReadinessGate(watchSteps),
    turns: noTurns,
    clock,
    random: () => 0.5,
    log,
    settings: () => settings,
  })
  const [stop, abort] = [new AbortController(), new AbortController()]
  const running = watch.run(stop.signal, abort.signal)

  const watched = world.zones.filter(({ id }) => world.jobOf(id) !== null).map(scopeKey)
  const found = new Map<string, number>()
  const ages: number[] = []
  let sampled = startedAt
  let firstReadSeconds = Number.POSITIVE_INFINITY
  let steady: { readonly at: number; readonly graphql: number; readonly rest: number } | null = null
  const begins = Math.min(...world.losses.map(({ minute }) => minute * 60_000))
  while (clock.now() < until) {
    await clock.advance(5_000)
    for (const { zone, appearsAt } of world.newZones) {
      const known = state.scope(scopeKey(zone))?.jobs.size ?? 0
      if (known > 0 && !found.has(zone.id)) found.set(zone.id, (clock.now() - appearsAt) / 1000)
    }
    if (firstReadSeconds === Number.POSITIVE_INFINITY) {
      if (watched.every((key) => (state.scope(key)?.health.lastSuccess ?? null) !== null))
        firstReadSeconds = (clock.now() - startedAt) / 1000
    }
    if (clock.now() < begins || clock.now() < sampled + 1_000 * sampleSeconds) continue
    sampled = clock.now()
    steady ??= { at: clock.now(), graphql: counts.graphql.length, rest: counts.rest.length }
    for (const key of watched)
      ages.push((clock.now() - (state.scope(key)?.health.lastSuccess ?? startedAt)) / 1000)
  }
  stop.abort()
  abort.abort()
  await clock.advance(2_000)
  await running
  const hours = steady === null ? Number.NaN : (clock.now() - steady.at) / 3_600_000
  const both = [...counts.rest, ...counts.graphql].sort((a, b) => a - b)
  return {
    freshness: spread(ages),
    detection: spread([...seen.found.values()]),
    lossesSeen: seen.found.size,
    losses: world.losses.length,
    discovery: spread([...found.values()]),
    zonesFound: found.size,
    newZones: world.newZones.length,
    firstReadSeconds,
    queriesPerHour: (counts.graphql.length - (steady?.graphql ?? 0)) / hours,
    requestsPerHour: (counts.rest.length - (steady?.rest ?? 0)) / hours,
    peakShare: {
      graphql:
        busiest(counts.graphql) / (300 * budgetShare * (mode === 'account' ? world.accounts.length : 1)),
      rest: busiest(both) / (1_200 * budgetShare),
    },
    refused: counts.refused,
  }
}

/** When each lost batch was counted, from when it was there to be seen. */
function watchLosses(world: ScaleWorld, clock: SteppedClock) {
  const waiting = new Map<string, Loss[]>()
  for (const loss of world.losses) {
    const key = `${loss.jobId} ${loss.minute}`
    waiting.set(
      key,
      [...(waiting.get(key) ?? []), loss].sort((a, b) => a.visibleAt - b.visibleAt),
    )
  }
  const found = new Map<Loss, number>()
  const counted: UploadHistory['counted'] = (_, __, added) => {
    for (const { jobId, minute, success, counts } of added) {
      if (success) continue
      for (const loss of waiting.get(`${jobId} ${minute}`)?.splice(0, counts.uploads) ?? [])
        found.set(loss, (clock.now() - loss.visibleAt) / 1000)
    }
  }
  return { found, counted }
}

/** The most within any five minutes. */
function busiest(times: readonly number[]): number {
  let [most, first] = [0, 0]
  times.forEach((at, index) => {
    while ((times[first] ?? at) <= at - windowMs) first += 1
    most = Math.max(most, index - first + 1)
  })
  return most
}

function spread(values: readonly number[]): Spread {
  return { p50: percentile(values, 50), p99: percentile(values, 99) }
}
