import t from 'tap'
import { columns } from '../../src/domain/columns.ts'

t.test('cells of a column begin at the same place, and no line ends in spaces', async (t) => {
  t.strictSame(
    columns([
      ['a', 'long cell', 'x'],
      ['bbb', 'c'],
      ['', 'd', ''],
    ]),
    ['a    long cell  x', 'bbb  c', '     d'],
  )
})

t.test('the gap can be another text', async (t) => {
  t.strictSame(
    columns(
      [
        ['a', '1'],
        ['bbb', '2'],
      ],
      ' = ',
    ),
    ['a   = 1', 'bbb = 2'],
  )
})

t.test('no rows are no lines', async (t) => {
  t.strictSame(columns([]), [])
})

t.test('rows may be of different lengths', async (t) => {
  t.strictSame(columns([['a'], ['b', 'c'], ['d', 'ee', 'f']]), ['a', 'b  c', 'd  ee  f'])
})
