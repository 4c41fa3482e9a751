import type { EpochMs } from '../domain/time.ts'
import type { ApiExchange } from '../ports/cloudflare.ts'

type RateLimitHeaders = NonNullable<ApiExchange['rateLimit']>

/** What an answer's headers say about budget and time. */
export interface AnswerHints {
  readonly rateLimit: RateLimitHeaders | null
  readonly retryAfterMs: number | null
  readonly serverTime: EpochMs | null
}

/** `now` is used for a `Retry-After` date when the answer has no `Date` of its own to compare with. */
export function readHints(headers: Headers, now: EpochMs): AnswerHints {
  const serverTime = instant(headers.get('date'))
  return {
    rateLimit: readRateLimit(headers.get('ratelimit'), headers.get('ratelimit-policy')),
    retryAfterMs: readRetryAfter(headers.get('retry-after'), serverTime ?? now),
    serverTime,
  }
}

/**
 * `Ratelimit: "default";r=50;t=30` and `Ratelimit-Policy: "default";q=100;w=60`. Several may stand there,
 * comma separated; the one with the least left counts, with the policy of its name.
 */
export function readRateLimit(limits: string | null, policies: string | null): RateLimitHeaders | null {
  const tightest = items(limits)
    .flatMap(({ name, values }) => {
      const remaining = values.get('r')
      return remaining === undefined ? [] : [{ name, remaining, reset: values.get('t') ?? null }]
    })
    .sort((a, b) => a.remaining - b.remaining)[0]
  if (tightest === undefined) return null
  const known = items(policies)
  const policy = (known.find(({ name }) => name === tightest.name) ?? known[0])?.values
  return {
    limit: policy?.get('q') ?? null,
    windowSeconds: policy?.get('w') ?? null,
    remaining: tightest.remaining,
    resetSeconds: tightest.reset,
  }
}

/** Whole seconds or an HTTP date, in milliseconds from `now`, never negative; null when it cannot be read. */
export function readRetryAfter(text: string | null, now: EpochMs): number | null {
  if (text === null) return null
  if (/^\s*\d+(\.\d+)?\s*$/.test(text)) return Math.round(Number(text) * 1000)
  const at = instant(text)
  return at === null ? null : Math.max(0, at - now)
}

function items(text: string | null): readonly { name: string; values: ReadonlyMap<string, number> }[] {
  return (text ?? '').split(',').flatMap((item) => {
    const [name = '', ...parameters] = item.split(';').map((part) => part.trim())
    if (name === '') return []
    const values = new Map<string, number>()
    for (const parameter of parameters) {
      const [key = '', value = ''] = parameter.split('=')
      if (/^\d+(\.\d+)?$/.test(value)) values.set(key, Number(value))
    }
    return [{ name: name.replaceAll('"', ''), values }]
  })
}

function instant(text: string | null): EpochMs | null {
  const parsed = text === null ? Number.NaN : Date.parse(text)
  return Number.isNaN(parsed) ? null : parsed
}
