/* How the exporter runs in the demo: against the simulator, and faster than in earnest. Pure. */
import type { LogLevel } from '../../log/log.ts'
import { allSettings, defaultsOf, type Settings } from '../../settings/exporter-settings.ts'
import type { Simulator } from '../../simulator/server.ts'
import { demoFactor } from './demo-alerting.ts'
import { demoArrival } from './demo-store.ts'

interface DemoChoice {
  readonly once: boolean
  readonly withAlerting: boolean
  /** Null: not said. */
  readonly logLevel: LogLevel | null
}

export function demoSettings(
  { url, origin, logFiles }: Pick<Simulator, 'url' | 'origin' | 'logFiles'>,
  { withAlerting }: Pick<DemoChoice, 'withAlerting'>,
): Settings {
  const defaults = defaultsOf(allSettings)
  return {
    ...defaults,
    // The limit of each job is a metric of ours: it goes as fast as the rules that read it.
    maxLagMs: withAlerting ? defaults.maxLagMs / demoFactor : defaults.maxLagMs,
    baseUrl: url,
    statePath: ':memory:',
    healthPollIntervalMs: 5_000,
    inventoryPollIntervalMs: 5_000,
    discoveryPollIntervalMs: 30_000,
    // The status page draws four hours: they should not begin empty.
    initialLookbackMs: 4 * 3_600_000,
    arrival: logFiles === null ? [] : demoArrival(origin),
  }
}

/** Of the simulated API: quick polls need wider budgets than the real one gives. */
export const demoRateLimits = {
  rest: { requests: 12_000, windowMs: 300_000 },
  graphql: { requests: 3_000, windowMs: 300_000 },
}

/** What goes well is to be seen on the pages: between the addresses and Ctrl-C it would only be in the way. */
export function demoLogLevel(
  { once, logLevel }: Pick<DemoChoice, 'once' | 'logLevel'>,
  onTerminal: boolean,
): LogLevel {
  if (logLevel !== null) return logLevel
  if (once) return 'error'
  return onTerminal ? 'warn' : 'info'
}
