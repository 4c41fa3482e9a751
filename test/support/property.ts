import { randomInt } from 'node:crypto'
import fc from 'fast-check'

/** The seed of every run, so that what failed once is looked at for ever. */
const fixedSeed = 20261124

/** A seed nobody has tried; a failure prints it, and `PROPERTY_SEED` brings it back. */
const freshSeed = Number(process.env.PROPERTY_SEED ?? randomInt(2 ** 31))

/** Who ends at the first failure only asks whether there is one: a smaller example may take minutes to find. */
const endOnFailure = process.env.TAP_BAIL === '1'

interface Test {
  ok(value: unknown, message: string): boolean
}

/** Checks a property with a fixed and with a fresh seed; the report of a failure names its seed. */
export function holds<T>(t: Test, property: fc.IProperty<T>, numRuns = 500): void {
  for (const seed of [fixedSeed, freshSeed]) {
    const run = fc.check(property, { seed, numRuns, endOnFailure })
    t.ok(!run.failed, run.failed ? (fc.defaultReportMessage(run) ?? 'failed') : held(run))
  }
}

/** As `holds`, for a property that takes time; what goes wrong in it throws. */
export async function holdsAsync<T>(t: Test, property: fc.IAsyncProperty<T>, numRuns = 100): Promise<void> {
  for (const seed of [fixedSeed, freshSeed]) {
    const run = await fc.check(property, { seed, numRuns, endOnFailure: true })
    t.ok(!run.failed, run.failed ? `${run.errorInstance}\n${fc.defaultReportMessage(run)}` : held(run))
  }
}

function held({ numRuns, seed }: { readonly numRuns: number; readonly seed: number }): string {
  return `holds in ${numRuns} runs, seed ${seed}`
}
