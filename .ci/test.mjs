// All tests: types, lint, build, then every test/**/*.test.ts under Node's runner. Ends with the one line
// "N passed, N failed" (and ", N skipped"). In CI nothing may be skipped.
// Arguments narrow the test files: `npm test -- ledger` runs those whose path holds "ledger".
// With --long it runs every test/**/*.long.ts instead: soaks, fuzzing with new seeds, whole matrices.
import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { run } from 'node:test'
import { pathToFileURL } from 'node:url'
import { transformSync } from 'esbuild'
import { isBuilt } from './build-state.mjs'
import { compileTests, filesBelow } from './compile-tests.mjs'
import { endDescendants } from './end-descendants.mjs'
import { eventsByFile, groupModule, groupsOf } from './test-groups.mjs'
import { createReport } from './test-report.mjs'

const inCi = process.env.CI === 'true'
const given = process.argv.slice(2)
const long = given.includes('--long')
const filters = given.filter((argument) => argument !== '--long')
const whole = filters.length === 0 && !long
const started = performance.now()

/** These take longest. They begin first, so that none of them runs on alone at the end. */
const slowest = ['alerts/rules', 'browser/pages', 'deploy/helm', 'deploy/kubernetes', 'deploy/supply-chain']

/** Whole chains of programs: minutes on the clock, seconds of work. */
const mostlyWaits = (path) => path.startsWith('test/e2e/')

/** Domain and exporter must be covered by their own tests. */
const isMeasured = (path) => /^test\/(domain|access|exporter|provision|settings|metrics)\//.test(path)

// What the tests start gets nothing of the caller's Node, and nothing of ours either.
for (const name of ['NODE_OPTIONS', 'NODE_PATH', 'NODE_TEST_CONTEXT', 'NODE_V8_COVERAGE'])
  delete process.env[name]
process.env.TAP_TIMEOUT = long ? '3600' : '240'

async function testFiles() {
  const rank = (path) => {
    const place = slowest.findIndex((start) => path.startsWith(`test/${start}`))
    return place === -1 ? slowest.length : place
  }
  const files = await filesBelow('test', long ? '.long.ts' : '.test.ts')
  return files
    .filter((path) => filters.length === 0 || filters.some((filter) => path.includes(filter)))
    .sort((a, b) => rank(a) - rank(b))
}

/** What it prints is shown when it ends, for tests run beside it. */
function step(report, name, command, args) {
  const began = performance.now()
  return new Promise((end) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] })
    const printed = []
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => printed.push(chunk))
    child.on('error', (error) => printed.push(Buffer.from(`${error.message}\n`)))
    child.on('close', (code) => {
      process.stdout.write(Buffer.concat(printed))
      report.step(name, code === 0, performance.now() - began)
      end()
    })
  })
}

/** A file, or a group of them, in a process of its own. */
function runGroup(report, group, compiled) {
  const began = performance.now()
  return new Promise((end) => {
    const stream = run({
      files: [moduleOf(group, compiled)],
      concurrency: 1,
      timeout: long ? 3_600_000 : 300_000,
    })
    let lastWords = ''
    const take = eventsByFile(group, (path, event, ok) => report.test(path, event, ok, ok ? '' : lastWords))
    stream.on('test:pass', (event) => take(event, true))
    stream.on('test:fail', (event) => take(event, false))
    // The figures of a long test are what it is run for; what has no file is the runner's own count.
    if (long)
      stream.on('test:diagnostic', ({ file, message }) => file && process.stdout.write(`    ${message}\n`))
    for (const name of ['test:stdout', 'test:stderr'])
      stream.on(name, ({ message }) => process.env.VERBOSE && process.stdout.write(message))
    stream.on('test:stderr', ({ message }) => {
      lastWords = `${lastWords}${message}`.slice(-2_000)
    })
    stream.on('end', () => {
      report.filesEnded(group, performance.now() - began)
      end()
    })
    stream.resume()
  })
}

/** The compiled module of a group. */
function moduleOf({ paths: [first, ...more] }, compiled) {
  if (more.length === 0) return resolve(compiled(first))
  const module = resolve(compiled(first).replace(/\.js$/, '.group.js'))
  const modules = [first, ...more].map((path) => [path, pathToFileURL(resolve(compiled(path))).href])
  writeFileSync(module, groupModule(modules))
  return module
}

/**
 * Two at a time, and beside them one of those that mostly wait for other programs: some tests measure, and none
 * should be measured in a crowd. `first` is what the first of the two does before its tests. Who has nothing left
 * helps with those that wait.
 */
async function runFiles(report, files, compiled, first = async () => {}) {
  const lane = async (queue) => {
    for (let group = queue.shift(); group !== undefined; group = queue.shift())
      await runGroup(report, group, compiled)
  }
  const groups = groupsOf(files, (path) => readFileSync(path, 'utf8'))
  const waiting = groups.filter(({ name }) => mostlyWaits(name))
  const working = groups.filter(({ name }) => !mostlyWaits(name))
  const worker = async () => {
    await lane(working)
    await lane(waiting)
  }
  await Promise.all([lane(waiting), worker(), first().then(worker)])
}

/** Files that hold types and nothing that runs: there is nothing in them to cover. */
function typesOnly(...folders) {
  const tsconfigRaw = { compilerOptions: { verbatimModuleSyntax: true } }
  return folders
    .flatMap((folder) => readdirSync(folder, { recursive: true }).map((name) => `${folder}/${name}`))
    .filter((path) => path.endsWith('.ts'))
    .filter(
      (path) => transformSync(readFileSync(path, 'utf8'), { loader: 'ts', tsconfigRaw }).code.trim() === '',
    )
}

function checkCoverage(report, folder) {
  return step(report, 'coverage of domain and exporter, 95 % of lines', process.execPath, [
    'node_modules/c8/bin/c8.js',
    'report',
    `--temp-directory=${folder}`,
    '--all',
    '--src=src',
    '--include=src/domain/**',
    '--include=src/exporter/**',
    ...typesOnly('src/domain', 'src/exporter').map((path) => `--exclude=${path}`),
    '--exclude-after-remap',
    '--check-coverage',
    '--lines=95',
    '--functions=0',
    '--branches=0',
    '--statements=0',
    '--reporter=text',
  ])
}

mkdirSync('.cache', { recursive: true })
const compiledFolder = mkdtempSync('.cache/tests-')
const coverage = mkdtempSync(join(tmpdir(), 'coverage-'))
process.on('exit', () => {
  for (const folder of [compiledFolder, coverage]) rmSync(folder, { recursive: true, force: true })
})

// Programs that the tests started would run on when the run is stopped.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
  process.once(signal, () => {
    endDescendants()
    process.exit(1)
  })

const files = await testFiles()
if (files.length === 0) {
  process.stdout.write(
    `No test file has ${filters.map((filter) => `"${filter}"`).join(' or ')} in its path.\n0 passed, 0 failed\n`,
  )
  process.exit(1)
}
const { compiled, readable } = await compileTests(compiledFolder)
const report = createReport(readable)

async function checkSources() {
  await step(report, 'types', process.execPath, ['node_modules/typescript-native/bin/tsc', '--noEmit'])
  await step(report, 'lint', process.execPath, [
    'node_modules/@biomejs/biome/bin/biome',
    'ci',
    '--colors=off',
    '.',
  ])
}

if (isBuilt()) report.step('build', true, 0, 'done before, ')
else await step(report, 'build', 'npm', ['run', '--silent', 'build'])

await runFiles(
  report,
  files.filter((path) => !(whole && isMeasured(path))),
  compiled,
  whole ? checkSources : undefined,
)
if (whole) {
  process.env.NODE_V8_COVERAGE = coverage
  await runFiles(report, files.filter(isMeasured), compiled)
  delete process.env.NODE_V8_COVERAGE
  await checkCoverage(report, coverage)
}
process.exit(report.close({ nothingSkipped: inCi, milliseconds: performance.now() - started }) ? 0 : 1)
