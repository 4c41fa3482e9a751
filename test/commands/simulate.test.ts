import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import type { CommandIo } from '../../src/cli/command-io.ts'
import { readCommandLine } from '../../src/cli/command-line.ts'
import { createRestClient } from '../../src/cloudflare/rest/rest-client.ts'
import { program } from '../../src/commands/program/program.ts'
import { type SimulateOptions, simulate, command as simulateCommand } from '../../src/commands/simulate.ts'
import { Secret } from '../../src/domain/secret.ts'
import { exitCode } from '../../src/errors.ts'
import { variantTable } from '../../src/simulator/variant/variant-table.ts'
import { worldNames } from '../../src/simulator/world/world-names.ts'
import { clientDeps, failureOf, options } from '../support/cloudflare-clients.ts'
import { runProvision } from '../support/run-provision.ts'
import { usualSimulation as usual } from '../support/simulate-options.ts'

type Tap = { teardown(end: () => unknown): unknown }

/** Runs the command until the test ends; resolves once it says what it knows. */
async function started(t: Tap, options: Partial<SimulateOptions> = {}) {
  const stop = new AbortController()
  const lines: string[] = []
  let running: Promise<void> | null = null
  await new Promise<void>((resolve, reject) => {
    const stdout = (line: string): void => {
      lines.push(line)
      if (line.startsWith('Ground truth')) resolve()
    }
    running = simulate({ ...usual, ...options }, { signal: stop.signal, stdout })
    running.catch(reject)
  })
  t.teardown(async () => {
    stop.abort()
    await running
  })
  const given = (pattern: RegExp): string => pattern.exec(lines.join('\n'))?.[1] ?? ''
  return {
    lines,
    url: given(/LOGPUSH_EXPORTER_CLOUDFLARE_BASE_URL=(\S+)/),
    token: given(/CLOUDFLARE_API_TOKEN=(\S+)/),
    store: given(/AWS_ENDPOINT_URL_S3=(\S+)/),
    end: async () => {
      stop.abort()
      await running
    },
  }
}

function folder(t: Tap): string {
  const path = mkdtempSync(join(tmpdir(), 'simulate-'))
  t.teardown(() => rmSync(path, { recursive: true, force: true }))
  return path
}

t.test(
  'a world that runs faster says its own time in its answers, others leave it to the server',
  async (t) => {
    const ahead = async (speed: number): Promise<number> => {
      const { url, token } = await started(t, { speed })
      const { headers } = await fetch(`${url}/zones`, { headers: { authorization: `Bearer ${token}` } })
      return Date.parse(headers.get('date') ?? '') - Date.now()
    }
    t.ok((await ahead(3_600)) > 5_000, 'an hour a second')
    t.ok(Math.abs(await ahead(1)) < 3_000)
  },
)

t.test('it prints where it listens and a token that works, and ends with its signal', async (t) => {
  const { lines, url, token, store, end } = await started(t)
  t.match(lines.join('\n'), /2 accounts, 6 zones, 21 Logpush jobs/)
  t.equal(store, '', 'no folder, no store')
  const response = await fetch(`${url}/zones`, { headers: { authorization: `Bearer ${token}` } })
  t.match(await response.json(), { success: true, result_info: { total_count: 6 } })
  await end()
})

t.test('a world that does not exist is a usage error that lists those that do', async (t) => {
  for (const world of ['mars', '', 'Demo', 'large:', 'large:a', 'large:1,2,3,4', 'demo:5'])
    await t.rejects(simulate({ ...usual, world }, { stdout: () => {}, signal: AbortSignal.abort() }), {
      name: 'UserError',
      exitCode: exitCode.usage,
      message: `--world: expected ${worldNames}, found ${JSON.stringify(world)}`,
    })
})

t.test('--help lists the worlds, and each of them starts', async (t) => {
  t.match(simulateCommand.options.world.help, worldNames)
  for (const world of ['demo', 'empty', 'large:3', 'large:3,2', 'large:3,2,1'])
    t.match((await started(t, { world })).lines[0], /^A simulated Cloudflare API: \d+ accounts?, /, world)
})

t.test('--variants lists every form of an answer, and --variant names one of them', async (t) => {
  const lines: string[] = []
  const io = { stdout: (line: string) => lines.push(line) }
  const run = (argv: readonly string[]) =>
    readCommandLine(program, {
      argv: ['simulate', ...argv],
      env: {},
      readFile: () => ({ ok: false, reason: 'no such file' }),
    })
  const listed = await run(['--variants'])
  if (listed.kind !== 'command') throw new Error(listed.kind)
  t.equal(await listed.run(io as unknown as CommandIo), exitCode.done)
  t.equal(lines.length, variantTable.length)
  t.match(lines.join('\n'), /^envelope\/nulls +writes errors and messages as null$/m)
  t.match(await run(['--variant=mars']), {
    problems: [
      /--variant: expected the name of a variant, or NAME@TEXT, found "mars"; --variants lists them/,
    ],
  })
  t.match(await run(['--variant=jobs/2021,graphql/plan@abc', '--contrary']), {
    values: { variant: [{ name: 'jobs/2021' }, { name: 'graphql/plan', where: 'abc' }], contrary: true },
  })
})

t.test('an answer comes in the form that was asked for', async (t) => {
  const { url, token } = await started(t, { variants: [{ name: 'envelope/nulls' }] })
  const response = await fetch(`${url}/zones`, { headers: { authorization: `Bearer ${token}` } })
  t.match(await response.json(), { success: true, errors: null, messages: null })
})

t.test('the automatic challenge can be rehearsed: apply reads it from the folder', async (t) => {
  const path = folder(t)
  const { url, token, store, lines } = await started(t, {
    world: 'empty',
    objectStore: join(path, 'buckets'),
  })
  const manifest = join(path, 'manifest.yaml')
  writeFileSync(
    manifest,
    `version: 1
account: { name: Empty }
owner: sre
jobs:
  - name: sre-worker-logs
    scope: account
    dataset: workers_trace_events
    destination: { s3: { bucket: quay-logs, path: "workers/{DATE}", region: us-east-1 } }
    ownership: { read: s3 }
`,
  )
  // Any keys do; the AWS client reads them from the process itself.
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'any', AWS_SECRET_ACCESS_KEY: 'any' })
  const env = {
    CLOUDFLARE_API_TOKEN: token,
    LOGPUSH_EXPORTER_CLOUDFLARE_BASE_URL: url,
    AWS_ENDPOINT_URL_S3: store,
    XDG_CACHE_HOME: path,
  }
  const applied = await runProvision(['apply', '-f', manifest, '--yes'], { env })
  t.equal(applied.code, 0, applied.stderr)
  const [file = ''] = readdirSync(join(path, 'buckets', 'quay-logs'), {
    recursive: true,
    encoding: 'utf8',
  }).filter((name) => name.endsWith('.txt'))
  t.match(file, /^workers\/\d{8}\/ownership-challenge-[0-9a-f]{8}\.txt$/)
  t.ok(lines.includes(`wrote quay-logs/${file}`), 'it is announced')
})

t.test(
  'a bucket path that no folder can hold is refused as Cloudflare refuses what it cannot write',
  async (t) => {
    const path = folder(t)
    const { url, token } = await started(t, { world: 'empty', objectStore: path })
    const rest = createRestClient(clientDeps(url, { token: () => new Secret(token) }))
    const [account] = (await rest.listAccounts(1, options)).items
    const conf = new Secret('s3://quay-logs/a/../../b?region=us-east-1')
    const failed = await failureOf(
      rest.requestChallenge({ kind: 'account', id: account?.id ?? '' }, conf, options),
    )
    t.equal(failed.kind, 'invalid_request')
    t.match(failed.message, /error writing object: a folder cannot hold quay-logs\/a\/\.\.\//)
    t.strictSame(readdirSync(path), ['.writing'])
  },
)

t.test('a folder that cannot be had is a usage error', async (t) => {
  const path = folder(t)
  writeFileSync(join(path, 'file'), '')
  const cases: readonly (readonly [string, RegExp])[] = [
    [join(path, 'no', 'such'), /no such file or directory|no such file/],
    [join(path, 'file'), /a part of the path is not a directory/],
    ['/proc/logpush/store', /no such file/],
  ]
  for (const [objectStore, reason] of cases)
    await t.rejects(
      simulate({ ...usual, objectStore }, { stdout: () => {}, signal: AbortSignal.abort() }),
      { name: 'UserError', exitCode: exitCode.usage, message: reason },
      objectStore,
    )
})
