import { type Budget, createBudget, priority } from '../access/budget.ts'
import { type Caller, createCaller } from '../access/caller.ts'
import type { ReadRow } from '../access/retry.ts'
import { createHealthClient } from '../cloudflare/health/health-client.ts'
import { proxyFetch } from '../cloudflare/proxy-fetch.ts'
import { createRestClient, type RestClient } from '../cloudflare/rest/rest-client.ts'
import type { ApiExchange, HealthApi } from '../ports/cloudflare.ts'
import type { Clock, Log, Random, Turns } from '../ports/runtime.ts'
import type { TokenSource } from '../runtime/token-source.ts'
import type { ApiCommandSettings } from '../settings/exporter-settings.ts'
import { build } from '../version.ts'

/** Cloudflare as every command opens it: both APIs, and the one way to call them within the budget. */
export interface Cloudflare {
  readonly rest: RestClient
  readonly health: HealthApi
  readonly call: Caller
  readonly budget: Budget
}

export interface CloudflareDeps {
  readonly token: Pick<TokenSource, 'current' | 'refresh'>
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly env: Readonly<Record<string, string | undefined>>
  readonly stop: AbortSignal
  /** Whether the share of the budget may be spent at once: for a command that ends by itself. */
  readonly mayBurst: boolean
  readonly reads: ReadRow
  /** Parts the reading of answers, where something else is waiting. */
  readonly turns?: Turns
  /** Told of every finished exchange, after the budget. */
  readonly observe?: (exchange: ApiExchange) => void
  /** Told when Cloudflare did not accept the token in a call. */
  readonly onRefusedToken?: () => void
  /** Told before each pause, with why it is made. */
  readonly onWait?: (reason: string) => void
}

/** For one API request, from sending to the end of the answer. */
const requestTimeoutMs = 30_000

export function openCloudflare(
  settings: Pick<ApiCommandSettings, 'baseUrl' | 'budgetShare' | 'rateLimitType'>,
  deps: CloudflareDeps,
): Cloudflare {
  const { token, clock, random, log, stop, reads, observe, onWait } = deps
  const { baseUrl, rateLimitType } = settings
  const budget = createBudget({
    clock,
    settings: { share: settings.budgetShare, rateLimitType },
    mayBurst: deps.mayBurst,
    log,
  })
  const fetch = proxyFetch(deps.env)
  const transport = {
    baseUrl,
    token: () => token.current(),
    timeoutMs: requestTimeoutMs,
    observe(exchange: ApiExchange): void {
      budget.observe(exchange)
      observe?.(exchange)
      const { api, operation, code } = exchange
      log.debug({ api, operation, code, ms: Math.round(exchange.durationMs) }, 'api request')
    },
    userAgent: `${build.name}/${build.version}`,
    clock,
    ...(deps.turns === undefined ? {} : { turns: deps.turns }),
    ...(fetch === undefined ? {} : { fetch }),
  }
  const onRefusedToken = (): void => {
    token.refresh()
    deps.onRefusedToken?.()
  }
  const call = createCaller(
    { budget, clock, random, onRefusedToken },
    {
      api: 'rest',
      priority: priority.enabled,
      accountId: '',
      stop,
      signal: stop,
      reads,
      ...(onWait === undefined ? {} : { onWait }),
    },
  )
  return {
    rest: createRestClient(transport),
    health: createHealthClient({ ...transport, rateLimitType }),
    call,
    budget,
  }
}
