import t from 'tap'
import { type AmountBetween, isLossIn, isNotArriving } from '../../../src/domain/arrival/comparison.ts'
import { minuteOf } from '../../../src/domain/time.ts'
import { minute, tenOClock } from '../../support/log-files.ts'

/** Minutes after ten o'clock, one file each. */
const at =
  (...minutes: readonly number[]): AmountBetween =>
  (from, to) => {
    const files = minutes.filter((one) => {
      const when = minuteOf(tenOClock) + one
      return when >= from && when < to
    }).length
    return { files, bytes: files * 10 }
  }
const unknown: AmountBetween = () => null

t.test('delivered for a quarter of an hour, and nothing arrived', async (t) => {
  const now = tenOClock + 30 * minute
  t.ok(isNotArriving(at(12, 20), at(), now))
  t.notOk(isNotArriving(at(12, 20), at(21), now))
  t.notOk(isNotArriving(at(12, 20), at(30), now), 'the minute that runs counts')
  t.ok(isNotArriving(at(12, 20), at(4), now), 'what came long before does not')
  t.notOk(isNotArriving(at(), at(), now), 'a quiet job is no broken job')
  t.notOk(isNotArriving(at(26), at(), now), 'too new to be missed')
  t.notOk(isNotArriving(unknown, at(), now))
  t.notOk(isNotArriving(at(12), unknown, now))
})

t.test('a gap is loss when more was delivered in it than was written', async (t) => {
  const gap = { from: tenOClock + 90_000, to: tenOClock + 180_000 }
  t.ok(isLossIn(gap, at(1, 2, 3), at(1, 3)))
  t.notOk(isLossIn(gap, at(1, 3), at(1, 3)), 'nothing to push')
  t.notOk(isLossIn(gap, at(1, 5), at(1)), 'outside the gap')
  t.notOk(isLossIn(gap, unknown, at(1)))
  t.notOk(isLossIn(gap, at(1, 2), unknown))
})
