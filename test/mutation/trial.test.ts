import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { cover, type TestRun } from './coverage.ts'
import { addressOf, compiled, digest, distances, readSources } from './modules.ts'
import { type Mutant, mutantsOf } from './mutants.ts'
import { runTest } from './test-process.ts'
import { tryMutant } from './trial.ts'
import { instrument, unitAround } from './units.ts'

const source = `export function larger(a: number, b: number): number {
  if (a > b) return a
  return b
}
export const never = (text: string): string => text.trim()
export function endless(): void {
  for (let left = 3; left > 0; left = left - 1);
}
`
const test = `import assert from 'node:assert'
import { endless, larger } from './larger.ts'
assert.equal(larger(2, 1), 2)
assert.equal(larger(1, 1), 1)
assert.equal(larger(1, 2), 2)
endless()
`

/** A tiny project in a folder of its own: one source and one test of it. */
function project(folder: string) {
  const [path, file] = [join(folder, 'larger.ts'), join(folder, 'larger.test.ts')]
  writeFileSync(path, source)
  writeFileSync(file, test)
  const scratch = join(folder, 'scratch')
  mkdirSync(scratch)
  const modules = join(folder, 'modules.json')
  const list = [path, file].map((one) => [addressOf(one), compiled(scratch, one, readFileSync(one, 'utf8'))])
  writeFileSync(modules, JSON.stringify(Object.fromEntries(list)))
  return { path, file, scratch, modules }
}

t.test(
  'a mutant that a test sees is killed, one that none sees survives, one without end is ended',
  async (t) => {
    const { path, file, scratch, modules } = project(t.testdir())
    const run: TestRun = { file, seconds: 0.1, cpuSeconds: 0.1, ran: new Map() }
    const verdict = async (line: number, after: string, tests: readonly TestRun[] = [run]) => {
      const mutant = mutantsOf(path, source).find((one) => one.line === line && one.after === after)
      if (mutant === undefined) throw new Error(`no mutant ${after} in line ${line}`)
      const options = { modules, scratch, cpuSeconds: 60 }
      return tryMutant(mutant, source, { testsOf: () => tests }, options)
    }
    t.match(await verdict(2, '<='), { verdict: 'killed', ran: [file] })
    t.match(
      await verdict(2, '>='),
      { verdict: 'survived', ran: [file], notRun: [] },
      'of equal ones either is right',
    )
    t.match(await verdict(5, 'text'), { verdict: 'survived', ran: [file] })
    t.match(await verdict(7, '+'), { verdict: 'timeout', ran: [file] })
    t.match(await verdict(2, '<=', []), { verdict: 'survived', ran: [] }, 'without a test nothing dies')
    const slow = { ...run, cpuSeconds: 61 }
    t.match(await verdict(5, 'text', [run, slow]), { verdict: 'survived', ran: [file], notRun: [file] })
    t.equal(readFileSync(path, 'utf8'), source, 'the source is as it was')
    t.equal(readdirSync(scratch).length, 2, 'nothing is left of the mutants')
  },
)

t.test('what a source does is the same with its units noted, and those that ran are known', async (t) => {
  const text = `
export function f(a, b) {
  const both = a && b
  if (both) return 'both'
  else if (a) { return 'a' }
  for (const c of [1, 2]) if (c > 1) continue
  switch (b) { case true: return (() => ({ b: b ? 'b' : 'never' }))().b
    default: return a ?? 'neither' }
}`
  const { units, text: marked } = instrument(text, 10)
  const ran: number[] = []
  Object.assign(globalThis, { __unitsThatRan: ran })
  const { f } = await import(`data:text/javascript,${encodeURIComponent(marked)}`)
  t.same([f(true, true), f(true, false), f(false, true), f(undefined, false)], ['both', 'a', 'b', 'neither'])
  const known = Object.keys(ran).map((number) => units[Number(number) - 10])
  const pieces = units.map((unit) => ({ piece: text.slice(unit.start, unit.end), ran: known.includes(unit) }))
  t.same(
    pieces.filter((unit) => !unit.ran).map(({ piece }) => piece),
    ["'never'"],
  )
  const at = text.indexOf("'never'")
  t.equal(
    unitAround(units, at, at + 7),
    pieces.findIndex(({ piece }) => piece === "'never'"),
  )
  t.equal(unitAround(units, 0, 1), undefined)
})

t.test('a test is chosen when it runs the line, and what is known of it is kept', async (t) => {
  const folder = t.testdir()
  const { path, file } = project(folder)
  const sources = readSources([folder])
  t.same(
    [...distances(file, sources.imports)],
    [
      [file, 0],
      [path, 1],
    ],
  )
  const scratch = join(folder, 'noted')
  mkdirSync(scratch)
  const options = {
    cache: join(folder, 'cache'),
    scratch,
    parallel: 1,
    isMutable: (one: string) => one === path,
  }
  const told: string[] = []
  const coverage = await cover(sources, [file], options, (text) => told.push(text))
  const files = (line: number) => {
    const mutant = mutantsOf(path, source).find((one: Mutant) => one.line === line)
    return mutant && coverage.testsOf(path, mutant.start, mutant.end).map((run) => run.file)
  }
  t.same([files(2), files(5)], [[file], []])
  t.same(told, [`Runs ${file} (0 more)`])
  await cover(sources, [file], options, (text) => told.push(text))
  t.equal(told.length, 1, 'the same contents are not run twice')
})

t.test('the tests in the folder of a source go first, since others only happen to load it', async (t) => {
  const use = (from: string) => `import { table } from '${from}'\nfor (let i = table.a; i < 1e7; i += 1);\n`
  const folder = t.testdir({
    src: { own: { 'table.ts': 'export const table = { a: 1 }\n' } },
    test: {
      'aside.test.ts': use('../src/own/table.ts').split('\n', 1).join(),
      own: { 'table.test.ts': use('../../src/own/table.ts') },
    },
  })
  const sources = readSources([folder])
  const path = join(folder, 'src/own/table.ts')
  const files = ['test/aside.test.ts', 'test/own/table.test.ts'].map((file) => join(folder, file))
  const scratch = join(folder, 'noted')
  mkdirSync(scratch)
  const options = {
    cache: join(folder, 'cache'),
    scratch,
    parallel: 1,
    isMutable: (one: string) => one === path,
  }
  const coverage = await cover(sources, files, options, () => {})
  t.same(
    coverage.testsOf(path, 0, 5).map(({ file }) => file),
    files.toReversed(),
  )
})

t.test('a test that fails without a mutant tells nothing, and is named', async (t) => {
  const folder = t.testdir({ 'a.test.ts': 'throw new Error()' })
  const sources = readSources([folder])
  const file = join(folder, 'a.test.ts')
  mkdirSync(join(folder, 'noted'))
  const options = {
    cache: join(folder, 'cache'),
    scratch: join(folder, 'noted'),
    parallel: 1,
    isMutable: () => false,
  }
  const coverage = await cover(sources, [file], options, () => {})
  t.same(coverage.broken, [file])
})

t.test('a test that fails once, as on a busy machine, is run again', async (t) => {
  const folder = t.testdir({
    'a.test.ts': `import { appendFileSync, readFileSync } from 'node:fs'
      const runs = ${JSON.stringify(join(t.testdirName, 'runs'))}
      appendFileSync(runs, '.')
      if (readFileSync(runs, 'utf8') === '.') throw new Error('late')`,
  })
  const file = join(folder, 'a.test.ts')
  mkdirSync(join(folder, 'noted'))
  const options = {
    cache: join(folder, 'cache'),
    scratch: join(folder, 'noted'),
    parallel: 1,
    isMutable: () => false,
  }
  const coverage = await cover(readSources([folder]), [file], options, () => {})
  t.same(coverage.broken, [])
  t.equal(readFileSync(join(folder, 'runs'), 'utf8'), '..')
})

t.test('a test process that was started by another ends with it', async (t) => {
  const folder = t.testdir({
    'a.test.ts': `import { spawn } from 'node:child_process'
      import { writeFileSync } from 'node:fs'
      const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' })
      writeFileSync(${JSON.stringify(join(t.testdirName, 'pid'))}, String(child.pid))
      for (;;);`,
  })
  const modules = join(folder, 'modules.json')
  const file = join(folder, 'a.test.ts')
  const text = readFileSync(file, 'utf8')
  writeFileSync(modules, JSON.stringify({ [addressOf(file)]: compiled(folder, file, text) }))
  const ended = await runTest(file, { MUTATION_MODULES: modules }, { cpuSeconds: 2, seconds: 60 })
  t.equal(ended.outcome, 'looped')
  t.ok(existsSync(join(folder, 'pid')))
  const pid = Number(readFileSync(join(folder, 'pid'), 'utf8'))
  // The kernel ends it in its own time; this test ends by its timeout if it never does.
  while (isRunning(pid)) await new Promise((resolve) => setTimeout(resolve, 20))
  t.notOk(isRunning(pid), 'what it started is ended too')
})

t.test('contents that differ have different digests, however they are cut', async (t) => {
  t.not(digest('ab', 'c'), digest('a', 'bc'))
})

/** Whether a process still runs; one that has ended may wait for somebody to ask how. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}
