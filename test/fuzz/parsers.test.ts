import { randomInt } from 'node:crypto'
import t from 'tap'
import { fuzzBriefly } from '../support/fuzz.ts'
import { fuzzTargets } from '../support/fuzz-targets.ts'

/* A slice of parsers.long.ts: each parser with some inputs. */

t.setTimeout(240_000)
const seed = Number(process.env.PROPERTY_SEED ?? randomInt(2 ** 31))

t.test(`whatever comes from outside is read or refused, seed ${seed}`, async (t) => {
  for (const target of fuzzTargets) t.strictSame(await fuzzBriefly(target, seed, 40), [], target.name)
})
