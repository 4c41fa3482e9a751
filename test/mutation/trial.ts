import { rmSync } from 'node:fs'
import type { Coverage, TestRun } from './coverage.ts'
import { addressOf, compiled } from './modules.ts'
import { type Mutant, mutated } from './mutants.ts'
import { type Ended, runTest } from './test-process.ts'

export type Verdict = 'killed' | 'timeout' | 'survived'

export interface Trial {
  readonly mutant: Mutant
  readonly verdict: Verdict
  /** The test files that ran with the mutant, the one that killed it last. */
  readonly ran: readonly string[]
  /** Files that run the line as well, for which no time was left. */
  readonly notRun: readonly string[]
}

/**
 * Runs the tests that run the mutant's line until one fails or the processor time of the mutant is over. That time is
 * told by what the tests spend without the mutant, so that the same ones run however busy the machine is.
 */
export async function tryMutant(
  mutant: Mutant,
  text: string,
  coverage: Pick<Coverage, 'testsOf'>,
  options: { readonly modules: string; readonly scratch: string; readonly cpuSeconds: number },
): Promise<Trial> {
  const tests = coverage.testsOf(mutant.path, mutant.start, mutant.end)
  const changed = compiled(options.scratch, mutant.path, mutated(text, mutant))
  const env = {
    MUTATION_MODULES: options.modules,
    MUTATION_SWAP: JSON.stringify({ [addressOf(mutant.path)]: changed }),
  }
  const ran: string[] = []
  let left = options.cpuSeconds
  let verdict: Verdict = 'survived'
  for (const test of tests) {
    if (ran.length > 0 && test.cpuSeconds > left) break
    const { outcome } = await judged(test, env)
    ran.push(test.file)
    left -= test.cpuSeconds
    if (outcome === 'passed') continue
    verdict = outcome === 'failed' ? 'killed' : 'timeout'
    break
  }
  rmSync(changed, { force: true })
  const notRun = verdict === 'survived' ? tests.slice(ran.length).map(({ file }) => file) : []
  return { mutant, verdict, ran, notRun }
}

/**
 * One that computes many times as long as without the mutant does not end. One that waits too long, or fails after
 * far more time than it needs, may do so because others use the machine: it is run once more, with more time.
 */
async function judged(test: TestRun, env: Readonly<Record<string, string>>): Promise<Ended> {
  const limits = { cpuSeconds: Math.max(4, 5 * test.cpuSeconds), seconds: Math.max(60, 10 * test.seconds) }
  const first = await runTest(test.file, env, limits)
  const isDoubtful =
    first.outcome === 'late' || (first.outcome === 'failed' && first.seconds > Math.max(10, 4 * test.seconds))
  return isDoubtful ? runTest(test.file, env, { ...limits, seconds: 2 * limits.seconds }) : first
}
