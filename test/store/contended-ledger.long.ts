import t from 'tap'
import { contend } from '../support/contended-ledger.ts'

t.setTimeout(1_800_000)

t.test('of eight processes that open one ledger at once, one gets it, in 200 of 200 rounds', async (t) => {
  const winners = await contend(t, { rounds: 200, processes: 8 })
  t.strictSame(winners, Array(200).fill(1))
})
