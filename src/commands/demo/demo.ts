/*
 * The exporter against a simulated Cloudflare, in one process: nothing to sign up for, nothing left behind.
 * Polls are faster than in earnest, so that things can be seen to happen.
 */
import { randomBytes } from 'node:crypto'
import { defineCommand } from '../../cli/command.ts'
import type { CommandIo } from '../../cli/command-io.ts'
import { Secret } from '../../domain/secret.ts'
import { exitCode } from '../../errors.ts'
import { webhookPath } from '../../http/webhook-route.ts'
import type { LogLevel } from '../../log/log.ts'
import type { Clock } from '../../ports/runtime.ts'
import { isBelowNpm, parentGone } from '../../runtime/parent-process.ts'
import { createSystemClock } from '../../runtime/system-clock.ts'
import { allSettings, defaultsOf, type Settings } from '../../settings/exporter-settings.ts'
import { logSettings, optionalLogLevel } from '../../settings/log-settings.ts'
import { switchSetting, type Table, type Values } from '../../settings/setting.ts'
import { type Simulator, startSimulator } from '../../simulator/server.ts'
import { openLog } from '../command-log.ts'
import { createExporter, type Exporter } from '../serve/exporter.ts'
import { listenOption, worldOptions } from '../simulated-world.ts'
import { demoFactor, startDemoAlerting } from './demo-alerting.ts'
import { anyKeys, demoArrival, openDemoStore, storeHistoryMs } from './demo-store.ts'
import { demoText } from './demo-text.ts'

const options = {
  once: switchSetting({ flag: 'once', only: 'flag', help: 'Print the first complete scrape and exit.' }),
  withAlerting: switchSetting({
    flag: 'with-alerting',
    only: 'flag',
    help: 'Also run Prometheus and Alertmanager, where installed, and a PagerDuty inbox.',
  }),
  listen: listenOption('127.0.0.1:10199'),
  ...worldOptions,
  ...logSettings,
  logLevel: optionalLogLevel(
    'Minimum log level. Defaults to warn on a terminal, error with --once, info otherwise.',
  ),
} satisfies Table

type DemoOptions = Values<typeof options>

export const command = defineCommand({
  options,
  conflicts: ({ withAlerting, speed }) =>
    withAlerting && speed !== 1 ? ['--with-alerting needs --speed=1: Prometheus runs in real time'] : [],
  async run(given, io) {
    const clock = createSystemClock()
    const log = await openLog({ ...given, logLevel: logLevelOf(given, io) }, io, clock)
    // The first scrape is wanted soon, and files come later.
    const files = given.once ? null : await openDemoStore()
    const simulator = await startSimulator({
      seed: given.seed,
      speed: given.speed,
      world: 'demo',
      dateHeader: true,
      // Quick polls need a wider budget than the real API gives.
      rateLimits: generous,
      ...(files === null ? {} : { folder: files.store, historyMs: storeHistoryMs }),
      onTrouble: (text) => log.warn({}, `simulator: ${text}`),
    })
    try {
      const settings = { ...demoSettings(simulator, given), listenAddresses: given.listen }
      const webhookSecret = new Secret(randomBytes(24).toString('hex'))
      const exporter = await createExporter(settings, {
        clock,
        random: Math.random,
        log,
        env: anyKeys,
        readFile: () => ({ ok: false, reason: 'the demo reads no files' }),
        pid: process.pid,
        nodeVersion: process.version,
        token: { current: async () => new Secret(simulator.token), refresh: () => {} },
        web: null,
        webhookSecrets: async () => [webhookSecret],
        reread: async () => ({ ok: true, settings }),
      })
      await (given.once
        ? printOnce(exporter, io)
        : show(exporter, simulator, { given, clock, webhookSecret }, stoppedWithNpm(io, clock)))
    } finally {
      await simulator.close()
      await files?.remove()
    }
    return exitCode.done
  },
})

/** What goes well is to be seen on the pages: between the addresses and Ctrl-C it would only be in the way. */
function logLevelOf({ once, logLevel }: DemoOptions, { terminal }: CommandIo): LogLevel {
  if (logLevel !== null) return logLevel
  if (once) return 'error'
  return terminal.stderr ? 'warn' : 'info'
}

const generous = {
  rest: { requests: 12_000, windowMs: 300_000 },
  graphql: { requests: 3_000, windowMs: 300_000 },
}

function demoSettings(simulator: Simulator, { withAlerting }: DemoOptions): Settings {
  const defaults = defaultsOf(allSettings)
  return {
    ...defaults,
    // The limit of each job is a metric of ours: it goes as fast as the rules that read it.
    maxLagMs: withAlerting ? defaults.maxLagMs / demoFactor : defaults.maxLagMs,
    baseUrl: simulator.url,
    statePath: ':memory:',
    healthPollIntervalMs: 5_000,
    inventoryPollIntervalMs: 5_000,
    discoveryPollIntervalMs: 30_000,
    // The status page draws four hours: they should not begin empty.
    initialLookbackMs: 4 * 3_600_000,
    arrival: simulator.logFiles === null ? [] : demoArrival(simulator.origin),
  }
}

async function printOnce(exporter: Exporter, io: CommandIo): Promise<void> {
  const stop = new AbortController()
  const running = exporter.run(AbortSignal.any([stop.signal, io.signal]))
  await Promise.race([exporter.after('health'), running])
  const { body } = await exporter.metrics.exposition('text', false)
  const text = Buffer.concat([...body]).toString()
  stop.abort()
  await running
  io.stdout(text.trimEnd())
}

/** Ends with npm as well, where npm started the demo. */
function stoppedWithNpm(io: CommandIo, clock: Clock): CommandIo {
  if (!isBelowNpm(io.env)) return io
  return { ...io, signal: AbortSignal.any([io.signal, parentGone(() => process.ppid, clock, io.signal)]) }
}

interface ShowOptions {
  readonly given: DemoOptions
  readonly clock: Clock
  readonly webhookSecret: Secret
}

async function show(
  exporter: Exporter,
  simulator: Simulator,
  { given, clock, webhookSecret }: ShowOptions,
  io: CommandIo,
): Promise<void> {
  const [address] = await exporter.listen(given.listen)
  const host =
    address === undefined || ['', '::', '0.0.0.0'].includes(address.host) ? 'localhost' : address.host
  const url = `http://${host}:${address?.port ?? ''}`
  const { world } = simulator
  for (const { id } of world.accounts())
    world.subscribe({ accountId: id, url: `${url}${webhookPath}`, secret: webhookSecret.reveal() })
  // Files that are still being written would be missing.
  await simulator.idle()
  const running = exporter.run(io.signal)
  const options = { searchPath: io.env.PATH, exporterUrl: url, clock, signal: io.signal, say: io.stdout }
  const alerting = given.withAlerting ? await startDemoAlerting(options) : null
  const text = demoText({
    accounts: world.accounts().length,
    zones: world.zones().length,
    jobs: world.jobs().length,
    addresses: [
      { name: 'status page', url: `${url}/` },
      { name: 'metrics', url: `${url}/metrics` },
      ...(alerting?.addresses ?? []),
      {
        name: 'simulator',
        url: `${simulator.origin}/__sim/jobs`,
        note: `ground truth: ${simulator.origin}/__sim/truth`,
      },
    ],
    notes: alerting?.notes ?? [],
  })
  if (!io.signal.aborted) text.forEach((line) => void io.stdout(line))
  try {
    await running
  } finally {
    await alerting?.stop()
  }
}
