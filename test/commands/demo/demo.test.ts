import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import t from 'tap'
import type { CommandIo } from '../../../src/cli/command-io.ts'
import { readCommandLine } from '../../../src/cli/command-line.ts'
import { command, type DemoOptions, type DemoPorts, runDemo } from '../../../src/commands/demo/demo.ts'
import { demoRateLimits } from '../../../src/commands/demo/demo-settings.ts'
import { program } from '../../../src/commands/program/program.ts'
import { exitCode } from '../../../src/errors.ts'
import { createSystemClock } from '../../../src/runtime/system-clock.ts'
import { type Simulator, type SimulatorOptions, startSimulator } from '../../../src/simulator/server.ts'
import { buildWorld, zoneScope } from '../../../src/simulator/world/world-builder.ts'
import { fakePrograms } from '../../support/fake-programs.ts'

/* The demo in this process, with a world that is smaller than its own. */

const folder = mkdtempSync(join(tmpdir(), 'demo-test-'))
const { TMPDIR } = process.env
process.env.TMPDIR = folder
t.teardown(() => {
  if (TMPDIR === undefined) delete process.env.TMPDIR
  else process.env.TMPDIR = TMPDIR
  rmSync(folder, { recursive: true })
})

const usual: DemoOptions = {
  once: false,
  withAlerting: false,
  listen: [{ host: '127.0.0.1', port: 0 }],
  seed: 7,
  speed: 1,
  logLevel: 'error',
  logFormat: null,
}

function smallWorld() {
  const built = buildWorld(7)
  const account = built.account('Quay')
  built.account('Lab')
  const zone = built.zone('quay.example', account)
  built.job({ scope: zoneScope(zone), name: 'http' })
  built.token({})
  return built.spec()
}

/** Starts it; `printed` resolves when a line that matches is there, `ended` to the exit code. */
function demo(given: Partial<DemoOptions>, env: CommandIo['env'] = {}, ports: Partial<DemoPorts> = {}) {
  const lines: string[] = []
  const stop = new AbortController()
  const asked: SimulatorOptions[] = []
  const simulators: Simulator[] = []
  let heard = (_line: string): void => {}
  const stderrStream = new PassThrough()
  const io: CommandIo = {
    stdout(line) {
      lines.push(line)
      heard(line)
    },
    stderr: () => {},
    stdoutStream: new PassThrough(),
    stderrStream,
    terminal: { stdin: false, stdout: false, stderr: false },
    ask: async () => null,
    env,
    readFile: () => ({ ok: false, reason: 'no such file' }),
    signal: stop.signal,
    onReload: () => () => {},
  }
  const ended = runDemo({ ...usual, ...given }, io, {
    clock: createSystemClock(),
    async startSimulator(options) {
      asked.push(options)
      const simulator = await startSimulator({ ...options, world: smallWorld() })
      simulators.push(simulator)
      return simulator
    },
    startProgram: fakePrograms().start,
    parentPid: () => 1,
    ...ports,
  })
  const printed = (pattern: RegExp): Promise<void> =>
    new Promise((resolve, reject) => {
      heard = (line) => void (pattern.test(line) && resolve())
      ended.catch(reject)
    })
  return { lines, stop, asked, simulators, stderrStream, ended, printed }
}

t.test('it says where everything is, and nothing of it is left when it is stopped', async (t) => {
  const { lines, stop, asked, simulators, stderrStream, ended, printed } = demo({})
  await printed(/Ctrl-C/)
  const [simulator] = simulators
  const [, url = ''] = /status page +(http:\/\/127\.0\.0\.1:\d+)\/$/.exec(lines[2] ?? '') ?? []
  t.strictSame(lines.slice(0, 6), [
    'A simulated Cloudflare with 2 accounts, 1 zones and 1 Logpush jobs; no account is needed.',
    '',
    `  status page  ${url}/`,
    `  metrics      ${url}/metrics`,
    `  simulator    ${simulator?.origin}/__sim/jobs  (ground truth: ${simulator?.origin}/__sim/truth)`,
    '',
  ])
  t.strictSame(lines.slice(-2), ['', 'Press Ctrl-C to stop.'])
  t.match((await fetch(`${url}/metrics`)).status, 200)
  t.match(asked, [
    {
      seed: 7,
      speed: 1,
      world: 'demo',
      dateHeader: true,
      rateLimits: demoRateLimits,
      historyMs: 25 * 60_000,
    },
  ])
  t.match(readdirSync(folder), [/^logpush-demo-/])
  const [account] = simulator?.world.accounts() ?? []
  const webhooks = await fetch(
    `${simulator?.url}/accounts/${account?.id}/alerting/v3/destinations/webhooks`,
    {
      headers: { authorization: `Bearer ${simulator?.token}` },
    },
  )
  t.match(await webhooks.json(), { result: [{ url: `${url}/webhooks/cloudflare` }] }, 'Cloudflare calls it')
  const refused = await fetch(`${url}/webhooks/cloudflare`, {
    method: 'POST',
    headers: { 'cf-webhook-auth': '' },
  })
  t.equal(refused.status, 401, 'and nobody else')
  asked[0]?.onTrouble?.('disk full')
  t.equal(stderrStream.read(), null, 'at this level of the log')
  stop.abort()
  t.equal(await ended, exitCode.done)
  for (const gone of [url, `${simulator?.origin}/__sim/jobs`]) await t.rejects(fetch(gone), gone)
  t.strictSame(readdirSync(folder), [])
})

t.test('--once prints the first complete scrape, and writes no files', async (t) => {
  const { lines, asked, simulators, ended } = demo({ once: true })
  t.equal(await ended, exitCode.done)
  const [text = ''] = lines
  t.equal(lines.length, 1)
  t.match(text, /^# HELP /)
  t.match(text, /^cloudflare_logpush_job_info\{.*job_name="http"/m)
  t.match(text, /^cloudflare_logpush_data_timestamp_seconds\{.*source="health"/m)
  t.equal(text, text.trimEnd())
  t.strictSame(
    ['folder', 'historyMs'].filter((key) => key in (asked[0] ?? {})),
    [],
  )
  t.strictSame(readdirSync(folder), [])
  await t.rejects(fetch(`${simulators[0]?.origin}/__sim/jobs`))
})

t.test('stopped while it starts, it prints nothing more', async (t) => {
  for (const once of [false, true]) {
    const { lines, stop, ended } = demo({ once })
    stop.abort()
    t.equal(await ended, exitCode.done)
    if (!once) t.strictSame(lines, [])
  }
})

t.test('with alerting it says where that is as well, and ends it', async (t) => {
  const path = t.testdir()
  for (const name of ['prometheus', 'alertmanager']) writeFileSync(join(path, name), '', { mode: 0o755 })
  const programs = fakePrograms()
  const given = { withAlerting: true }
  const { lines, stop, ended, printed } = demo(given, { PATH: path }, { startProgram: programs.start })
  await printed(/Ctrl-C/)
  t.strictSame(
    lines.slice(2, 10).map((line) => /^ {2}(\w+(?: \w+)*) {2}/.exec(line)?.[1] ?? line),
    ['', 'status page', 'metrics', 'PagerDuty inbox', 'Alertmanager', 'Prometheus', 'simulator', ''],
  )
  t.equal(lines[0], 'Starting Prometheus and Alertmanager …')
  t.match(lines.at(-3), /ten times shorter/)
  t.match(programs.started[1]?.config, lines[3]?.match(/127\.0\.0\.1:\d+/)?.[0])
  stop.abort()
  t.equal(await ended, exitCode.done)
  t.strictSame(
    programs.started.map(({ stopped }) => stopped),
    [true, true],
  )
})

t.test('started by npm it ends when npm does, otherwise it outlives its parent', async (t) => {
  let parent = 1
  const env = { npm_lifecycle_event: 'demo' }
  const byNpm = demo({}, env, { parentPid: () => parent })
  const alone = demo({}, {}, { parentPid: () => parent })
  await Promise.all([byNpm.printed(/Ctrl-C/), alone.printed(/Ctrl-C/)])
  parent = 2
  t.equal(await byNpm.ended, exitCode.done)
  const url = /http\S+/.exec(alone.lines[2] ?? '')?.[0] ?? ''
  t.ok((await fetch(url)).ok)
  alone.stop.abort()
  await alone.ended
})

t.test('alerting runs in real time only', async (t) => {
  const read = (...argv: readonly string[]) =>
    readCommandLine(program, {
      argv: ['demo', ...argv],
      env: {},
      readFile: () => ({ ok: false, reason: 'no such file' }),
    })
  t.match(await read('--with-alerting', '--speed=2'), {
    problems: ['--with-alerting needs --speed=1: Prometheus runs in real time'],
  })
  t.match(await read('--with-alerting'), { values: { withAlerting: true, once: false, speed: 1 } })
  t.match(await read('--once', '--speed=2'), { values: { withAlerting: false, once: true, speed: 2 } })
  t.match(await read(), { values: { listen: [{ host: '127.0.0.1', port: 10_199 }] } })
  t.match(command.options.once.help, 'Print the first complete scrape and exit.')
  t.match(command.options.withAlerting.help, 'Also run Prometheus and Alertmanager, where installed')
  t.match(command.options.logLevel.help, 'warn on a terminal, error with --once, info otherwise')
})
