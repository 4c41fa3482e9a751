/*
 * Cloudflare's API over a scale world, with its limits: it counts what is asked in sliding windows of five minutes
 * and refuses what is too much, for the rest of the window.
 */
import { ApiFailure } from '../../../src/errors.ts'
import type { WatchDeps } from '../../../src/exporter/watch.ts'
import type { HealthApi } from '../../../src/ports/cloudflare.ts'
import type { Clock } from '../../../src/ports/runtime.ts'
import { pageOf } from '../callers.ts'
import { aJob, plentifulLimits } from '../exporter-core.ts'
import type { ScaleWorld } from './scale-world.ts'

export type RateLimitType = 'user' | 'account'

export interface ScaleCounts {
  /** Queries and requests that were sent, each when. */
  readonly graphql: readonly number[]
  readonly rest: readonly number[]
  readonly refused: number
}

export interface ScaleApi {
  readonly rest: WatchDeps['rest']
  readonly graphql: HealthApi
  readonly counts: ScaleCounts
}

const windowMs = 300_000
const latencyMs = 200
const limits = { graphql: 300, rest: 1_200 } as const

export function createScaleApi(world: ScaleWorld, clock: Clock, mode: RateLimitType): ScaleApi {
  const sent: { readonly graphql: number[]; readonly rest: number[] } = { graphql: [], rest: [] }
  let refused = 0
  const recent = new Map<string, number[]>()
  const count = (key: string, limit: number): void => {
    const now = clock.monotonic()
    const times = recent.get(key) ?? []
    while ((times[0] ?? now) <= now - windowMs) times.shift()
    times.push(now)
    recent.set(key, times)
    if (times.length <= limit) return
    refused += 1
    throw new ApiFailure('rate_limited', 'too many requests', { operation: 'scale', status: 429 })
  }
  const answer = async <T>(make: () => T): Promise<T> => {
    await clock.sleep(latencyMs, new AbortController().signal)
    return make()
  }
  const askRest = <T>(make: () => T): Promise<T> => {
    sent.rest.push(clock.monotonic())
    count('rest', limits.rest)
    return answer(make)
  }
  const askGraphql = <T>(accountId: string, make: () => T): Promise<T> => {
    sent.graphql.push(clock.monotonic())
    count('rest', limits.rest)
    count(mode === 'account' ? `graphql:${accountId}` : 'graphql', limits.graphql)
    return answer(make)
  }
  const rest = {
    listAccounts: async (page: number) => askRest(() => pageOf(world.accounts, page)),
    listZones: async ({ page }: { page: number }) => askRest(() => pageOf(world.zonesAt(clock.now()), page)),
    listJobs: async ({ id }: { id: string }) =>
      askRest(() => {
        const job = world.jobOf(id)
        return { items: job === null ? [] : [aJob(job)], unreadable: [] }
      }),
    verifyToken: async () => askRest(() => ({ id: 't', status: 'active' as const, expiresOn: null })),
  }
  const accountOf = (scopes: Parameters<HealthApi['readLimits']>[0]): string => {
    const [first] = scopes
    return first === undefined ? '' : first.kind === 'account' ? first.id : first.account.id
  }
  const graphql: HealthApi = {
    readHealth: async ({ scopes, from, to }) =>
      askGraphql(accountOf(scopes), () => ({
        rows: new Map(scopes.map(({ id }) => [id, world.rows(id, from, to, clock.now())])),
        failures: new Map(),
        date: clock.now(),
      })),
    readLimits: async (scopes) =>
      askGraphql(accountOf(scopes), () => ({
        limits: new Map(scopes.map(({ id }) => [id, plentifulLimits])),
        failures: new Map(),
      })),
  }
  return {
    // The polls of this world read no notifications, and no audit log.
    rest: rest as unknown as WatchDeps['rest'],
    graphql,
    counts: {
      ...sent,
      get refused() {
        return refused
      },
    },
  }
}
