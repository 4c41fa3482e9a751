/*
 * The one scheduler of both APIs' budgets. Every request asks it for a turn; turns are given in the order of
 * priority, and within it in the order of asking, as fast as the budget allows. Nothing is ever dropped:
 * what does not fit waits, and the poll that sent it takes longer.
 */
import { ApiFailure } from '../errors.ts'
import type { ApiExchange } from '../ports/cloudflare.ts'
import type { Clock, Log } from '../ports/runtime.ts'
import {
  type Bucket,
  calm,
  correct,
  flow,
  fullBucket,
  isPlausible,
  take,
  throttle,
  waitFor,
  wholeBurst,
} from './token-bucket.ts'

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
/** Requests under way at once, per budget. */
const maxInFlight = 4
/** A request arrives a little later than it was sent, and one later than another: the window is kept as much longer. */
const slackMs = 1_000

interface Waiter {
  readonly turn: Turn
  readonly order: number
  readonly start: () => void
}

interface Queue {
  bucket: Bucket
  readonly api: Api
  /** In the order of their turns. */
  waiting: Waiter[]
  /** GraphQL queries that have their turn and wait to be counted as REST requests; of the queue of REST only. */
  counting: Waiter[]
  /** Whether the last turn was given to one of those. */
  counted: boolean
  inFlight: number
  pumping: boolean
  /** When requests went out, oldest first, back to one window. */
  sent: number[]
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
  let order = 0
  const queues = new Map<string, Queue>()
  const throttled: Record<Api, number> = { rest: 0, graphql: 0 }

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
    const key = api === 'graphql' && settings.rateLimitType === 'account' ? `graphql:${accountId ?? ''}` : api
    const known = queues.get(key)
    if (known !== undefined) return known
    const burst = deps.mayBurst === true ? wholeBurst : undefined
    const bucket = fullBucket(limits[api], windowMs, settings.share, clock.monotonic(), burst)
    const queue: Queue = {
      bucket,
      api,
      waiting: [],
      counting: [],
      counted: false,
      inFlight: 0,
      pumping: false,
      sent: [],
    }
    queues.set(key, queue)
    return queue
  }

  /** Gives all turns that can be given now. Resolves to the milliseconds until the next one, null when none waits. */
  const serve = (queue: Queue): number | null => {
    for (;;) {
      const mayRun = queue.waiting.length > 0 && queue.inFlight < maxInFlight
      if (!mayRun && queue.counting.length === 0) return null
      const now = clock.monotonic()
      const paused = queue.bucket.pausedUntil > now
      const wait = Math.max(waitFor(queue.bucket, now), windowWait(queue))
      // A query is not held up by what REST is told: it only takes its place in our own count.
      const counts = queue.counting.length > 0 && (paused || (wait <= 0 && !(mayRun && queue.counted)))
      if (!counts && wait > 0) return wait
      const next = counts ? queue.counting.shift() : queue.waiting.shift()
      if (next === undefined) return null
      queue.counted = counts
      charge(queue)
      if (!counts) queue.inFlight += 1
      next.start()
    }
  }
  const pump = async (queue: Queue): Promise<void> => {
    let wait = serve(queue)
    if (queue.pumping) return
    queue.pumping = true
    for (; wait !== null; wait = serve(queue))
      // Slept in short pieces: a reload, a header or an abort may change the picture meanwhile.
      await clock.sleep(Math.min(wait, 1000), new AbortController().signal)
    queue.pumping = false
  }

  const charge = (queue: Queue): void => {
    const now = clock.monotonic()
    queue.bucket = take(queue.bucket, now)
    queue.sent.push(now)
  }
  const sentLately = (queue: Queue): number => {
    const since = clock.monotonic() - queue.bucket.windowMs - slackMs
    const first = queue.sent.findIndex((at) => at > since)
    if (first !== 0) queue.sent = first < 0 ? [] : queue.sent.slice(first)
    return queue.sent.length
  }

  /** Milliseconds until the last window has room in our share. */
  const windowWait = (queue: Queue): number => {
    const { limit, share, windowMs: window } = queue.bucket
    const excess = sentLately(queue) - Math.max(1, Math.floor(limit * share))
    const oldest = queue.sent[excess]
    if (oldest === undefined) return 0
    if (queue.bucket.burst < wholeBurst) queue.bucket = calm(queue.bucket, clock.monotonic())
    return oldest + window + slackMs - clock.monotonic()
  }

  const enter = (queue: Queue, turn: Turn, line: 'waiting' | 'counting' = 'waiting'): Promise<void> =>
    new Promise((resolve, reject) => {
      const leave = (): void => {
        queue[line] = queue[line].filter((other) => other !== waiter)
        reject(new ApiFailure('aborted', 'gave up waiting for API budget', { operation: 'wait' }))
      }
      const waiter: Waiter = {
        turn,
        order: order++,
        start() {
          turn.signal.removeEventListener('abort', leave)
          resolve()
        },
      }
      if (turn.signal.aborted) {
        leave()
        return
      }
      turn.signal.addEventListener('abort', leave, { once: true })
      insert(queue[line], waiter)
      void pump(queue)
    })

  return {
    async run(turn, work) {
      const queue = queueOf(turn.api, turn.accountId)
      await enter(queue, turn)
      try {
        // A GraphQL query also counts as a REST request: the two kinds take turns where both wait.
        if (turn.api === 'graphql') await enter(queueOf('rest', null), turn, 'counting')
        return await work()
      } finally {
        queue.inFlight -= 1
        void pump(queue)
      }
    },
    observe(exchange) {
      const queue = queueOf(exchange.api, exchange.accountId)
      const now = clock.monotonic()
      if (exchange.throttled) {
        throttled[exchange.api] += 1
        queue.bucket = throttle(queue.bucket, exchange.retryAfterMs, now, maxPauseMs)
      } else if (exchange.rateLimit !== null) {
        if (!isPlausible(exchange.rateLimit)) noteOdd(exchange)
        const known = { limit: limits[exchange.api], windowMs }
        queue.bucket = correct(queue.bucket, exchange.rateLimit, now, maxPauseMs, known)
      } else {
        queue.bucket = { ...queue.bucket, strikes: 0 }
      }
    },
    status: () =>
      (['rest', 'graphql'] as const).map((api) => {
        const now = clock.monotonic()
        const own = [...queues.values()].filter((queue) => queue.api === api)
        const limit = own.reduce((sum, { bucket }) => sum + bucket.limit * bucket.share, 0)
        const used = own.reduce((sum, queue) => sum + sentLately(queue), 0)
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
      const known = [...queues.values()].filter((queue) => queue.api === api).map(({ bucket }) => bucket)
      const fresh = fullBucket(limits[api], windowMs, settings.share, clock.monotonic())
      return (known.length > 0 ? known : [fresh]).reduce((sum, bucket) => sum + flow(bucket) * 60_000, 0)
    },
    configure(next) {
      settings = next
      for (const queue of queues.values()) queue.bucket = { ...queue.bucket, share: next.share }
    },
  }
}

function insert(waiting: Waiter[], waiter: Waiter): void {
  const before = (other: Waiter): boolean =>
    other.turn.priority < waiter.turn.priority ||
    (other.turn.priority === waiter.turn.priority && other.order < waiter.order)
  let index = waiting.length
  while (index > 0 && !before(waiting[index - 1] ?? waiter)) index -= 1
  waiting.splice(index, 0, waiter)
}
