import type { EpochMs } from '../domain/time.ts'
import type { ApiExchange } from '../ports/cloudflare.ts'
import type { Clock } from '../ports/runtime.ts'

/**
 * Cloudflare's time, from the `Date` of its answers. Windows are cut by it: a machine whose clock runs ahead
 * would otherwise settle minutes that the API has yet to fill, and what came in them would never be counted.
 */
export interface ServerClock {
  now(): EpochMs
  observe(exchange: Pick<ApiExchange, 'serverTime'>): void
}

export function createServerClock(clock: Clock): ServerClock {
  let seen: { readonly server: EpochMs; readonly monotonic: number } | null = null
  return {
    now: () => (seen === null ? clock.now() : seen.server + (clock.monotonic() - seen.monotonic)),
    observe({ serverTime }) {
      if (serverTime !== null) seen = { server: serverTime, monotonic: clock.monotonic() }
    },
  }
}
