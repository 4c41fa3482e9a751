import { createApiAccess } from '../../access/api-access.ts'
import { createBudget } from '../../access/budget.ts'
import { defineCommand } from '../../cli/command.ts'
import { outputOption } from '../../cli/options.ts'
import { createHealthClient } from '../../cloudflare/health/health-client.ts'
import { proxyFetch } from '../../cloudflare/proxy-fetch.ts'
import { createRestClient } from '../../cloudflare/rest/rest-client.ts'
import { exitCode } from '../../errors.ts'
import type { ApiExchange } from '../../ports/cloudflare.ts'
import { createSystemClock } from '../../runtime/system-clock.ts'
import { missingToken } from '../../settings/exporter-rules.ts'
import { apiCommandSettings, nameRule } from '../../settings/exporter-settings.ts'
import { build } from '../../version.ts'
import { openTokenAndLog } from '../token-and-log.ts'
import type { CheckFacts, RateLimit } from './check-facts.ts'
import { probeAll } from './check-probe.ts'
import { report } from './check-report.ts'
import { reportLines } from './check-text.ts'

/** For one API request, from sending to the end of the answer. */
const requestTimeoutMs = 30_000

/**
 * Shows what the API token can do and what to grant. Resolves to 1 when something needed is missing.
 * @throws ApiFailure when Cloudflare can't be reached at all.
 */
export const check = defineCommand({
  options: { output: outputOption('text', 'json'), ...apiCommandSettings },
  notes: [nameRule],
  conflicts: missingToken,
  async run({ output, ...settings }, io) {
    const clock = createSystemClock()
    const { token, log } = await openTokenAndLog(settings, io, clock)
    const { rateLimitType } = settings
    const budget = createBudget({ clock, settings: { share: settings.budgetShare, rateLimitType } })
    const left: { rest: RateLimit | null; graphql: RateLimit | null } = { rest: null, graphql: null }
    const observe = (exchange: ApiExchange): void => {
      budget.observe(exchange)
      left[exchange.api] = exchange.rateLimit ?? left[exchange.api]
      log.debug({ operation: exchange.operation, code: exchange.code }, 'api request')
    }
    const fetch = proxyFetch(io.env)
    const transport = {
      baseUrl: settings.baseUrl,
      token: () => token.current(),
      timeoutMs: requestTimeoutMs,
      observe,
      userAgent: `${build.name}/${build.version}`,
      clock,
      ...(fetch === undefined ? {} : { fetch }),
    }
    const { accounts, zones, excludeZones } = settings
    const facts: CheckFacts = await probeAll({
      rest: createRestClient(transport),
      api: createHealthClient({ ...transport, rateLimitType }),
      access: createApiAccess({
        budget,
        clock,
        random: Math.random,
        stop: io.signal,
        onRefusedToken: () => {},
      }),
      clock,
      rateLimitType,
      selection: { accounts, zones, excludeZones, shard: 0, totalShards: 1 },
      signal: io.signal,
      budget: () => ({ ...left }),
      progress: (text) => {
        if (io.terminal.stderr) io.stderr(text)
      },
    })
    const result = report(facts, clock.now())
    if (output === 'json') io.stdout(JSON.stringify(result, null, 2))
    else for (const line of reportLines(result)) io.stdout(line)
    return result.ok ? exitCode.done : exitCode.failure
  },
})
