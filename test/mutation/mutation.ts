import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { cover } from './coverage.ts'
import { addressOf, compiled, digest, distances, readSources } from './modules.ts'
import { type Mutant, mutantsOf, mutated } from './mutants.ts'
import { belowBar, type FolderResult, report, survivorText } from './report.ts'
import { randomOf, shuffled } from './sample.ts'
import { endAll } from './test-process.ts'
import { type Trial, tryMutant } from './trial.ts'
import { typeChecker } from './type-check.ts'

/* Do the tests notice when a line of src is wrong? Changes one small thing at a time and runs the tests that run it. */

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: String(Math.floor(Math.random() * 1e9)) },
    count: { type: 'string', default: '30' },
    folder: { type: 'string' },
    at: { type: 'string', multiple: true, default: [] },
    tests: { type: 'string', default: 'test/' },
    limit: { type: 'string', default: '60' },
    parallel: { type: 'string', default: '2' },
  },
})
const sourceFolders = ['.build', 'src', 'test', 'dashboards/src']
const note = (text: string) => process.stderr.write(`${text}\n`)
const say = (text: string) => process.stdout.write(`${text}\n`)

// The simulator stands for Cloudflare in tests; it is no part of what the program promises.
const folders =
  values.folder?.split(',') ??
  readdirSync('src', { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== 'simulator')
    .map(({ name }) => name)
const cache = join('.cache', 'mutation')
mkdirSync(cache, { recursive: true })
const scratch = mkdtempSync(join(tmpdir(), 'mutation-'))
// Tests that are ended with a mutant leave their temporary files here; some run programs as another user.
chmodSync(scratch, 0o755)
process.env.TMPDIR = scratch
const cleanUp = () => {
  endAll()
  rmSync(scratch, { recursive: true, force: true })
}
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => {
    cleanUp()
    process.exit(130)
  })
}

try {
  process.exitCode = await main()
} finally {
  cleanUp()
}

async function main(): Promise<number> {
  say(`seed ${values.seed}, ${values.count} mutants a folder`)
  const sources = readSources(sourceFolders)
  const parts = samples(sources.texts)
  const mutable = new Set(parts.flatMap(({ mutants }) => mutants.map(({ path }) => path)))
  const tests = [...sources.texts.keys()].filter(
    (path) =>
      path.endsWith('.test.ts') &&
      values.tests.split(',').some((start) => path.startsWith(start)) &&
      // Those of the whole program run the bundle, which holds no mutant.
      !/^test\/(e2e|browser|mutation)\//.test(path) &&
      [...distances(path, sources.imports).keys()].some((loaded) => mutable.has(loaded)),
  )
  const plain = join(scratch, 'modules.json')
  const modules = [...sources.texts].map(([path, text]) => [addressOf(path), compiled(cache, path, text)])
  writeFileSync(plain, JSON.stringify(Object.fromEntries(modules)))

  const parallel = Number(values.parallel)
  const coverage = await cover(
    sources,
    tests,
    { cache, scratch, parallel, isMutable: (path) => path.startsWith('src/') },
    note,
  )
  for (const file of coverage.broken) say(`left out, since it fails without a mutant: ${file}`)

  const fits = typeChecker('tsconfig.json')
  const results: FolderResult[] = []
  for (const { name, mutants, count } of parts) {
    const trials: Trial[] = []
    const waiting = mutants[Symbol.iterator]()
    let taken = 0
    const work = async (): Promise<void> => {
      for (let next = waiting.next(); taken < count && !next.done; next = waiting.next()) {
        const mutant: Mutant = next.value
        const text = sources.texts.get(mutant.path) ?? ''
        if (!fits(mutant.path, mutated(text, mutant))) continue
        taken += 1
        const options = { modules: plain, scratch, cpuSeconds: Number(values.limit) }
        const trial = await tryMutant(mutant, text, coverage, options)
        trials.push(trial)
        note(
          trial.verdict === 'survived'
            ? survivorText(trial)
            : `${trial.verdict} ${mutant.path}:${mutant.line}`,
        )
      }
    }
    await Promise.all(Array.from({ length: parallel }, work))
    results.push({ folder: name, trials })
  }
  say(report(results))
  const after = readSources(sourceFolders)
  if (digest(...[...after.texts].flat()) !== digest(...[...sources.texts].flat())) {
    say('The sources changed during the run: what tests read of them may have failed for that. Run it again.')
    return 1
  }
  const low = values.at.length > 0 ? [] : belowBar(results)
  if (low.length > 0) say(`below the bar: ${low.join(', ')}`)
  return low.length > 0 ? 1 : 0
}

/** What is tried: a sample of each folder or, with `--at src/x.ts` or `--at src/x.ts:12`, every mutant there. */
function samples(texts: ReadonlyMap<string, string>) {
  const all = [...texts].filter(([path]) => path.startsWith('src/'))
  if (values.at.length > 0) {
    return values.at.map((place) => {
      const [path = '', line] = place.split(':')
      const mutants = mutantsOf(path, texts.get(path) ?? '')
      const chosen = mutants.filter((mutant) => line === undefined || mutant.line === Number(line))
      return { name: place, mutants: chosen, count: chosen.length }
    })
  }
  return folders.map((name) => {
    const own = all.filter(([path]) => path.startsWith(`src/${name}/`))
    const mutants = own.flatMap(([path, text]) => mutantsOf(path, text))
    return {
      name,
      mutants: shuffled(mutants, randomOf(Number(values.seed), name)),
      count: Number(values.count),
    }
  })
}
