import t from 'tap'
import { createNumberRows } from '../../../src/exporter/state/number-rows.ts'

t.test('memory is told as it is held: four bytes a number, in blocks of rows', async (t) => {
  const rows = createNumberRows(10)
  t.equal(rows.bytes, 0)
  const first = rows.take()
  rows.set(first, 9, 7)
  t.equal(rows.bytes, 256 * 10 * 4)
  for (let i = 0; i < 256; i += 1) rows.set(rows.take(), 0, i)
  t.equal(rows.bytes, 2 * 256 * 10 * 4)
})

t.test('a freed row is taken again, as zeros, and its neighbours keep their numbers', async (t) => {
  const rows = createNumberRows(2)
  const [a, b, c] = [rows.take(), rows.take(), rows.take()]
  for (const row of [a, b, c]) for (const column of [0, 1]) rows.set(row, column, row * 2 + column + 1)
  rows.free(b)
  t.equal(rows.take(), b)
  t.same(
    [a, b, c].map((row) => [rows.get(row, 0), rows.get(row, 1)]),
    [
      [1, 2],
      [0, 0],
      [5, 6],
    ],
  )
})
