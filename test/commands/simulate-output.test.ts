import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { type SimulateOptions, simulate, command as simulateCommand } from '../../src/commands/simulate.ts'
import { exitCode } from '../../src/errors.ts'
import { runProgram } from '../support/run-provision.ts'
import { eventually } from '../support/serving.ts'
import { usualSimulation } from '../support/simulate-options.ts'

const usual: SimulateOptions = { ...usualSimulation, listen: { host: '', port: 0 } }

/** What a run that was told to end before it began has said. */
async function said(edit: Partial<SimulateOptions> = {}): Promise<readonly string[]> {
  const lines: string[] = []
  await simulate({ ...usual, ...edit }, { signal: AbortSignal.abort(), stdout: (line) => lines.push(line) })
  return lines
}

/** The lines with what differs from run to run replaced. */
const stable = (lines: readonly string[]) =>
  lines.map((line) =>
    line.replaceAll(/http:\/\/127\.0\.0\.1:\d+/g, 'ORIGIN').replace(/(TOKEN|ACCOUNT_ID)=[\w-]{20,}/, '$1=…'),
  )

t.test('it says what there is, and what to set to use it', async (t) => {
  const [size, ...more] = stable(await said())
  t.equal(
    size,
    'A simulated Cloudflare API: 2 accounts, 6 zones, 21 Logpush jobs. To use it from another terminal:',
  )
  const set = [
    '  export LOGPUSH_EXPORTER_CLOUDFLARE_BASE_URL=ORIGIN/client/v4',
    '  export CLOUDFLARE_API_TOKEN=…',
  ]
  const controls =
    'Ground truth and faults: ORIGIN/__sim/truth /__sim/jobs /__sim/faults /__sim/variants /__sim/requests'
  t.same(
    more,
    [...set, '  export CLOUDFLARE_ACCOUNT_ID=…   # Quay Production', controls],
    'of the first account',
  )
  const folder = join(t.testdir(), 'buckets')
  t.same(stable(await said({ world: 'large:1,1,1', objectStore: folder })).slice(4, -1), [
    '  export AWS_ENDPOINT_URL_S3=ORIGIN/__sim/s3 AWS_ACCESS_KEY_ID=any AWS_SECRET_ACCESS_KEY=any',
    `Files written to buckets are in ${folder}; the same address serves them read-only.`,
  ])
  t.match((await said({ world: 'large:1,1,1' }))[0], ': 1 account, 1 zone, 2 Logpush jobs. ')
})

/** Runs until the test ends it. */
function running(t: { teardown(end: () => Promise<void>): unknown }, edit: Partial<SimulateOptions> = {}) {
  const stop = new AbortController()
  const lines: string[] = []
  let isOver = false
  const ended = simulate(
    { ...usual, ...edit },
    { signal: stop.signal, stdout: (line) => lines.push(line) },
  ).finally(() => {
    isOver = true
  })
  const end = async () => {
    stop.abort()
    await ended
  }
  t.teardown(end)
  return { lines, end, isOver: () => isOver }
}

t.test('it runs until the signal, and listens no longer', async (t) => {
  const { lines, end, isOver } = running(t)
  await eventually(async () => lines.length === 5, 'it listens')
  const origin = /faults: (\S+)\/__sim\/truth/.exec(lines[4] ?? '')?.[1]
  t.equal((await fetch(`${origin}/__sim/jobs`)).status, 200)
  t.notOk(isOver())
  await end()
  await t.rejects(fetch(`${origin}/__sim/jobs`))
})

t.test('what happens in the world is told with its time', async (t) => {
  const { lines, end } = running(t, { speed: 100_000 })
  const isNews = (line: string) => /^\d{4}-\d\d-\d\dT[\d:.]+Z [\w-]+: \w/.test(line)
  await eventually(async () => lines.some(isNews), 'news')
  await end()
  t.match(lines[0], /^A simulated Cloudflare API/, 'first of all it is said where things are')
})

t.test('log files are written in silence', async (t) => {
  const folder = join(t.testdir(), 'buckets')
  const { lines, end } = running(t, { speed: 600, objectStore: folder })
  const files = () => readdirSync(folder, { recursive: true, encoding: 'utf8' })
  await eventually(
    async () => lines.length > 0 && files().some((name) => name.endsWith('.log.gz')),
    'log files',
  )
  await end()
  t.notOk(lines.some((line) => line.startsWith('wrote ')))
})

t.test('the command line says where, and each option says in a sentence what it does', async (t) => {
  const run = async (...argv: readonly string[]) => {
    const { code, stdout, stderr } = await runProgram(['simulate', ...argv], {
      signal: AbortSignal.abort(),
    })
    return { code, text: stdout + stderr, lines: stable(stdout.split('\n')) }
  }
  const there = await run('--listen=127.0.0.1:0', '--world=empty', '--seed=7', '--speed=2')
  t.equal(there.code, exitCode.done)
  t.match(there.lines[0], '1 account, 0 zones, 0 Logpush jobs')
  t.match(there.lines[1], 'BASE_URL=ORIGIN/client/v4')
  t.notMatch(there.text, ':10198')
  t.match((await run('--world=')).text, '--world: expected the name of a world')
  for (const [name, { help }] of Object.entries(simulateCommand.options)) {
    t.match(help, /^[A-Z].*\.$/, name)
  }
  const { variant } = simulateCommand.options
  t.equal(
    variant.show([{ name: 'jobs/2021' }, { name: 'graphql/plan', where: 'a@b' }]),
    'jobs/2021, graphql/plan@a@b',
  )
})
