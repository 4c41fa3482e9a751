import type { EpochMs } from '../domain/time.ts'
import type { ApiExchange } from '../ports/cloudflare.ts'
import type { Clock, Log } from '../ports/runtime.ts'

/** Answers take time, and `Date` has whole seconds: up to this, it is a difference of no importance. */
const nearMs = 120_000
/** The median of so many answers counts. */
const kept = 5
/** No answer is older than this program. */
const earliest = Date.UTC(2026, 0, 1)

export type ServerClock = ReturnType<typeof createServerClock>

/**
 * Our clock and Cloudflare's, as the `Date` of its answers tells it. Neither is believed blindly: a machine's clock
 * may jump, and a proxy may answer with any `Date`. What a clock that is ahead settles is never counted.
 */
export function createServerClock(clock: Pick<Clock, 'now' | 'monotonic'>, log?: Log) {
  /** Cloudflare's time less our monotonic one, the newest last. */
  let offsets: readonly number[] = []
  let noted = false

  const estimate = (): EpochMs | null => {
    const median = [...offsets].sort((a, b) => a - b)[Math.floor((offsets.length - 1) / 2)]
    return median === undefined ? null : median + clock.monotonic()
  }
  /** Cloudflare's time minus ours, in milliseconds; null before its first answer. */
  const skewMs = (): number | null => {
    const server = estimate()
    return server === null ? null : server - clock.now()
  }
  const note = (): void => {
    const skew = skewMs() ?? 0
    const isFar = Math.abs(skew) > nearMs
    if (isFar === noted) return
    noted = isFar
    const fields = { skew_seconds: Math.round(skew / 1000) }
    if (isFar)
      log?.warn(
        fields,
        "this machine's clock and Cloudflare's differ by minutes; the earlier one counts until they agree",
      )
    else log?.info(fields, "this machine's clock and Cloudflare's agree again")
  }

  return {
    /** Cloudflare's time where it is near ours; otherwise the earlier of both. */
    now(): EpochMs {
      const [own, server] = [clock.now(), estimate()]
      if (server === null) return own
      return Math.abs(server - own) <= nearMs ? server : Math.min(server, own)
    },
    /** The later of both: what is after it has not happened by any clock. */
    latest: (): EpochMs => Math.max(clock.now(), estimate() ?? Number.NEGATIVE_INFINITY),
    skewMs,
    observe({ serverTime }: Pick<ApiExchange, 'serverTime'>): void {
      if (serverTime === null || serverTime < earliest) return
      offsets = [...offsets.slice(1 - kept), serverTime - clock.monotonic()]
      note()
    },
  }
}
