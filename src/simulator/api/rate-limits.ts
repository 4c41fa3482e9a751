/** A number of requests in a window, after which everything is refused for one more window. */
export interface RateLimit {
  readonly requests: number
  readonly windowMs: number
}

export interface RateLimits {
  /** Per token. */
  readonly rest: RateLimit
  /** Per token. */
  readonly graphql: RateLimit
  /** Per account or zone, in account-based mode. */
  readonly scope: RateLimit
}

export const defaultRateLimits: RateLimits = {
  rest: { requests: 1200, windowMs: 300_000 },
  graphql: { requests: 300, windowMs: 300_000 },
  scope: { requests: 300, windowMs: 300_000 },
}

export interface Charge {
  readonly allowed: boolean
  readonly remaining: number
  /** Until the window ends, or the block is lifted. */
  readonly resetSeconds: number
}

interface Window {
  startMs: number
  used: number
  blockedUntilMs: number
}

export type RateLimiter = ReturnType<typeof createRateLimiter>

export function createRateLimiter(limit: RateLimit) {
  const windows = new Map<string, Window>()
  const current = (key: string, nowMs: number): Window => {
    const window = windows.get(key)
    if (window !== undefined && nowMs < Math.max(window.startMs + limit.windowMs, window.blockedUntilMs)) {
      return window
    }
    const fresh = { startMs: nowMs, used: 0, blockedUntilMs: 0 }
    windows.set(key, fresh)
    return fresh
  }
  const view = (window: Window, nowMs: number, allowed: boolean): Charge => ({
    allowed,
    remaining: Math.max(0, limit.requests - window.used),
    resetSeconds: Math.max(
      1,
      Math.ceil((Math.max(window.startMs + limit.windowMs, window.blockedUntilMs) - nowMs) / 1000),
    ),
  })
  return {
    limit,
    /** Counts one request of the key. */
    charge: (key: string, nowMs: number): Charge => {
      const window = current(key, nowMs)
      window.used += 1
      const allowed = window.used <= limit.requests
      // Asking on while refused does not make the block longer, but it is a whole window long.
      if (!allowed && window.blockedUntilMs === 0) window.blockedUntilMs = nowMs + limit.windowMs
      return view(window, nowMs, allowed)
    },
    /** As `charge`, without counting. */
    peek: (key: string, nowMs: number): Charge => {
      const window = current(key, nowMs)
      return view(window, nowMs, window.used < limit.requests)
    },
  }
}

/** The headers that tell a client where it stands. */
export function rateLimitHeaders(name: string, limit: RateLimit, charge: Charge): Record<string, string> {
  return {
    ratelimit: `"${name}";r=${charge.remaining};t=${charge.resetSeconds}`,
    'ratelimit-policy': `"${name}";q=${limit.requests};w=${limit.windowMs / 1000}`,
  }
}
