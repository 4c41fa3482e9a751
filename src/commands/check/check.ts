import { priority } from '../../access/budget.ts'
import { defineCommand } from '../../cli/command.ts'
import type { CommandIo } from '../../cli/command-io.ts'
import { outputOption } from '../../cli/options.ts'
import type { ArrivalRule } from '../../domain/arrival/arrival-rule.ts'
import type { EpochMs } from '../../domain/time.ts'
import { exitCode } from '../../errors.ts'
import type { Coverage } from '../../provision/resource/resource.ts'
import { missingToken } from '../../settings/exporter-rules.ts'
import {
  apiCommandSettings,
  arrivalSettings,
  manifestSettings,
  nameRule,
} from '../../settings/exporter-settings.ts'
import { referenceSettings } from '../../settings/reference-settings.ts'
import { openForCommand } from '../command-cloudflare.ts'
import { columnsOf } from '../terminal-width.ts'
import type { ScopeJobs } from './check-arrival.ts'
import type { ApiRateLimit, CheckFacts } from './check-facts.ts'
import { probeAll } from './check-probe.ts'
import { checkReport } from './check-report.ts'
import { checkLines } from './check-text.ts'

/**
 * Shows what the API token can do and what to grant. Resolves to 1 when something needed is missing.
 * @throws ApiFailure when Cloudflare cannot be reached at all.
 */
export const command = defineCommand({
  options: {
    output: outputOption('text', 'json'),
    ...manifestSettings,
    ...referenceSettings,
    ...arrivalSettings,
    ...apiCommandSettings,
  },
  notes: [nameRule],
  conflicts: missingToken,
  async run({ output, manifestFile, arrival, ...settings }, io) {
    const { rateLimitType } = settings
    const left: { rest: ApiRateLimit | null; graphql: ApiRateLimit | null } = { rest: null, graphql: null }
    const { rest, health, call, clock } = await openForCommand(settings, io, {
      reads: 'checkRead',
      observe(exchange) {
        left[exchange.api] = exchange.rateLimit ?? left[exchange.api]
      },
    })
    const { accounts, zones, excludeZones } = settings
    const known = call.with({ priority: priority.known })
    // A mistake in the manifest is said before minutes are spent.
    let coverage: readonly Coverage[] | null = null
    if (manifestFile !== null) {
      // Most runs have no manifest, and start faster without what reads it.
      const { readCoverage } = await import('./check-coverage.ts')
      coverage = await readCoverage(manifestFile, { directory: rest, call: known }, settings, io)
    }
    const facts: CheckFacts = await probeAll({
      rest,
      api: health,
      call: known,
      clock,
      rateLimitType,
      selection: { accounts, zones, excludeZones, shard: 0, totalShards: 1 },
      arrival: (scopes) => arrivalFor(arrival, scopes, clock.now(), io),
      budget: () => ({ ...left }),
      progress: (text) => {
        if (io.terminal.stderr) io.stderr(text)
      },
    })
    const result = checkReport(facts, coverage, clock.now())
    if (output === 'json') io.stdout(JSON.stringify(result, null, 2))
    else for (const line of checkLines(result, columnsFor(io))) io.stdout(line)
    return result.ok ? exitCode.done : exitCode.failure
  },
})

/** The stores' clients are loaded only where a destination is to be read. */
async function arrivalFor(
  rules: readonly ArrivalRule[],
  scopes: readonly ScopeJobs[],
  now: EpochMs,
  io: CommandIo,
): Promise<CheckFacts['arrival']> {
  if (rules.length === 0) return null
  const [{ openReaders }, { probeArrival }] = await Promise.all([
    import('../arrival-readers.ts'),
    import('./check-arrival.ts'),
  ])
  const readers = openReaders(io.env)
  try {
    return await probeArrival(scopes, { rules, readers, now, signal: io.signal })
  } finally {
    readers.close()
  }
}

/** Where nobody looks, lines stay whole: programs read them. */
function columnsFor({ terminal, stdoutStream }: CommandIo): number {
  return terminal.stdout ? columnsOf(stdoutStream) : Number.POSITIVE_INFINITY
}
