import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { addressOf, compiled, digest, distances, type Sources } from './modules.ts'
import { runTest } from './test-process.ts'
import { instrument, type Unit, unitAround } from './units.ts'

/** What one test file does on the unchanged source. */
export interface TestRun {
  readonly file: string
  readonly seconds: number
  readonly cpuSeconds: number
  /** Source → the numbers of its units that ran. */
  readonly ran: ReadonlyMap<string, ReadonlySet<number>>
}

/** One run as it is kept on disk: by file, since the files of a test are known by their contents. */
interface Kept {
  readonly passed: boolean
  readonly seconds: number
  readonly cpuSeconds: number
  readonly ran: Readonly<Record<string, readonly number[]>>
}

/** What one process of a test leaves behind. */
interface Noted {
  readonly ran: readonly string[]
  readonly cpuSeconds: number
}

export interface CoverOptions {
  /** Kept from run to run. */
  readonly cache: string
  readonly scratch: string
  readonly parallel: number
  /** Whether what runs of a source is to be noted. */
  isMutable(path: string): boolean
}

export interface Coverage {
  /** Files that fail without any mutant: they can tell nothing. */
  readonly broken: readonly string[]
  /** The tests that run the piece of `path` from `start` to `end`, the nearest and fastest first. */
  testsOf(path: string, start: number, end: number): readonly TestRun[]
}

/** Runs each test file once on sources that note what runs; what was noted before for the same contents is kept. */
export async function cover(
  sources: Sources,
  tests: readonly string[],
  options: CoverOptions,
  note: (text: string) => void,
): Promise<Coverage> {
  const units = new Map<string, { readonly first: number; readonly list: readonly Unit[] }>()
  const modules: Record<string, string> = {}
  let total = 0
  for (const [path, text] of sources.texts) {
    if (!options.isMutable(path)) {
      modules[addressOf(path)] = compiled(options.cache, path, text)
      continue
    }
    const marked = instrument(text, total)
    units.set(path, { first: total, list: marked.units })
    total += marked.units.length
    modules[addressOf(path)] = compiled(options.scratch, path, marked.text)
  }
  const list = join(options.scratch, 'instrumented.json')
  writeFileSync(list, JSON.stringify(modules))

  const near = new Map(tests.map((file) => [file, distances(file, sources.imports)]))
  const runs: TestRun[] = []
  const broken: string[] = []
  const queue = [...tests]
  const next = async (): Promise<void> => {
    for (let file = queue.shift(); file !== undefined; file = queue.shift()) {
      const loaded = [...(near.get(file)?.keys() ?? [])].sort()
      const key = digest(file, ...loaded.flatMap((path) => [path, sources.texts.get(path) ?? '']))
      const kept = join(options.cache, `${key}.json`)
      if (!existsSync(kept)) {
        note(`Runs ${file} (${queue.length} more)`)
        const measure = () => measured(file, list, join(options.scratch, key), units)
        const first = await measure()
        // It may have failed because others use the machine; without it mutants would survive that it kills.
        const run = first.passed ? first : await measure()
        if (run.passed) writeFileSync(kept, JSON.stringify(run))
        else {
          broken.push(file)
          continue
        }
      }
      const { seconds, cpuSeconds, ran } = JSON.parse(readFileSync(kept, 'utf8')) as Kept
      runs.push({
        file,
        seconds,
        cpuSeconds,
        ran: new Map(Object.entries(ran).map(([path, numbers]) => [path, new Set(numbers)])),
      })
    }
  }
  await Promise.all(Array.from({ length: options.parallel }, next))

  return {
    broken,
    testsOf: (path, start, end) => {
      const unit = unitAround(units.get(path)?.list ?? [], start, end)
      const hit = runs.filter(({ ran }) => {
        const numbers = ran.get(path)
        return numbers !== undefined && (unit === undefined || numbers.has(unit))
      })
      const cost = ({ file, cpuSeconds }: TestRun) => cpuSeconds * (near.get(file)?.get(path) ?? 1)
      return hit.sort(
        (a, b) =>
          kinship(b.file, path) - kinship(a.file, path) || cost(a) - cost(b) || (a.file < b.file ? -1 : 1),
      )
    },
  }
}

/**
 * How near a test is to a source: by the folders they share, and by its name, since a test mirrors its source.
 * What is loaded by all is checked by its own tests.
 */
function kinship(test: string, source: string): number {
  const [own, other] = [test, source].map((path) => path.split('/').slice(1, -1))
  const shared = (own ?? []).filter((folder, index) => folder === other?.[index]).length
  const isNamesake = basename(test).startsWith(basename(source, '.ts'))
  return shared + (isNamesake ? 0.5 : 0)
}

async function measured(
  file: string,
  list: string,
  folder: string,
  units: ReadonlyMap<string, { readonly first: number; readonly list: readonly Unit[] }>,
): Promise<Kept> {
  mkdirSync(folder, { recursive: true })
  const env = { MUTATION_MODULES: list, MUTATION_UNITS: folder }
  const { outcome, seconds } = await runTest(file, env, { cpuSeconds: 240, seconds: 600 })
  const numbers = new Set<number>()
  let cpuSeconds = 0
  for (const name of readdirSync(folder)) {
    const noted = JSON.parse(readFileSync(join(folder, name), 'utf8')) as Noted
    for (const number of noted.ran) numbers.add(Number(number))
    cpuSeconds += noted.cpuSeconds
  }
  rmSync(folder, { recursive: true, force: true })
  const ran: Record<string, readonly number[]> = {}
  for (const [path, { first, list }] of units) {
    const own = list.flatMap((_, index) => (numbers.has(first + index) ? [index] : []))
    if (own.length > 0) ran[path] = own
  }
  return { passed: outcome === 'passed', seconds, cpuSeconds, ran }
}
