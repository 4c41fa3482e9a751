import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { type Command, parseCommandLine } from '../../src/cli/command-line.ts'
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

async function commandOf(...argv: readonly string[]): Promise<Command> {
  const parsed = await parseCommandLine({
    argv,
    env: { CLOUDFLARE_API_TOKEN: 'token' },
    readFile: () => ({ ok: false, reason: 'no such file' }),
  })
  if (!parsed.ok) throw new Error(parsed.problems.join('\n'))
  return parsed.command
}

t.test('help texts are as reviewed', async (t) => {
  for (const name of ['overview', 'serve', 'demo', 'check', 'simulate']) {
    const command = await commandOf(...(name === 'overview' ? [] : [name]), '--help')
    const text = command.kind === 'help' ? `${command.text}\n` : ''
    const path = fileURLToPath(new URL(`golden/help-${name}.txt`, import.meta.url))
    if (updating) writeFileSync(path, text)
    t.equal(text, readFileSync(path, 'utf8'), name)
    t.notOk(
      text.split('\n').some((line) => line.length > 100),
      `${name}: no line is too long for a terminal`,
    )
  }
})

t.test('help wins over mistakes, and can be asked for in several ways', async (t) => {
  const help = await commandOf('demo', '--help')
  t.strictSame(await commandOf('help', 'demo'), help)
  t.strictSame(await commandOf('demo', '-h', '--speed=fast'), help)
  t.strictSame(await commandOf('help'), await commandOf('--help'))
  t.strictSame(await commandOf('help', 'provision'), { kind: 'provision', argv: ['--help'] })
  t.strictSame(await commandOf('check', '--version'), { kind: 'version' })
})

t.test('the command is the first word that is no flag and no value of one', async (t) => {
  t.equal((await commandOf()).kind, 'serve')
  t.equal((await commandOf('--log.level', 'debug')).kind, 'serve')
  t.equal((await commandOf('--log.level', 'debug', 'check')).kind, 'check')
  t.equal((await commandOf('--compat.lablabs', 'serve')).kind, 'serve')
  t.equal((await commandOf('--state.path', 'demo', 'serve')).kind, 'serve')
  t.equal((await commandOf('serve', '--config.check')).kind, 'config-check')
})

t.test('options of the other commands are read', async (t) => {
  t.strictSame(
    await commandOf('demo', '--once', '--listen=:0', '--seed=7', '--speed=60', '--log.level=warn'),
    {
      kind: 'demo',
      once: true,
      withAlerting: false,
      listen: [{ host: '', port: 0 }],
      seed: 7,
      speed: 60,
      log: { logLevel: 'warn', logFormat: null },
    },
  )
  t.strictSame(await commandOf('simulate', '--world', 'large'), {
    kind: 'simulate',
    listen: [{ host: '127.0.0.1', port: 10198 }],
    world: 'large',
    objectStore: null,
    seed: 1,
    speed: 1,
    log: { logLevel: 'info', logFormat: null },
  })
  const check = await commandOf('check', '-o', 'json', '--cloudflare.zones=example.com')
  t.match(check, {
    kind: 'check',
    output: 'json',
    settings: { zones: ['example.com'], rateLimitType: 'user' },
  })
  t.strictSame(await commandOf('provision', 'plan', '-f', 'a.yaml', '--', '-x'), {
    kind: 'provision',
    argv: ['plan', '-f', 'a.yaml', '--', '-x'],
  })
})

t.test('a command that calls no API needs no token; checking settings needs none either', async (t) => {
  const without = (...argv: readonly string[]) =>
    parseCommandLine({ argv, env: {}, readFile: () => ({ ok: false, reason: 'no such file' }) })
  for (const argv of [['demo'], ['simulate'], ['provision', 'validate'], ['--config.check']]) {
    t.ok((await without(...argv)).ok, argv.join(' '))
  }
  for (const argv of [[], ['serve'], ['check']]) t.notOk((await without(...argv)).ok, argv.join(' '))
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

  t.test('reports all mistakes on stderr, says where to read on, and ends with 64', async (t) => {
    const ended = await program(['--log.level=loud', '--shrd=1'], { LOGPUSH_EXPORTER_SHARD: 'x' })
    t.strictSame(ended, {
      code: 64,
      stdout: '',
      stderr: [
        'logpush-exporter: 3 mistakes in the settings:',
        '  --shrd: unknown flag; did you mean --shard?',
        '  --log.level: expected one of debug, info, warn, error, found "loud"',
        '  LOGPUSH_EXPORTER_SHARD: expected a whole number from 0 to 9999, found "x"',
        'See: logpush-exporter serve --help',
        '',
      ].join('\n'),
    })
  })

  t.test('checks settings and the files that they name without starting', async (t) => {
    const good = file('good.yaml', `cloudflare:\n  api_token_file: ${file('token', 'abc\n')}\n`)
    const right = await program([`--config.file=${good}`, '--config.check'])
    t.strictSame(right, { code: 0, stdout: 'All settings are right.\n', stderr: '' })

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
        `  ${web}:1:29: http2: HTTP/2 is not offered; leave it out or set it to false`,
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
