import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import type { Group } from '../../src/cli/command.ts'
import { type CommandLine, readCommandLine } from '../../src/cli/command-line.ts'
import { program as logpushExporter } from '../../src/commands/program/program.ts'
import { updating } from '../support/case-file.ts'

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url))

interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs the real program from its sources, with nothing in the environment but what is given. */
function program(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  readOutput = true,
): Promise<Ended> {
  const child = spawn(process.execPath, ['--import', 'tsx', main, ...args], {
    env: { PATH: process.env.PATH ?? '', ...env },
  })
  if (!readOutput) child.stdout.destroy()
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (chunk) => {
    stdout += chunk
  })
  child.stderr.on('data', (chunk) => {
    stderr += chunk
  })
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, stdout, stderr }))
  })
}

function lineOf(argv: readonly string[], token = 'token'): Promise<CommandLine> {
  return readCommandLine(logpushExporter, {
    argv,
    env: { CLOUDFLARE_API_TOKEN: token },
    readFile: () => ({ ok: false, reason: 'no such file' }),
  })
}

async function helpOf(...argv: readonly string[]): Promise<string> {
  const line = await lineOf(argv)
  if (line.kind !== 'text') throw new Error(`no help but ${JSON.stringify(line)}`)
  return line.text
}

async function commandOf(...argv: readonly string[]) {
  const line = await lineOf(argv)
  if (line.kind !== 'command') throw new Error(`no command but ${JSON.stringify(line)}`)
  return line
}

async function problemsOf(...argv: readonly string[]): Promise<readonly string[]> {
  const line = await lineOf(argv)
  return line.kind === 'wrong' ? line.problems : []
}

/** All commands and groups as they are typed; the program itself is an empty list. */
async function everyPath(
  group: Group = logpushExporter,
  path: readonly string[] = [],
): Promise<readonly (readonly string[])[]> {
  const inner = await Promise.all(
    group.entries.map(async ({ name, load }) => {
      const entry = await load()
      return entry.kind === 'group' ? everyPath(entry, [...path, name]) : [[...path, name]]
    }),
  )
  return [path, ...inner.flat()]
}

t.test('help texts are as reviewed', async (t) => {
  const paths = await everyPath()
  t.equal(paths.length, 22, 'every command has one')
  for (const path of paths) {
    const text = `${await helpOf(...path, '--help')}\n`
    const name = path.length === 0 ? 'overview' : path.join('-')
    const file = fileURLToPath(new URL(`golden/help-${name}.txt`, import.meta.url))
    if (updating) writeFileSync(file, text)
    t.equal(text, readFileSync(file, 'utf8'), name)
    t.notOk(
      text.split('\n').some((line) => line.length > 100),
      `${name}: no line is too long for a terminal`,
    )
  }
})

t.test('a summary is one sentence in the imperative, whatever the level', async (t) => {
  const check = async ({ entries }: Group): Promise<void> => {
    for (const { summary, load } of entries) {
      t.match(summary, /^[A-Z][a-z]*[^s\W] [^.]+\.$/)
      const inner = await load()
      if (inner.kind === 'group') await check(inner)
    }
  }
  await check(logpushExporter)
})

t.test('help wins over errors, and can be asked for in several ways', async (t) => {
  const help = await helpOf('demo', '--help')
  t.equal(await helpOf('help', 'demo'), help)
  t.equal(await helpOf('demo', '-h', '--speed=fast'), help)
  t.equal(await helpOf('--speed', 'fast', 'demo', '--help'), help)
  t.equal(await helpOf('help'), await helpOf('--help'))
  const verb = await helpOf('provision', 'plan', '--help')
  for (const argv of [
    ['help', 'provision', 'plan'],
    ['provision', 'help', 'plan'],
    ['provision', '--help', 'plan'],
  ])
    t.equal(await helpOf(...argv), verb, argv.join(' '))
  t.match(await helpOf('check', '--version'), /^logpush-exporter \S+ \(/)
  t.match(await helpOf('provision', '--version'), /^logpush-exporter \S+ \(/)
})

t.test('the command is the first word that is no flag and no value of one', async (t) => {
  const nameOf = async (...argv: readonly string[]) => (await commandOf(...argv)).name
  t.equal(await nameOf(), 'serve')
  t.equal(await nameOf('--log.level', 'debug'), 'serve')
  t.equal(await nameOf('--log.level', 'debug', 'check'), 'check')
  t.equal(await nameOf('--compat.lablabs', 'serve'), 'serve')
  t.equal(await nameOf('--state.path', 'demo', 'serve'), 'serve')
  t.equal(await nameOf('--speed', '5', 'demo', '--once'), 'demo')
  t.equal(await nameOf('provision', '-f', 'a.yaml', 'plan'), 'provision plan')
  t.equal(await nameOf('provision', 'ownership', '--yes', 'request'), 'provision ownership request')
})

t.test('a word that may be a secret is no command, and is not repeated', async (t) => {
  t.strictSame(await problemsOf('--api-key', 'canary'), [
    '--api-key: unknown flag; secrets are never passed as flags, because everyone on the machine can read those',
  ])
  t.strictSame(await problemsOf('provision', '--token', 'canary', '--', 'plan'), [
    'provision: expected a verb: validate, plan, apply, destroy, test, rotate, ownership, pagerduty, export, import, fields, schema',
  ])
})

t.test('an unknown verb is answered with the nearest one, or with all', async (t) => {
  t.strictSame(await problemsOf('provision', 'plna'), [
    '"plna": unknown verb of provision; did you mean "plan"?',
  ])
  t.strictSame(await problemsOf('provision', 'pagerduty', 'zzz'), [
    '"zzz": unknown verb of provision pagerduty; verbs are list, connect',
  ])
})

t.test('a flag of another command or verb is told as such', async (t) => {
  t.strictSame(await problemsOf('check', '--once'), ['--once: is a flag of "demo", not of "check"'])
  t.strictSame(await problemsOf('--target=x'), ['--target: is a flag of "provision plan", not of "serve"'])
  t.strictSame(await problemsOf('provision', 'validate', '--no-compat.lablabs'), [
    '--no-compat.lablabs: is a flag of "serve", not of "provision validate"',
  ])
})

t.test('options and operands of the other commands are read', async (t) => {
  const demo = await commandOf('demo', '--once', '--listen=:0', '--seed=7', '--speed=60', '--log.level=warn')
  t.strictSame(demo.values, {
    once: true,
    withAlerting: false,
    listen: [{ host: '', port: 0 }],
    seed: 7,
    speed: 60,
    logLevel: 'warn',
    logFormat: null,
  })
  const simulate = await commandOf('simulate', '--world', 'large')
  t.match(simulate.values, {
    listen: [{ host: '127.0.0.1', port: 10198 }],
    world: 'large',
    objectStore: null,
    seed: 1,
    speed: 1,
  })
  const check = await commandOf('check', '-o', 'json', '--cloudflare.zones=example.com')
  t.match(check.values, { output: 'json', zones: ['example.com'], rateLimitType: 'user' })
  const apply = await commandOf('provision', 'apply', '-y', '--', '-x')
  t.match(apply.values, { yes: true, output: 'text' })
  t.strictSame(apply.operands, ['-x'])
  t.strictSame(await problemsOf('provision', 'apply', 'a', 'b'), [
    'b: unexpected argument; "provision apply" takes a saved plan',
  ])
  t.strictSame(await problemsOf('demo', '--with-alerting', '--speed=2'), [
    '--with-alerting needs --speed=1: Prometheus runs in real time',
  ])
})

t.test('a command that calls no API needs no token; checking settings needs none either', async (t) => {
  const without = async (argv: readonly string[]) => (await lineOf(argv, '')).kind
  for (const argv of [['demo'], ['simulate'], ['provision', 'validate'], ['--config.check']])
    t.equal(await without(argv), 'command', argv.join(' '))
  for (const argv of [[], ['serve'], ['check']]) t.equal(await without(argv), 'wrong', argv.join(' '))
})

// Each start of the program takes seconds on a busy machine.
const patience = 120_000
t.setTimeout(patience)

t.test('the program', { timeout: patience }, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'cli-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  const file = (name: string, text: string) => {
    writeFileSync(join(folder, name), text)
    return join(folder, name)
  }

  t.test('says its version on stdout', async (t) => {
    const { code, stdout, stderr } = await program(['--version'])
    t.match(stdout, /^logpush-exporter \S+ \(revision \S+, Node\.js v\d+\.\d+\.\d+\)\n$/)
    t.strictSame({ code, stderr }, { code: 0, stderr: '' })
  })

  t.test('reports all errors on stderr, says where to read on, and ends with 64', async (t) => {
    const ended = await program(['--log.level=loud', '--shrd=1'], { LOGPUSH_EXPORTER_SHARD: 'x' })
    t.strictSame(ended, {
      code: 64,
      stdout: '',
      stderr: [
        'logpush-exporter: invalid settings (3 errors):',
        '  --shrd: unknown flag; did you mean --shard?',
        '  --log.level: expected one of debug, info, warn, error, found "loud"',
        '  LOGPUSH_EXPORTER_SHARD: expected a whole number from 0 to 9999, or auto, found "x"',
        'See: logpush-exporter serve --help',
        '',
      ].join('\n'),
    })
  })

  t.test('checks settings and the files that they name without starting', async (t) => {
    const good = file('good.yaml', `cloudflare:\n  api_token_file: ${file('token', 'abc\n')}\n`)
    const right = await program([`--config.file=${good}`, '--config.check'])
    t.strictSame(right, { code: 0, stdout: 'Configuration is valid.\n', stderr: '' })

    const web = file('web.yaml', 'http_server_config: {http2: true}\nbasic_auth_user: {}\n')
    const empty = file('empty', '')
    const wrong = await program([
      '--config.check',
      `--web.config.file=${web}`,
      `--cloudflare.api-token-file=${empty}`,
      '--manifest.file=missing.yaml',
    ])
    t.equal(wrong.code, 64)
    t.equal(
      wrong.stderr,
      [
        `logpush-exporter: --cloudflare.api-token-file: ${empty} is empty`,
        '--manifest.file: cannot read missing.yaml: no such file',
        '--web.config.file:',
        `  ${web}:1:29: http2: HTTP/2 is not supported; remove it or set it to false`,
        `  ${web}:2:1: unknown key "basic_auth_user"; did you mean "basic_auth_users"?`,
        '',
      ].join('\n'),
    )
  })

  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    t.test(`stops on ${signal} and says that all went well`, async (t) => {
      const child = spawn(process.execPath, ['--import', 'tsx', main, 'simulate', '--listen=127.0.0.1:0'], {
        env: { PATH: process.env.PATH ?? '' },
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      child.stdout.once('data', () => child.kill(signal))
      const ended = await new Promise((resolve) => child.on('close', (code, by) => resolve({ code, by })))
      t.strictSame(ended, { code: 0, by: null })
    })
  }

  t.test('ends in peace when nobody reads its output', async (t) => {
    const { code, stderr } = await program(['--help'], {}, false)
    t.strictSame({ code, stderr }, { code: 0, stderr: '' })
  })
  t.end()
})
