import { createBudget, priority } from '../../access/budget.ts'
import { type Caller, createCaller, type TakeTurn } from '../../access/caller.ts'
import type { CommandIo } from '../../cli/command-io.ts'
import { proxyFetch } from '../../cloudflare/proxy-fetch.ts'
import { createRestClient, type RestClient } from '../../cloudflare/rest/rest-client.ts'
import type { Clock, Log } from '../../ports/runtime.ts'
import type { PlanningDeps } from '../../provision/plan/planning.ts'
import { createSystemClock } from '../../runtime/system-clock.ts'
import type { ApiCommandSettings } from '../../settings/exporter-settings.ts'
import { build } from '../../version.ts'
import { processReferences } from '../manifest-files.ts'
import { openTokenAndLog } from '../token-and-log.ts'

/** What the verbs that call Cloudflare share. */
export interface Session {
  readonly rest: RestClient
  readonly clock: Clock
  readonly log: Log
  /** Repeats reads, waits out rate limits, and stops when the process is told to. */
  readonly caller: Caller
  /** Keeps all requests inside `--cloudflare.budget-share`. */
  readonly turn: TakeTurn
  readonly parallel: number
  readonly planning: PlanningDeps
}

/** For one API request, from sending to the end of the answer. */
const requestTimeoutMs = 30_000

/** @throws UserError when there is no API token. */
export async function openSession(
  settings: ApiCommandSettings & { readonly parallel: number },
  io: CommandIo,
): Promise<Session> {
  const clock = createSystemClock()
  const { token, log } = await openTokenAndLog(settings, io, clock)
  const fetch = proxyFetch(io.env)
  const { budgetShare: share, rateLimitType } = settings
  const budget = createBudget({ clock, settings: { share, rateLimitType } })
  const turn: TakeTurn = (work) =>
    budget.run({ api: 'rest', priority: priority.enabled, accountId: '', signal: io.signal }, work)
  const rest = createRestClient({
    baseUrl: settings.baseUrl,
    token: () => token.current(),
    timeoutMs: requestTimeoutMs,
    observe: (exchange) => {
      budget.observe(exchange)
      log.debug({ operation: exchange.operation, code: exchange.code }, 'api request')
    },
    userAgent: `${build.name}/${build.version}`,
    clock,
    ...(fetch === undefined ? {} : { fetch }),
  })
  const caller = createCaller({
    clock,
    signal: io.signal,
    turn,
    onWait: (reason) => log.info({ reason }, 'waiting for Cloudflare'),
  })
  const { parallel } = settings
  const planning: PlanningDeps = {
    directory: rest,
    jobs: rest,
    notifications: rest,
    token: rest,
    read: (call) => caller.read(call),
    parallel,
    references: processReferences(io),
    now: clock.now(),
  }
  return { rest, clock, log, caller, turn, parallel, planning }
}
