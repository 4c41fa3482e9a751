import t from 'tap'
import { minuteMs, minuteOf, startOfMinute } from '../../src/domain/time.ts'

t.test('a minute holds all instants from its start to that of the next', async (t) => {
  const start = startOfMinute(29_000_000)
  t.same(
    [start - 1, start, start + minuteMs - 1, start + minuteMs].map(minuteOf),
    [28_999_999, 29_000_000, 29_000_000, 29_000_001],
  )
  t.equal(start, 1_740_000_000_000)
})
