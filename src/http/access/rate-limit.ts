/** One request per interval on average, with up to `burst` at once. */
export interface RateLimitSettings {
  readonly intervalMs: number
  readonly burst: number
}

export interface RequestLimit {
  /** Takes one token if there is one. */
  allows(settings: RateLimitSettings, nowMs: number): boolean
}

/** A token bucket for the whole server, full at first. Time is monotonic. */
export function createRateLimit(): RequestLimit {
  let bucket: { tokens: number; filledAt: number } | null = null
  return {
    allows({ intervalMs, burst }, nowMs) {
      bucket ??= { tokens: burst, filledAt: nowMs }
      const gained = (nowMs - bucket.filledAt) / intervalMs
      bucket = { tokens: Math.min(burst, bucket.tokens + gained), filledAt: nowMs }
      if (bucket.tokens < 1) return false
      bucket.tokens -= 1
      return true
    },
  }
}
