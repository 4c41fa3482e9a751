// All tests: types, lint, build, then every test/**/*.test.ts under node's runner. Ends with the one line
// "N passed, N failed" (and ", N skipped"). In CI nothing may be skipped.
// Arguments narrow the test files: `npm test -- ledger` runs those whose path holds "ledger".
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { run } from 'node:test'
import { transformSync } from 'esbuild'

const inCi = process.env.CI === 'true'
const filters = process.argv.slice(2)
const counts = { passed: 0, failed: 0, skipped: 0 }
const failures = []
const skips = []
const out = (text) => process.stdout.write(text)

function step(name, command, args) {
  const started = performance.now()
  const ok = spawnSync(command, args, { stdio: 'inherit' }).status === 0
  counts[ok ? 'passed' : 'failed'] += 1
  if (!ok) failures.push(name)
  out(`${ok ? '✔' : '✖'} ${name} (${((performance.now() - started) / 1000).toFixed(1)} s)\n`)
}

async function testFiles() {
  const entries = await readdir('test', { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile() && entry.name.endsWith('.test.ts'))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .filter((path) => filters.length === 0 || filters.some((filter) => path.includes(filter)))
    .sort()
}

function runFiles(files, env) {
  Object.assign(process.env, { NODE_OPTIONS: '--import tsx', TAP_TIMEOUT: '240', ...env })
  return new Promise((resolve) => {
    const stream = run({ files, concurrency: 2, timeout: 300_000 })
    stream.on('test:pass', (event) => record(event, true))
    stream.on('test:fail', (event) => record(event, false))
    for (const name of ['test:stdout', 'test:stderr'])
      stream.on(name, ({ message }) => process.env.VERBOSE && out(message))
    stream.on('end', resolve)
    stream.resume()
  })
}

/** tap reports its assertions as tests inside the test: a failed one is shown, only whole tests are counted. */
function record({ name, nesting, file, details, skip }, ok) {
  const path = file === undefined ? '' : relative(process.cwd(), file)
  const title = `${path}: ${name}`
  const isFile = name === file || name === path
  if (skip !== undefined && skip !== false) {
    counts.skipped += 1
    skips.push(`${title}${typeof skip === 'string' && skip !== '' ? ` (${skip})` : ''}`)
    return
  }
  if (!ok && (details?.type !== 'suite' || isFile)) {
    const error = details?.error
    const text = error?.cause?.stack ?? error?.cause ?? error?.stack ?? error
    out(`✖ ${title}\n${String(text).replace(/^/gm, '    ')}\n`)
  }
  if (nesting > 0) return
  // A file stands for itself only when it died outside its tests.
  if (isFile && (ok || failures.some((failure) => failure.startsWith(path)))) return
  counts[ok ? 'passed' : 'failed'] += 1
  if (!ok) failures.push(title)
  else out(`✔ ${title} (${Math.round(details?.duration_ms ?? 0)} ms)\n`)
}

/** Files that hold types and nothing that runs: there is nothing in them to cover. */
function typesOnly(...folders) {
  return folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => `${folder}/${name}`)
      .filter(
        (path) =>
          transformSync(readFileSync(path, 'utf8'), { loader: 'ts', tsconfigRaw: strict }).code.trim() === '',
      ),
  )
}

const strict = { compilerOptions: { verbatimModuleSyntax: true } }

const started = performance.now()
if (filters.length === 0) {
  step('types', process.execPath, ['node_modules/typescript/bin/tsc', '--noEmit'])
  step('lint', process.execPath, ['node_modules/@biomejs/biome/bin/biome', 'ci', '--colors=off', '.'])
}
step('build', 'npm', ['run', '--silent', 'build'])

const files = await testFiles()
// Domain and exporter are also exercised by what stands on them.
const measured = files.filter((path) =>
  /^test\/(domain|access|exporter|provision|settings|metrics)\//.test(path),
)
const others = files.filter((path) => !measured.includes(path))
const coverage = mkdtempSync(join(tmpdir(), 'coverage-'))
if (measured.length > 0) await runFiles(measured, { NODE_V8_COVERAGE: coverage })
delete process.env.NODE_V8_COVERAGE
if (others.length > 0) await runFiles(others, {})
delete process.env.NODE_OPTIONS
if (filters.length === 0) {
  step('coverage of domain and exporter, 95 % of lines', process.execPath, [
    'node_modules/c8/bin/c8.js',
    'report',
    `--temp-directory=${coverage}`,
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
rmSync(coverage, { recursive: true, force: true })

for (const skip of skips) out(`skipped: ${skip}\n`)
for (const failure of failures) out(`failed: ${failure}\n`)
out(`${files.length} files in ${((performance.now() - started) / 1000).toFixed(0)} s\n`)
if (inCi && counts.skipped > 0) {
  counts.failed += counts.skipped
  out('In CI nothing may be skipped.\n')
}
const skippedPart = counts.skipped > 0 ? `, ${counts.skipped} skipped` : ''
out(`${counts.passed} passed, ${counts.failed} failed${skippedPart}\n`)
process.exit(counts.failed === 0 && counts.passed > 0 ? 0 : 1)
