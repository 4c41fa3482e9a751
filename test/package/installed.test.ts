import { execFileSync, spawn, spawnSync } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import t, { type Test } from 'tap'
import { pack } from '../support/packed.ts'
import { entriesAt, textAt } from '../support/tree.ts'

/*
 * The published package in an empty folder: unpacked, with what its package.json asks for and nothing else, for a
 * user who has neither a home nor anything of ours around. The packages are those of the lock file, so that no
 * registry is needed.
 */

t.setTimeout(180_000)
const place = mkdtempSync(join(tmpdir(), 'installed-'))
const modules = join(place, 'node_modules')
const folder = join(modules, 'logpush-exporter')
const env = {
  PATH: process.env.PATH ?? '',
  HOME: join(place, 'home'),
  TMPDIR: join(place, 'tmp'),
  // npx looks for a newer npm otherwise.
  npm_config_offline: 'true',
  npm_config_update_notifier: 'false',
}
t.teardown(() => rmSync(place, { recursive: true }))

/** Copies a package and what it depends on from this clone, but for the optional ones of other platforms. */
function installDependencies(manifest: unknown, parent = '.'): void {
  for (const kind of ['dependencies', 'optionalDependencies']) {
    for (const [name] of entriesAt(manifest, kind)) {
      const [from, to] = [join('node_modules', name), join(modules, name)]
      if (lstatSync(to, { throwIfNoEntry: false }) !== undefined) continue
      // A version of its own came with the package that wants it.
      const nested = join(parent, 'node_modules', name)
      if (parent !== '.' && lstatSync(nested, { throwIfNoEntry: false }) !== undefined) continue
      if (kind === 'optionalDependencies' && lstatSync(from, { throwIfNoEntry: false }) === undefined)
        continue
      cpSync(from, to, { recursive: true })
      installDependencies(JSON.parse(readFileSync(join(from, 'package.json'), 'utf8')), from)
    }
  }
}

function install(): void {
  for (const path of [env.HOME, env.TMPDIR, folder, join(modules, '.bin')])
    mkdirSync(path, { recursive: true })
  const { path } = pack(place)
  execFileSync('tar', ['--extract', '--file', path, '--directory', folder, '--strip-components=1'])
  rmSync(path)
  const manifest: unknown = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  installDependencies(manifest)
  const program = join(folder, textAt(manifest, 'bin', 'logpush-exporter'))
  chmodSync(program, 0o755)
  symlinkSync(program, join(modules, '.bin/logpush-exporter'))
}

/** Size on disk, as `du` counts it. */
function blocksIn(path: string): number {
  return readdirSync(path, { recursive: true, encoding: 'utf8' }).reduce(
    (sum, name) => sum + lstatSync(join(path, name)).blocks * 512,
    0,
  )
}

/** Runs `npx logpush-exporter …` in the empty folder, with nothing of this process's environment. */
function run(
  args: readonly string[],
  more: Readonly<Record<string, string>> = {},
): { readonly status: number | null; readonly output: string } {
  const { status, stdout, stderr } = spawnSync('npx', ['--no', 'logpush-exporter', ...args], {
    cwd: place,
    env: { ...env, ...more },
    encoding: 'utf8',
    timeout: 120_000,
  })
  return { status, output: `${stdout}${stderr}` }
}

interface Simulated {
  readonly baseUrl: string
  readonly token: string
  readonly account: string
}

/** The installed program's own simulator, on a free port; ends with the test. */
async function simulate(t: Test): Promise<Simulated> {
  const child = spawn(join(modules, '.bin/logpush-exporter'), ['simulate', '--listen=127.0.0.1:0'], {
    cwd: place,
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  t.teardown(() => child.kill('SIGKILL'))
  const printed = new Map<string, string>()
  for await (const line of createInterface({ input: child.stdout })) {
    const [, name = '', value = ''] = /^ *export (\w+)=(\S+)/.exec(line) ?? []
    printed.set(name, value)
    const [baseUrl, token, account] = [
      'LOGPUSH_EXPORTER_CLOUDFLARE_BASE_URL',
      'CLOUDFLARE_API_TOKEN',
      'CLOUDFLARE_ACCOUNT_ID',
    ].map((each) => printed.get(each))
    if (baseUrl !== undefined && token !== undefined && account !== undefined)
      return { baseUrl, token, account }
  }
  throw new Error('the simulator ended')
}

install()

t.test('takes at most 40 MB', async (t) => {
  const megabytes = blocksIn(modules) / 2 ** 20
  t.comment(`${megabytes.toFixed(1)} MB`)
  t.ok(megabytes <= 40, `${megabytes.toFixed(1)} MB`)
})

t.test('npx logpush-exporter demo --once prints a scrape', async (t) => {
  const { status, output } = run(['demo', '--once'])
  t.equal(status, 0, output.slice(-1000))
  t.ok(/^cloudflare_logpush_job_enabled\{[^}]+job_id="\d+"\} 1$/m.test(output))
})

t.test('against the simulator', async (t) => {
  const { baseUrl, token, account } = await simulate(t)
  const live = { CLOUDFLARE_API_TOKEN: token, CLOUDFLARE_ACCOUNT_ID: account }

  t.test('npx logpush-exporter check finds all it needs', async (t) => {
    const { status, output } = run(['check', `--cloudflare.base-url=${baseUrl}`], live)
    t.equal(status, 0, output)
    t.match(output, /Quay Production/)
  })

  t.test('npx logpush-exporter provision plan shows what a published example would create', async (t) => {
    cpSync(join(folder, 'deploy/examples/provision/splunk.yaml'), join(place, 'splunk.yaml'))
    mkdirSync(join(place, 'secrets'))
    writeFileSync(join(place, 'secrets/splunk-token'), 'token-of-splunk')
    const args = ['provision', 'plan', '--detailed-exitcode', '-f', 'splunk.yaml']
    const { status, output } = run([...args, `--cloudflare.base-url=${baseUrl}`], live)
    t.equal(status, 2, output)
    t.match(output, /1 to create/)
    t.notMatch(output, /token-of-splunk/)
  })
})
