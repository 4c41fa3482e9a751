import type { ApiExchange } from '../ports/cloudflare.ts'

/*
 * How many requests one budget has left for us, now.
 *
 * The API allows `limit` requests in any `windowMs`; we may use `share` of them. A bucket holds a fifth of the share
 * for a burst and refills with the rest, so that no window ends in a stall; when it has been empty for a whole window
 * the burst lies behind, and it refills with all of it. A bucket that may burst holds the whole share instead. Whoever
 * empties it counts what went out in the last window, too. What the API says of its own count only ever lowers ours,
 * since other tools spend from the same budget.
 */
export interface Bucket {
  readonly limit: number
  readonly windowMs: number
  readonly share: number
  /** The part of the share that may go out at once, in (0, 1]. */
  readonly burst: number
  readonly tokens: number
  /** Monotonic time of `tokens`. */
  readonly at: number
  /** When it was emptied and has not been full since; null when it was not. */
  readonly emptySince: number | null
  /** Monotonic time before which nothing may be sent, 0 when free. */
  readonly pausedUntil: number
  /** Throttled answers in a row, for growing pauses when the API names none. */
  readonly strikes: number
}

const steadyBurst = 0.2
export const wholeBurst = 1

export function fullBucket(
  limit: number,
  windowMs: number,
  share: number,
  at: number,
  burst = steadyBurst,
): Bucket {
  const tokens = capacity({ limit, share, burst })
  return { limit, windowMs, share, burst, tokens, at, emptySince: null, pausedUntil: 0, strikes: 0 }
}

/** The most that can be sent at once; at least one, or nothing would ever be sent. */
export function capacity({ limit, share, burst }: Pick<Bucket, 'limit' | 'share' | 'burst'>): number {
  return Math.max(1, limit * share * burst)
}

/** Requests per millisecond that can be sustained: the whole share in a window. */
export function pace({ limit, share, windowMs }: Bucket): number {
  return (limit * share) / windowMs
}

function flow(bucket: Bucket, now: number): number {
  const { burst, emptySince, windowMs } = bucket
  const isWhole = burst >= wholeBurst || (emptySince !== null && now - emptySince >= windowMs)
  return pace(bucket) * (isWhole ? 1 : 1 - burst)
}

export function refill(bucket: Bucket, now: number): Bucket {
  if (now <= bucket.at) return bucket
  const from = Math.max(bucket.at, bucket.pausedUntil)
  const tokens = bucket.tokens + Math.max(0, now - from) * flow(bucket, now)
  const most = capacity(bucket)
  return tokens < most
    ? { ...bucket, tokens, at: now }
    : { ...bucket, tokens: most, at: now, emptySince: null }
}

/** Milliseconds until a request may go out; 0 when it may now. */
export function waitFor(bucket: Bucket, now: number): number {
  const current = refill(bucket, now)
  const missing = Math.max(0, 1 - current.tokens) / flow(current, now)
  const paused = Math.max(0, current.pausedUntil - now)
  return Math.ceil(paused + missing)
}

/** Forgets what is left for a burst: after a full window it would only be followed by the next pause. */
export function calm(bucket: Bucket, now: number): Bucket {
  const current = refill(bucket, now)
  return { ...current, tokens: Math.min(current.tokens, 1) }
}

export function take(bucket: Bucket, now: number): Bucket {
  const current = refill(bucket, now)
  const tokens = current.tokens - 1
  return { ...current, tokens, emptySince: current.emptySince ?? (tokens < 1 ? now : null) }
}

/** What the API said of the whole budget, ours and everybody else's. */
export type RateReading = NonNullable<ApiExchange['rateLimit']>

/** The budget that the API's documentation names. */
export interface KnownRate {
  readonly limit: number
  readonly windowMs: number
}

/** A policy outside of these is of something else, or damaged. */
const bounds = { minQuota: 10, minWindowSeconds: 1, maxWindowSeconds: 3600 } as const

/**
 * Whether the policy of an answer can be that of this API: one with a window of months would keep us away as long,
 * and nothing that is sent would correct it.
 */
export function isPlausible({ limit, windowSeconds }: RateReading): boolean {
  if (limit !== null && !(limit >= bounds.minQuota)) return false
  if (windowSeconds === null) return true
  return windowSeconds >= bounds.minWindowSeconds && windowSeconds <= bounds.maxWindowSeconds
}

/** Takes over what the API says: never more than is known to be allowed, and nothing of a policy that is not plausible. */
export function correct(
  bucket: Bucket,
  reading: RateReading,
  now: number,
  maxPauseMs: number,
  known: KnownRate,
): Bucket {
  const current = refill(bucket, now)
  if (!isPlausible(reading)) return { ...current, strikes: 0 }
  const limit = reading.limit ?? current.limit
  const windowMs = reading.windowSeconds === null ? current.windowMs : reading.windowSeconds * 1000
  const learnt = { ...current, ...withinKnown({ limit, windowMs }, known), strikes: 0 }
  const { remaining, resetSeconds } = reading
  const tokens = Math.min(learnt.tokens, capacity(learnt), remaining * learnt.share)
  if (remaining > 0 || resetSeconds === null) return { ...learnt, tokens }
  const pause = Math.min(maxPauseMs, resetSeconds * 1000)
  return { ...learnt, tokens, pausedUntil: Math.max(learnt.pausedUntil, now + pause) }
}

/** Never a faster pace than is known, and never more in the known window, however much a longer one allows in all. */
function withinKnown({ limit, windowMs }: KnownRate, known: KnownRate): KnownRate {
  if (limit / windowMs > known.limit / known.windowMs) return known
  const shorter = Math.min(windowMs, known.windowMs)
  return { limit: (limit * shorter) / windowMs, windowMs: shorter }
}

/** The API refused: nothing goes out for as long as it asks, or for twice as long each time, within the cap. */
export function throttle(
  bucket: Bucket,
  retryAfterMs: number | null,
  now: number,
  maxPauseMs: number,
): Bucket {
  const current = refill(bucket, now)
  const guess = firstPauseMs * 2 ** current.strikes
  const pause = Math.min(maxPauseMs, Math.max(minPauseMs, retryAfterMs ?? guess))
  return {
    ...current,
    tokens: Math.min(current.tokens, 1),
    pausedUntil: Math.max(current.pausedUntil, now + pause),
    strikes: current.strikes + 1,
  }
}

const minPauseMs = 1000
const firstPauseMs = 15_000
