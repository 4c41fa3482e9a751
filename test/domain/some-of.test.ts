import t from 'tap'
import { holding } from '../../src/domain/holding.ts'
import { someOf } from '../../src/domain/some-of.ts'

t.test('of many texts the first are named and the rest is counted', async (t) => {
  t.equal(someOf(['a', 'b', 'c'], 3), 'a, b, c')
  t.equal(someOf(['a', 'b', 'c'], 2), 'a, b and 1 more')
  t.equal(someOf([], 2), '')
})

t.test('of texts under a condition those are left whose condition is met, in their order', async (t) => {
  const texts = holding([
    [true, 'a'],
    [false, 'b'],
    [true, 'c'],
  ])
  t.same(texts, ['a', 'c'])
})
