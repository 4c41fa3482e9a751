/** One request per interval on average, with up to `burst` at once. */
export interface RateLimitSettings {
  readonly intervalMs: number
  readonly burst: number
}

/** A token bucket for the whole server, full at first. Time is monotonic. */
export function createRateLimit() {
  let bucket: { tokens: number; filledAt: number } | null = null
  return {
    /** Takes one token if there is one. */
    allows({ intervalMs, burst }: RateLimitSettings, nowMs: number): boolean {
      bucket ??= { tokens: burst, filledAt: nowMs }
      const gained = (nowMs - bucket.filledAt) / intervalMs
      bucket = { tokens: Math.min(burst, bucket.tokens + gained), filledAt: nowMs }
      if (bucket.tokens < 1) return false
      bucket.tokens -= 1
      return true
    },
  }
}
