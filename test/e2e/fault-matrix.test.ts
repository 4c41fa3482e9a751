import t from 'tap'
import { allFaultCells, cellName, runFaultCells } from '../support/fault-cells.ts'

/* A slice of the fault matrix (fault-matrix.long.ts): what failures.test.ts does not have. */

t.setTimeout(240_000)

const slice = [
  'reset / catch-up / plain',
  'partial / steady / plain',
  'truncated / steady / plain',
  'refused connection / start / plain',
  'untrusted certificate / steady / plain',
  'lost name / steady / plain',
]

t.test('a fault costs no count, no liveness and one line', async (t) => {
  const ran: string[] = []
  await runFaultCells(
    allFaultCells.filter((cell) => slice.includes(cellName(cell))),
    2,
    (cell, { wrong }) => {
      ran.push(cellName(cell))
      t.strictSame(wrong, [], cellName(cell))
    },
  )
  t.strictSame(ran.toSorted(), slice.toSorted())
})
