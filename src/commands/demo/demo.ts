/*
 * The exporter against a simulated Cloudflare, in one process: nothing to sign up for, nothing left behind.
 * Polls are faster than in earnest, so that things can be seen to happen.
 */
import { randomBytes } from 'node:crypto'
import { defineCommand } from '../../cli/command.ts'
import type { CommandIo } from '../../cli/command-io.ts'
import { Secret } from '../../domain/secret.ts'
import { type ExitCode, exitCode } from '../../errors.ts'
import { webhookPath } from '../../http/webhook-route.ts'
import type { Clock } from '../../ports/runtime.ts'
import { type StartProgram, startProgram } from '../../runtime/child-program.ts'
import { isBelowNpm, parentGone } from '../../runtime/parent-process.ts'
import { createSystemClock } from '../../runtime/system-clock.ts'
import { logSettings, optionalLogLevel } from '../../settings/log-settings.ts'
import { switchSetting, type Table, type Values } from '../../settings/setting.ts'
import { type Simulator, type SimulatorOptions, startSimulator } from '../../simulator/server.ts'
import { openLog } from '../command-log.ts'
import { createExporter, type Exporter } from '../serve/exporter.ts'
import { listenOption, worldOptions } from '../simulated-world.ts'
import { startDemoAlerting } from './demo-alerting.ts'
import { demoLogLevel, demoRateLimits, demoSettings } from './demo-settings.ts'
import { anyKeys, openDemoStore, storeHistoryMs } from './demo-store.ts'
import { demoText, localUrl } from './demo-text.ts'

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

export type DemoOptions = Values<typeof options>

export const command = defineCommand({
  options,
  conflicts: ({ withAlerting, speed }) =>
    withAlerting && speed !== 1 ? ['--with-alerting needs --speed=1: Prometheus runs in real time'] : [],
  run: (given, io) => runDemo(given, io, systemPorts()),
})

export interface DemoPorts {
  readonly clock: Clock
  readonly startSimulator: (options: SimulatorOptions) => Promise<Simulator>
  readonly startProgram: StartProgram
  readonly parentPid: () => number
}

const systemPorts = (): DemoPorts => ({
  clock: createSystemClock(),
  startSimulator,
  startProgram,
  parentPid: () => process.ppid,
})

/** Resolves when the demo was stopped, or has printed what it is for; nothing of it is left then. */
export async function runDemo(given: DemoOptions, io: CommandIo, ports: DemoPorts): Promise<ExitCode> {
  const { clock } = ports
  const log = await openLog({ ...given, logLevel: demoLogLevel(given, io.terminal.stderr) }, io, clock)
  // The first scrape is wanted soon, and files come later.
  const files = given.once ? null : await openDemoStore()
  const simulator = await ports.startSimulator({
    seed: given.seed,
    speed: given.speed,
    world: 'demo',
    dateHeader: true,
    rateLimits: demoRateLimits,
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
      : show(exporter, simulator, { given, ports, webhookSecret }, stoppedWithNpm(io, ports)))
  } finally {
    await simulator.close()
    await files?.remove()
  }
  return exitCode.done
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
function stoppedWithNpm(io: CommandIo, { clock, parentPid }: DemoPorts): CommandIo {
  if (!isBelowNpm(io.env)) return io
  return { ...io, signal: AbortSignal.any([io.signal, parentGone(parentPid, clock, io.signal)]) }
}

interface ShowOptions {
  readonly given: DemoOptions
  readonly ports: DemoPorts
  readonly webhookSecret: Secret
}

/** The option takes no empty list. */
const nowhere = { host: '', port: 0 }

async function show(
  exporter: Exporter,
  simulator: Simulator,
  { given, ports, webhookSecret }: ShowOptions,
  io: CommandIo,
): Promise<void> {
  const [address = nowhere] = await exporter.listen(given.listen)
  const url = localUrl(address)
  const { world } = simulator
  for (const { id } of world.accounts())
    world.subscribe({ accountId: id, url: `${url}${webhookPath}`, secret: webhookSecret.reveal() })
  // Files that are still being written would be missing.
  await simulator.idle()
  const running = exporter.run(io.signal)
  const alerting = given.withAlerting
    ? await startDemoAlerting({
        ...ports,
        searchPath: io.env.PATH,
        exporterUrl: url,
        signal: io.signal,
        say: io.stdout,
      })
    : null
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
