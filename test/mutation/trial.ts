import { rmSync } from 'node:fs'
import type { Coverage } from './coverage.ts'
import { addressOf, compiled } from './modules.ts'
import { type Mutant, mutated } from './mutants.ts'
import { runTest } from './test-process.ts'

export type Verdict = 'killed' | 'timeout' | 'survived'

export interface Trial {
  readonly mutant: Mutant
  readonly verdict: Verdict
  /** The test files that ran with the mutant, the one that killed it last. */
  readonly ran: readonly string[]
  /** Files that run the line as well, for which no time was left. */
  readonly notRun: readonly string[]
}

/** Runs the tests that run the mutant's line until one fails or the time of the mutant is over. */
export async function tryMutant(
  mutant: Mutant,
  text: string,
  coverage: Pick<Coverage, 'testsOf'>,
  options: { readonly modules: string; readonly scratch: string; readonly limitSeconds: number },
): Promise<Trial> {
  const tests = coverage.testsOf(mutant.path, mutant.start, mutant.end)
  const changed = compiled(options.scratch, mutant.path, mutated(text, mutant))
  const env = {
    MUTATION_MODULES: options.modules,
    MUTATION_SWAP: JSON.stringify({ [addressOf(mutant.path)]: changed }),
  }
  const ran: string[] = []
  let left = options.limitSeconds
  let verdict: Verdict = 'survived'
  for (const test of tests) {
    // A test that takes many times as long as without the mutant does not end; one that has no time left is left out.
    const limit = Math.max(10, 5 * test.seconds)
    if (ran.length > 0 && test.seconds > left) break
    const { outcome, seconds } = await runTest(test.file, env, limit)
    ran.push(test.file)
    left -= seconds
    if (outcome === 'passed') continue
    verdict = outcome === 'failed' ? 'killed' : 'timeout'
    break
  }
  rmSync(changed, { force: true })
  const notRun = verdict === 'survived' ? tests.slice(ran.length).map(({ file }) => file) : []
  return { mutant, verdict, ran, notRun }
}
