import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { z } from 'zod'

/*
 * The stage that .ci/run sets, as an npm sees it that only writes down what it was given.
 */

const script = fileURLToPath(new URL('../../.ci/run', import.meta.url))

const seen = z.array(
  z.object({
    args: z.array(z.string()),
    env: z.record(z.string(), z.string()),
    /** What HOME and TMPDIR hold. */
    inside: z.array(z.string()),
    /** What Node would find above TMPDIR. */
    foundAbove: z.array(z.string()),
  }),
)

const npm = `#!${process.execPath}
const { appendFileSync, existsSync, readdirSync } = require('node:fs')
const { dirname, join } = require('node:path')
const args = process.argv.slice(2)
if (args[0] === 'config') {
  console.log(process.env['FAKE_' + args[2]] ?? '')
  process.exit(0)
}
const { HOME, TMPDIR } = process.env
const above = []
for (let folder = TMPDIR; folder !== '/'; folder = dirname(folder)) above.push(folder)
appendFileSync(process.env.FAKE_LOG, JSON.stringify({
  args,
  env: process.env,
  inside: [...readdirSync(HOME), ...readdirSync(TMPDIR)],
  foundAbove: [...above, '/']
    .flatMap((folder) => [join(folder, 'node_modules'), join(folder, 'package.json')])
    .filter((path) => existsSync(path)),
}) + '\\n')
console.log(args[0] === 'test' ? '1 passed, 0 failed' : '')
process.exit(args[0] === 'test' ? Number(process.env.FAKE_STATUS ?? 0) : 0)
`

interface Staged {
  /** Holds the clone, HOME and, unless told otherwise, TMPDIR. */
  readonly place: string
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
  readonly calls: z.infer<typeof seen>
}

/** Runs it in a clone below `place`. `above` has a node_modules between the two. */
function stage(
  t: Pick<typeof import('tap').default, 'teardown' | 'equal'>,
  env: Readonly<Record<string, string>> = {},
  { args = [], above = false }: { readonly args?: readonly string[]; readonly above?: boolean } = {},
): Staged {
  const place = mkdtempSync(join(tmpdir(), 'stage-'))
  t.teardown(() => rmSync(place, { recursive: true }))
  for (const folder of ['bin', 'home', 'deep/clone/.ci', ...(above ? ['deep/node_modules'] : [])])
    mkdirSync(join(place, folder), { recursive: true })
  cpSync(script, join(place, 'deep/clone/.ci/run'))
  writeFileSync(join(place, 'home/left.txt'), '')
  writeFileSync(join(place, 'bin/npm'), npm, { mode: 0o755 })
  writeFileSync(join(place, 'bin/package.json'), '{ "type": "commonjs" }')
  const log = join(place, 'log')
  writeFileSync(log, '')
  const { status, stdout, stderr } = spawnSync('bash', [join(place, 'deep/clone/.ci/run'), ...args], {
    encoding: 'utf8',
    env: {
      PATH: `${join(place, 'bin')}:${process.env.PATH ?? ''}`,
      HOME: join(place, 'home'),
      TMPDIR: place,
      FAKE_LOG: log,
      ...env,
    },
  })
  const lines = readFileSync(log, 'utf8').trimEnd().split('\n')
  t.equal(lines.length, 2, stderr)
  return { place, status, stdout, stderr, calls: seen.parse(lines.map((line) => JSON.parse(line))) }
}

t.test('packages are installed and tested with an empty HOME and TMPDIR that end with the run', async (t) => {
  const { place, status, stdout, calls } = stage(t)
  t.equal(status, 0)
  t.same(
    calls.map(({ args }) => args.join(' ')),
    ['ci --no-audit --no-fund', 'test'],
  )
  for (const { env, inside, foundAbove } of calls) {
    t.same(inside, [])
    t.same(foundAbove, [])
    for (const folder of [env.HOME ?? '', env.TMPDIR ?? '']) {
      t.ok(folder !== join(place, 'home') && folder !== place, folder)
      t.notOk(existsSync(folder), 'removed')
    }
  }
  t.equal(stdout.trimEnd().split('\n').at(-1), '1 passed, 0 failed')
})

t.test('it ends with the status of the tests', async (t) => {
  const { status } = stage(t, { FAKE_STATUS: '3' })
  t.equal(status, 3)
})

t.test('the caller’s Node, clouds and desktop stay outside, CI and npm’s settings come along', async (t) => {
  const mine = mkdtempSync(join(tmpdir(), 'npm-'))
  t.teardown(() => rmSync(mine, { recursive: true }))
  writeFileSync(join(mine, 'npmrc'), '')
  const { calls } = stage(
    t,
    {
      NODE_OPTIONS: '--no-warnings',
      NODE_PATH: '/nowhere',
      XDG_CACHE_HOME: '/nowhere',
      AWS_PROFILE: 'mine',
      CLOUDFLARE_API_TOKEN: 'mine',
      CI: 'true',
      FAKE_userconfig: join(mine, 'npmrc'),
      FAKE_cache: mine,
    },
    { args: ['--ignore-scripts'] },
  )
  const [install, test] = calls
  t.same(install?.args, ['ci', '--no-audit', '--no-fund', '--ignore-scripts'])
  for (const name of ['NODE_OPTIONS', 'NODE_PATH', 'XDG_CACHE_HOME', 'AWS_PROFILE', 'CLOUDFLARE_API_TOKEN'])
    t.equal(test?.env[name], undefined, name)
  t.match(test?.env, { CI: 'true', NPM_CONFIG_USERCONFIG: join(mine, 'npmrc'), NPM_CONFIG_CACHE: mine })
})

t.test('settings of npm that are not there are not named', async (t) => {
  const { calls } = stage(t, { FAKE_userconfig: '/nowhere/npmrc', FAKE_cache: '/nowhere/cache' })
  t.equal(calls[1]?.env.NPM_CONFIG_USERCONFIG, undefined)
  t.equal(calls[1]?.env.NPM_CONFIG_CACHE, undefined)
})

t.test('a temporary folder below packages is not taken', async (t) => {
  const place = mkdtempSync(join(tmpdir(), 'packages-'))
  t.teardown(() => rmSync(place, { recursive: true }))
  for (const name of ['node_modules', 'tmp']) mkdirSync(join(place, name))
  const { calls, status } = stage(t, { TMPDIR: join(place, 'tmp') })
  t.equal(status, 0)
  for (const { env, foundAbove } of calls) {
    t.notOk(env.TMPDIR?.startsWith(place), env.TMPDIR ?? '')
    t.same(foundAbove, [])
  }
})

t.test('packages above the clone are warned of', async (t) => {
  t.notMatch(stage(t).stderr, /deep\/node_modules/)
  t.match(
    stage(t, {}, { above: true }).stderr,
    /Warning: packages in .*\/deep\/node_modules can stand in for missing ones here\./,
  )
})
