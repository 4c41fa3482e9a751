import { randomInt } from 'node:crypto'
import t from 'tap'
import { fuzz } from '../support/fuzz.ts'
import { fuzzTargets } from '../support/fuzz-targets.ts'

/* Every parser at the edge, for a minute each or FUZZ_SECONDS; PROPERTY_SEED brings the inputs of a run back. */

t.setTimeout(3_500_000)
const seed = Number(process.env.PROPERTY_SEED ?? randomInt(2 ** 31))
const ms = Number(process.env.FUZZ_SECONDS ?? 60) * 1000

for (const target of fuzzTargets) {
  t.test(`${target.name}: read or refused, seed ${seed}`, async (t) => {
    const { inputs, corpus, reached, failures } = await fuzz(target, seed, ms)
    t.comment(`${inputs} inputs, ${corpus} kept, ${reached} stretches of code`)
    t.strictSame(failures, [])
  })
}
