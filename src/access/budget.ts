/*
 * The one scheduler of both APIs' budgets. Every request asks it for a turn; turns are given in the order of
 * priority, and within it in the order of asking, as fast as the budget allows. Nothing is ever dropped:
 * what does not fit waits, and the poll that sent it takes longer.
 */
import type { ApiExchange } from '../ports/cloudflare.ts'
import type { Clock, Log } from '../ports/runtime.ts'
import { createRequestQueue, type RequestQueue } from './request-queue.ts'
import { correct, fullBucket, isPlausible, pace, throttle, wholeBurst } from './token-bucket.ts'

export type Api = ApiExchange['api']

/** Lower goes first. */
export const priority = { failing: 0, enabled: 1, known: 2, discovery: 3 } as const
export type Priority = (typeof priority)[keyof typeof priority]

export interface BudgetSettings {
  /** The part of each budget that we may use, in (0, 1]. */
  readonly share: number
  /** `account`: GraphQL is counted by account instead of by user. */
  readonly rateLimitType: 'user' | 'account'
}

export interface Turn {
  readonly api: Api
  readonly priority: Priority
  /** The account that a GraphQL query counts against in account mode. */
  readonly accountId: string
  readonly signal: AbortSignal
}

export interface BudgetStatus {
  readonly api: Api
  readonly limit: number
  readonly remaining: number
  readonly throttled: number
  readonly paused: boolean
}

export interface Budget {
  /** Runs the work when its turn comes. Rejects with ApiFailure `aborted` when the signal comes first. */
  run<T>(turn: Turn, work: () => Promise<T>): Promise<T>
  /** Learns from a finished exchange: headers, refusals. */
  observe(exchange: ApiExchange): void
  status(): readonly BudgetStatus[]
  /** Requests per minute that can be sustained. */
  perMinute(api: Api): number
  /** New share or mode, after a reload. */
  configure(settings: BudgetSettings): void
}

const windowMs = 300_000
const limits: Record<Api, number> = { rest: 1200, graphql: 300 }
/** A `Retry-After` of an hour would blind us for an hour; after this we try again. */
const maxPauseMs = 300_000

interface Queue {
  readonly api: Api
  readonly requests: RequestQueue
}

export function createBudget(deps: {
  readonly clock: Clock
  readonly settings: BudgetSettings
  /** For a program that ends by itself: it may spend its share at once instead of spreading it over the window. */
  readonly mayBurst?: boolean
  readonly log?: Log
}): Budget {
  const { clock } = deps
  let settings = deps.settings
  const queues = new Map<string, Queue>()
  const throttled: Record<Api, number> = { rest: 0, graphql: 0 }

  const ofApi = (api: Api): readonly RequestQueue[] =>
    [...queues.values()].filter((queue) => queue.api === api).map(({ requests }) => requests)

  const paceOf = (api: Api): number => {
    const known = ofApi(api).map(({ bucket }) => bucket)
    const fresh = fullBucket(limits[api], windowMs, settings.share, clock.monotonic())
    return (known.length > 0 ? known : [fresh]).reduce((sum, bucket) => sum + pace(bucket) * 60_000, 0)
  }

  let oddNoted = false
  const noteOdd = ({ api, rateLimit }: ApiExchange): void => {
    if (oddNoted) return
    oddNoted = true
    deps.log?.warn(
      { api, quota: rateLimit?.limit, window_seconds: rateLimit?.windowSeconds },
      'the rate limit in a response is not plausible; the documented one counts',
    )
  }

  const queueOf = (api: Api, accountId: string | null): Queue => {
    const key = api === 'graphql' && settings.rateLimitType === 'account' ? `graphql:${accountId}` : api
    const known = queues.get(key)
    if (known !== undefined) return known
    const burst = deps.mayBurst === true ? wholeBurst : undefined
    const bucket = fullBucket(limits[api], windowMs, settings.share, clock.monotonic(), burst)
    const queue = { api, requests: createRequestQueue(clock, bucket) }
    queues.set(key, queue)
    return queue
  }

  return {
    async run(turn, work) {
      const { requests } = queueOf(turn.api, turn.accountId)
      const sending = await requests.enter(turn)
      try {
        // A GraphQL query also counts as a REST request.
        if (turn.api === 'graphql') {
          await queueOf('rest', null).requests.count(turn)
          sending.at = clock.monotonic()
        }
        return await work()
      } finally {
        requests.ended()
      }
    },
    observe(exchange) {
      const { requests } = queueOf(exchange.api, exchange.accountId)
      const now = clock.monotonic()
      if (exchange.throttled) {
        throttled[exchange.api] += 1
        requests.bucket = throttle(requests.bucket, exchange.retryAfterMs, now, maxPauseMs)
      } else if (exchange.rateLimit !== null) {
        if (!isPlausible(exchange.rateLimit)) noteOdd(exchange)
        const known = { limit: limits[exchange.api], windowMs }
        requests.bucket = correct(requests.bucket, exchange.rateLimit, now, maxPauseMs, known)
      } else {
        requests.bucket = { ...requests.bucket, strikes: 0 }
      }
    },
    status: () =>
      (['rest', 'graphql'] as const).map((api) => {
        const now = clock.monotonic()
        const own = ofApi(api)
        const limit = own.reduce((sum, { bucket }) => sum + bucket.limit * bucket.share, 0)
        const used = own.reduce((sum, queue) => sum + queue.sentLately(), 0)
        const whole = own.length > 0 ? limit : limits[api] * settings.share
        return {
          api,
          limit: whole,
          remaining: Math.max(0, Math.floor(whole - used)),
          throttled: throttled[api],
          paused: own.some(({ bucket }) => bucket.pausedUntil > now),
        }
      }),
    perMinute(api) {
      // Queries of many accounts are also REST requests, and take turns with those.
      return api === 'rest' ? paceOf('rest') : Math.min(paceOf('graphql'), paceOf('rest') / 2)
    },
    configure(next) {
      settings = next
      for (const { requests } of queues.values()) requests.bucket = { ...requests.bucket, share: next.share }
    },
  }
}
