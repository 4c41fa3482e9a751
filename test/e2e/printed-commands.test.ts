import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import t from 'tap'
import { freePorts, startProgram } from '../../src/runtime/child-program.ts'
import { startSimulator } from '../../src/simulator/server.ts'
import { eventually } from '../support/exporter-process.ts'
import { kubeTools } from '../support/kube-tools.ts'
import { type PrintedCommand, printedCommands } from '../support/printed-commands.ts'
import {
  exceptions,
  filesNamed,
  longRunning,
  outOfTheWay,
  outputOf,
  standFor,
} from '../support/printed-stage.ts'
import { missingPrograms } from '../support/programs.ts'
import { openShell, type ShellSession, type Typed } from '../support/shell-session.ts'

/*
 * Every command that the documents print, typed into bash in a fresh copy of the project with an empty HOME, against
 * a simulated Cloudflare. Those of the runbooks: runbook-commands.test.ts.
 */

t.setTimeout(240_000)

/** Each document, and where its commands are typed. */
const documents = [
  ['README.md', '.'],
  ['CONTRIBUTING.md', '.'],
  ['alerts/README.md', 'alerts'],
  ['dashboards/README.md', '.'],
  ['deploy/README.md', '.'],
  ['deploy/provisioning.md', 'deploy'],
  ['deploy/helm/logpush-exporter/README.md', '.'],
] as const

const ignored = new Set(
  ['.git', ...readFileSync('.gitignore', 'utf8').split('\n')].map((name) => name.replace('/', '')),
)

/** The project as a clone has it once `npm ci` has run. */
function freshCopy(folder: string): string {
  const copy = join(folder, 'logpush-exporter')
  cpSync('.', copy, { recursive: true, filter: (path) => !ignored.has(basename(path)) })
  cpSync('dist', join(copy, 'dist'), { recursive: true })
  symlinkSync(resolve('node_modules'), join(copy, 'node_modules'))
  return copy
}

type Tap = { teardown(end: () => unknown): unknown }

interface Typist {
  readonly shell: ShellSession
  readonly ports: ReadonlyMap<string, string>
}

async function stage(t: Tap) {
  const folder = mkdtempSync(join(tmpdir(), 'printed-'))
  t.teardown(async () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }))
  const tools = kubeTools()
  const bin = join(folder, 'bin')
  for (const name of ['bin', 'home', 'tmp']) mkdirSync(join(folder, name))
  const copy = freshCopy(folder)
  writeFileSync(
    join(bin, 'logpush-exporter'),
    `#!/bin/sh\nexec '${process.execPath}' '${join(copy, 'dist/main.js')}' "$@"\n`,
  )
  chmodSync(join(bin, 'logpush-exporter'), 0o755)
  if (typeof tools !== 'string')
    for (const name of ['helm', 'kubectl'] as const) symlinkSync(tools[name], join(bin, name))
  const simulator = await startSimulator({ world: 'demo' })
  t.teardown(() => simulator.close())
  const env = {
    PATH: `${bin}:${process.env.PATH}`,
    HOME: join(folder, 'home'),
    TMPDIR: join(folder, 'tmp'),
    TERM: 'dumb',
    npm_config_update_notifier: 'false',
    LOGPUSH_EXPORTER_CLOUDFLARE_BASE_URL: simulator.url,
    LOGPUSH_EXPORTER_WEB_LISTEN_ADDRESS: '127.0.0.1:0',
    CLOUDFLARE_ACCOUNT_ID: simulator.world.accounts()[0]?.id ?? '',
    CLOUDFLARE_API_TOKEN: simulator.token,
    TOKEN: simulator.token,
    PAGERDUTY_KEY: 'not-a-real-key',
    R2_SECRET: 'not-a-real-secret',
  }
  return { folder, copy, env, token: simulator.token, kube: typeof tools !== 'string' }
}

/** A free port for each that is printed. */
async function ownPorts(): Promise<ReadonlyMap<string, string>> {
  const printed = ['10199', '10198', '9093']
  const free = await freePorts(printed.length)
  return new Map(printed.map((port, at) => [port, `${free[at]}`]))
}

/** An Alertmanager that takes alerts and sends them nowhere. */
async function startAlertmanager(t: Tap, folder: string, port: string | undefined): Promise<void> {
  const config = join(folder, 'nothing.yaml')
  writeFileSync(config, 'route: { receiver: none }\nreceivers: [{ name: none }]\n')
  const program = startProgram('prometheus-alertmanager', [
    `--config.file=${config}`,
    `--storage.path=${join(folder, 'alertmanager')}`,
    `--web.listen-address=127.0.0.1:${port}`,
    '--cluster.listen-address=',
  ])
  t.teardown(() => program.stop())
  const ready = async () => ((await fetch(`http://127.0.0.1:${port}/-/ready`)).ok ? true : undefined)
  await eventually(ready, 'Alertmanager')
}

const missing = missingPrograms('promtool', 'amtool', 'curl')

t.test('every command that a document prints runs', { skip: missing }, async (t) => {
  const { folder, copy, env, token, kube } = await stage(t)
  const counts = { found: 0, run: 0, rendered: 0, excepted: 0 }
  /** What makes files of the repository is the same from wherever it is typed: once is enough. */
  const generated = new Set<string>()

  async function type(document: string, at: string): Promise<void> {
    const scratch = mkdtempSync(join(folder, 'session-'))
    const cwd = join(copy, at)
    for (const [name, text] of filesNamed(token)) writeFileSync(join(cwd, name), text)
    const ports = await ownPorts()
    if (document.startsWith('alerts/')) await startAlertmanager(t, scratch, ports.get('9093'))
    const shell = openShell({ cwd, env, folder: scratch })
    t.teardown(() => shell.close())
    let block: number | null = null
    const typedHere = new Set<string>()
    for (const command of printedCommands(join(document))) {
      const seen = /^npm run (?!demo)/.test(command.text) ? generated : typedHere
      if (seen.has(command.text)) continue
      seen.add(command.text)
      counts.found += 1
      const where = `${command.document}:${command.line}: ${command.text}`
      if (command.block === null || command.block !== block) await shell.run(`cd '${cwd}'`)
      block = command.block
      await typeOne({ shell, ports }, command, where)
    }
    await shell.close()
  }

  async function typeOne({ shell, ports }: Typist, { text }: PrintedCommand, where: string): Promise<void> {
    const parsed = spawnSync('bash', ['-n', '-c', text], { encoding: 'utf8' })
    t.equal(parsed.status, 0, `${where} parses ${parsed.stderr}`)
    if (exceptions.some(({ matches }) => matches.test(text))) {
      counts.excepted += 1
      return
    }
    const stand = standFor(text)
    counts[stand.needsCluster ? 'rendered' : 'run'] += 1
    if (stand.needsCluster && !kube) return
    if (stand.before !== null) check(`before ${where}`, await shell.run(stand.before))
    const typed = outOfTheWay(stand.text, ports, token)
    const stays = longRunning.find(({ matches }) => matches.test(text))
    if (stays !== undefined) {
      t.ok(await shell.keep(typed, stays.until), where)
      return
    }
    const shown = outputOf(text)
    if (shown === null) check(where, await shell.run(typed))
    else await eventually(async () => shown.test((await shell.run(typed)).output) || undefined, where, 60)
  }

  function check(where: string, { code, output }: Typed): void {
    t.ok(code === 0, code === 0 ? where : `${where}\nexit code ${code}\n${output.slice(-2_000)}`)
  }

  await Promise.all(documents.map(([document, at]) => type(document, at)))
  t.comment(
    `${counts.found} commands found, ${counts.run} run, ${counts.rendered} rendered without a cluster, ${counts.excepted} excepted:`,
  )
  for (const { matches, why } of exceptions) t.comment(`${matches.source}: ${why}`)
  t.ok(counts.run > 40, `${counts.run} run`)
})

t.test('no exception is left over', async (t) => {
  const printed = documents.flatMap(([document]) => printedCommands(document))
  for (const { matches } of exceptions)
    t.ok(
      printed.some(({ text }) => matches.test(text)),
      `no document prints ${matches.source}`,
    )
})
