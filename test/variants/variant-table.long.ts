import t from 'tap'
import { allCells, failuresOf, runCells, tableLines } from '../support/variant-table.ts'

/* The variant table: every form that the API is known for against the exporter, `check` and `provision plan`. */

t.setTimeout(3_000_000)

t.test('no form costs more than what it says itself', async (t) => {
  const results = await runCells(allCells)
  for (const line of tableLines(results)) t.comment(line)
  t.strictSame(failuresOf(results), [])
  t.equal(results.length, allCells.length)
})
