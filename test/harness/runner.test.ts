import { spawnSync } from 'node:child_process'
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'

/*
 * The runner of these very tests (.ci/test.mjs), on projects of a few lines.
 */

const root = fileURLToPath(new URL('../..', import.meta.url))

const sees = `
  import { spawnSync } from 'node:child_process'
  import { tmpdir } from 'node:os'
  import t from 'tap'
  t.test('a child', async (t) => {
    const code = 'JSON.stringify([process.env.NODE_OPTIONS ?? null, process.env.NODE_PATH ?? null, process.execArgv])'
    const child = spawnSync(process.execPath, ['-p', code], { cwd: tmpdir(), encoding: 'utf8' })
    t.same(JSON.parse(child.stdout), [null, null, ['-p', code]], child.stderr)
    const loaders = process.execArgv.filter((option) => /^--(import|require|(experimental-)?loader)\\b/.test(option))
    t.same(loaders, [])
  })
`

interface Ended {
  readonly status: number | null
  readonly lines: readonly string[]
  /** What is left in the project's .cache. */
  readonly left: readonly string[]
  readonly read: (name: string) => string
}

const built = ['dist/main.js', 'dist/THIRD-PARTY-NOTICES.txt']

/** A project with these files, tested by the runner with these arguments. */
function runner(
  t: { teardown(end: () => void): unknown },
  files: Readonly<Record<string, string>>,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Ended {
  const project = mkdtempSync(join(tmpdir(), 'runner-'))
  t.teardown(() => rmSync(project, { recursive: true }))
  const all = {
    'package.json': '{ "type": "module", "scripts": { "build": "node build.mjs" } }',
    'build.mjs': '',
    'src/one.ts': 'export const one: number = 1\n',
    'dashboards/src/none.ts': '',
    ...Object.fromEntries(built.map((name) => [name, ''])),
    ...files,
  }
  for (const [name, text] of Object.entries(all)) {
    mkdirSync(dirname(join(project, name)), { recursive: true })
    writeFileSync(join(project, name), text)
  }
  // A file system's clock may be coarse: it takes a whole minute to be sure that one file is newer than another.
  const then = Date.now() / 1000 + (env.BUILT === 'before' ? -60 : 60)
  for (const name of built) utimesSync(join(project, name), then, then)
  symlinkSync(join(root, 'node_modules'), join(project, 'node_modules'))
  const { status, stdout } = spawnSync(process.execPath, [join(root, '.ci/test.mjs'), ...args], {
    cwd: project,
    encoding: 'utf8',
    env: { PATH: process.env.PATH ?? '', HOME: project, TMPDIR: tmpdir(), ...env },
  })
  return {
    status,
    lines: stdout.trimEnd().split('\n'),
    left: readdirSync(join(project, '.cache')),
    read: (name) => readFileSync(join(project, name), 'utf8'),
  }
}

const passes = `import t from 'tap'\nimport { one } from '../src/one.ts'\nt.test('holds', async (t) => t.equal(one, 1))\n`

t.test('what a test starts gets no option of Node from the runner', async (t) => {
  const child = spawnSync(process.execPath, ['-p', 'process.env.NODE_OPTIONS || "none"'], {
    cwd: tmpdir(),
    encoding: 'utf8',
  })
  t.equal(child.stdout.trim(), 'none', child.stderr)
})

t.test('nor from whoever called the runner', async (t) => {
  const { status, lines } = runner(t, { 'test/sees.test.ts': sees }, ['sees'], {
    NODE_OPTIONS: '--no-warnings',
    NODE_PATH: '/nowhere',
  })
  t.equal(lines.at(-1), '2 passed, 0 failed', lines.join('\n'))
  t.equal(status, 0)
})

t.test(
  'the last line counts, the ten slowest files come before it, and nothing is left behind',
  async (t) => {
    const names = Array.from({ length: 12 }, (_, i) => `test/part-${i}.test.ts`)
    const { status, lines, left } = runner(t, Object.fromEntries(names.map((name) => [name, passes])), [
      'part',
    ])
    t.equal(status, 0)
    t.equal(lines.at(-1), '13 passed, 0 failed', '12 and the build')
    t.match(lines.at(-2), /^12 files in \d+ s$/)
    const slowest = lines.slice(-12, -2)
    t.equal(lines.at(-13), 'The slowest of 12 files:')
    for (const line of slowest) t.match(line, /^ +\d+\.\d s test\/part-\d+\.test\.ts$/)
    const seconds = slowest.map((line) => Number(line.trim().split(' ')[0]))
    t.same(
      seconds,
      seconds.toSorted((a, b) => b - a),
    )
    t.same(left, [])
  },
)

t.test('a failed test fails the run, and its place is one in the sources', async (t) => {
  const fails = `import t from 'tap'\n\n\nt.test('breaks', async (t) => {\n  t.equal(1, 2)\n})\n`
  const { status, lines } = runner(t, { 'test/bad.test.ts': fails, 'test/good.test.ts': passes }, [
    'bad',
    'good',
  ])
  t.equal(status, 1)
  t.equal(lines.at(-1), '2 passed, 1 failed')
  t.ok(lines.includes('failed: test/bad.test.ts: breaks'))
  t.match(lines.join('\n'), /test\/bad\.test\.ts:5:\d+/)
  t.notMatch(lines.join('\n'), /\.cache/)
})

t.test('a file that dies outside its tests fails the run', async (t) => {
  const { status, lines } = runner(t, { 'test/dies.test.ts': 'throw new Error("at once")\n' }, ['dies'])
  t.equal(status, 1)
  t.equal(lines.at(-1), '1 passed, 1 failed', lines.join('\n'))
  t.match(lines.join('\n'), /✖ test\/dies\.test\.ts/)
})

t.test('what is skipped is named with its reason; in CI it has failed', async (t) => {
  const skips = `import t from 'tap'\nt.test('later', { skip: 'no moon' }, async () => {})\n`
  const files = { 'test/skips.test.ts': skips }
  const here = runner(t, files, ['skips'])
  t.equal(here.lines.at(-1), '1 passed, 0 failed, 1 skipped')
  t.ok(here.lines.includes('skipped: test/skips.test.ts: later (no moon)'), here.lines.join('\n'))
  t.equal(here.status, 0)
  const inCi = runner(t, files, ['skips'], { CI: 'true' })
  t.equal(inCi.lines.at(-1), '1 passed, 1 failed, 1 skipped')
  t.equal(inCi.status, 1)
})

t.test('long tests are a run of their own, and print their figures', async (t) => {
  const measures = passes.replace('=> t.equal(one, 1)', "=> { t.comment('12 of 12'); t.equal(one, 1) }")
  const files = { 'test/both.test.ts': passes, 'test/both.long.ts': measures }
  t.ok(runner(t, files, ['both']).lines.some((line) => line.startsWith('✔ test/both.test.ts: holds')))
  const { status, lines } = runner(t, files, ['--long'])
  t.equal(status, 0)
  t.equal(lines.at(-1), '2 passed, 0 failed')
  t.ok(lines.some((line) => line.startsWith('✔ test/both.long.ts: holds')))
  t.ok(lines.includes('    12 of 12'), lines.join('\n'))
})

t.test('a run that finds no test file has failed', async (t) => {
  const { status, lines } = runner(t, { 'test/one.test.ts': passes }, ['two'])
  t.equal(status, 1)
  t.same(lines, ['No test file has "two" in its path.', '0 passed, 0 failed'])
})

t.test('what is built already is built again only when a source is newer', async (t) => {
  const build = 'process.stdout.write("built\\n")'
  const files = { 'build.mjs': build, 'test/one.test.ts': passes }
  t.notOk(runner(t, files, ['one']).lines.includes('built'))
  t.ok(runner(t, files, ['one'], { BUILT: 'before' }).lines.includes('built'))
})

const startsAndIsStopped = `
  import { spawn } from 'node:child_process'
  import { writeFileSync } from 'node:fs'
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { detached: true, stdio: 'ignore' })
  writeFileSync('started', String(child.pid))
  process.kill(process.ppid, 'SIGTERM')
  setInterval(() => {}, 1000)
`

t.test(
  'what the tests started ends with a run that is stopped',
  { skip: process.platform === 'linux' ? false : 'only Linux tells who started whom' },
  async (t) => {
    const { status, left, read } = runner(t, { 'test/starts.test.ts': startsAndIsStopped }, ['starts'])
    t.equal(status, 1)
    t.same(left, [])
    const started = Number(read('started'))
    t.ok(started > 0)
    t.ok(isGone(started), `${started} runs on`)
  },
)

/** A process that was killed has no memory any more, though whoever adopted it may not have asked for its end yet. */
function isGone(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8') === ''
  } catch {
    return true
  }
}
