import { priority } from '../../access/budget.ts'
import { defineCommand } from '../../cli/command.ts'
import type { CommandIo } from '../../cli/command-io.ts'
import { outputOption } from '../../cli/options.ts'
import { exitCode } from '../../errors.ts'
import { missingToken } from '../../settings/exporter-rules.ts'
import { apiCommandSettings, nameRule } from '../../settings/exporter-settings.ts'
import { openForCommand } from '../command-cloudflare.ts'
import { columnsOf } from '../terminal-width.ts'
import type { ApiRateLimit, CheckFacts } from './check-facts.ts'
import { probeAll } from './check-probe.ts'
import { checkReport } from './check-report.ts'
import { checkLines } from './check-text.ts'

/**
 * Shows what the API token can do and what to grant. Resolves to 1 when something needed is missing.
 * @throws ApiFailure when Cloudflare cannot be reached at all.
 */
export const check = defineCommand({
  options: { output: outputOption('text', 'json'), ...apiCommandSettings },
  notes: [nameRule],
  conflicts: missingToken,
  async run({ output, ...settings }, io) {
    const { rateLimitType } = settings
    const left: { rest: ApiRateLimit | null; graphql: ApiRateLimit | null } = { rest: null, graphql: null }
    const { rest, health, call, clock } = await openForCommand(settings, io, {
      reads: 'checkRead',
      observe(exchange) {
        left[exchange.api] = exchange.rateLimit ?? left[exchange.api]
      },
    })
    const { accounts, zones, excludeZones } = settings
    const facts: CheckFacts = await probeAll({
      rest,
      api: health,
      call: call.with({ priority: priority.known }),
      clock,
      rateLimitType,
      selection: { accounts, zones, excludeZones, shard: 0, totalShards: 1 },
      budget: () => ({ ...left }),
      progress: (text) => {
        if (io.terminal.stderr) io.stderr(text)
      },
    })
    const result = checkReport(facts, clock.now())
    if (output === 'json') io.stdout(JSON.stringify(result, null, 2))
    else for (const line of checkLines(result, columnsFor(io))) io.stdout(line)
    return result.ok ? exitCode.done : exitCode.failure
  },
})

/** Where nobody looks, lines stay whole: programs read them. */
function columnsFor({ terminal, stdoutStream }: CommandIo): number {
  return terminal.stdout ? columnsOf(stdoutStream) : Number.POSITIVE_INFINITY
}
