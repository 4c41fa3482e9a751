/* Fuzzing guided by coverage: inputs that reach new code are kept, and changed further. */
import { type CodeCoverage, startCoverage } from './code-coverage.ts'
import { createDraw, mutated } from './mutate.ts'

export interface FuzzTarget {
  readonly name: string
  /** Good inputs, from which the others are made. */
  readonly seeds: readonly string[]
  /** Reads the input. What it may refuse it refuses as it says; whatever it throws is a bug. */
  readonly run: (text: string) => unknown
}

/** Each with the input that shows it. */
export type Failures = readonly string[]

/** Processor time that one input may take; inputs have at most 30 kB. */
const maxCpuMs = 1_000
const batchSize = 64
const maxFailures = 3

/** Inputs made of the seeds alone: what a moment allows. */
export async function fuzzBriefly(target: FuzzTarget, seed: number, inputs: number): Promise<Failures> {
  const draw = createDraw(seed)
  const made = Array.from({ length: inputs }, () => mutated(target.seeds, draw))
  return failuresOf(target, [...target.seeds, ...made])
}

export interface FuzzResult {
  readonly inputs: number
  /** Inputs that reached new code, the seeds included. */
  readonly corpus: number
  /** Stretches of `src` that ran, by how often. */
  readonly reached: number
  readonly failures: Failures
}

/** Inputs made of all that reached new code, for so many milliseconds or until some have failed. */
export async function fuzz(target: FuzzTarget, seed: number, ms: number): Promise<FuzzResult> {
  const draw = createDraw(seed)
  const coverage = await startCoverage()
  const corpus = [...target.seeds]
  const reached = new Set<string>()
  const failures = [...(await failuresOf(target, corpus))]
  const end = performance.now() + ms
  let inputs = corpus.length
  try {
    for (const key of await coverage.ran()) reached.add(key)
    while (performance.now() < end && failures.length < maxFailures) {
      const batch = Array.from({ length: batchSize }, () => mutated(corpus, draw))
      inputs += batch.length
      corpus.push(...(await theNew(batch, { target, coverage, reached, failures })))
    }
  } finally {
    await coverage.end()
  }
  return { inputs, corpus: corpus.length, reached: reached.size, failures: failures.slice(0, maxFailures) }
}

interface Search {
  readonly target: FuzzTarget
  readonly coverage: CodeCoverage
  readonly reached: Set<string>
  readonly failures: string[]
}

/** The inputs that reach what none before them did, found by halving: asking for the coverage is what takes time. */
async function theNew(inputs: readonly string[], search: Search): Promise<readonly string[]> {
  const failed = await failuresOf(search.target, inputs)
  const news = [...(await search.coverage.ran())].filter((key) => !search.reached.has(key))
  if (failed.length + news.length === 0) return []
  if (inputs.length === 1) {
    search.failures.push(...failed)
    for (const key of news) search.reached.add(key)
    return inputs
  }
  const middle = Math.ceil(inputs.length / 2)
  return [...(await theNew(inputs.slice(0, middle), search)), ...(await theNew(inputs.slice(middle), search))]
}

async function failuresOf(target: FuzzTarget, inputs: readonly string[]): Promise<Failures> {
  const failures: string[] = []
  for (const text of inputs) {
    const problem = await problemOf(target, text)
    if (problem !== null) failures.push(`${problem}\n  input: ${JSON.stringify(text.slice(0, 2_000))}`)
  }
  return failures
}

async function problemOf({ run }: FuzzTarget, text: string): Promise<string | null> {
  const cpuMs = async (): Promise<number> => {
    const before = process.cpuUsage()
    await run(text)
    const { user, system } = process.cpuUsage(before)
    return (user + system) / 1000
  }
  try {
    // The first time may load and compile what reads it.
    const ms = (await cpuMs()) > maxCpuMs ? await cpuMs() : 0
    return ms > maxCpuMs ? `took ${Math.round(ms)} ms of processor time` : null
  } catch (error) {
    return error instanceof Error ? `${error.stack}` : String(error)
  }
}
