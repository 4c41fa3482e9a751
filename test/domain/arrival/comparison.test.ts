import t from 'tap'
import {
  type AmountBetween,
  isLossIn,
  isNotArriving,
  missingShare,
} from '../../../src/domain/arrival/comparison.ts'
import { minuteOf } from '../../../src/domain/time.ts'
import { minute, tenOClock } from '../../support/log-files.ts'

/** Minutes after ten o'clock, one file each. */
const at =
  (...minutes: readonly number[]): AmountBetween =>
  (from, to) => {
    const count = minutes.filter((one) => {
      const when = minuteOf(tenOClock) + one
      return when >= from && when < to
    }).length
    return { count, bytes: count * 10 }
  }
const unknown: AmountBetween = () => null

t.test('delivered, and nothing written for a quarter of an hour', async (t) => {
  const now = tenOClock + 30 * minute
  t.ok(isNotArriving(at(15, 20), at(), now))
  t.notOk(isNotArriving(at(15, 20), at(21), now))
  t.notOk(isNotArriving(at(15, 20), at(30), now), 'the minute that runs counts')
  t.notOk(isNotArriving(at(15), at(14), now), 'clocks may differ by a minute')
  t.ok(isNotArriving(at(15, 20), at(4), now), 'what came long before does not')
  t.notOk(isNotArriving(at(), at(), now), 'a quiet job is no broken job')
  t.notOk(isNotArriving(at(26), at(), now), 'too new to be missed')
  t.notOk(isNotArriving(unknown, at(), now))
  t.notOk(isNotArriving(at(15), unknown, now))
})

t.test('the share that is missing of an hour', async (t) => {
  const now = tenOClock + 65 * minute
  const since = minuteOf(tenOClock)
  const all = Array.from({ length: 60 }, (_, index) => index)
  const share = (pushed: AmountBetween, arrived: AmountBetween, from = since): number | null =>
    missingShare(pushed, arrived, { since: from, now })
  t.equal(share(at(...all), at(...all)), 0)
  t.equal(share(at(...all), at(...all.slice(15))), 0.25)
  t.equal(share(at(...all), at(...all.slice(1))), 0, 'one may have crossed the edge of the hour')
  t.equal(share(at(...all.slice(1)), at(...all)), 0, 'more than was pushed is not less')
  t.equal(share(at(), at()), 0)
  t.equal(share(at(...all), at(...all.slice(45)), since + 45), 0, 'only what is known is compared')
  t.equal(share(at(...all), at(), since + 50), 1, 'ten minutes are enough')
  t.equal(share(at(...all), at(), since + 51), null, 'nine are too few')
  t.equal(share(unknown, at()), null)
  const cut: AmountBetween = (from, to) => {
    const whole = at(...all)(from, to)
    return whole === null ? null : { count: whole.count, bytes: whole.bytes * 0.75 }
  }
  t.equal(share(at(...all), cut), 0.25, 'all files are there, and some are cut')
})

t.test('files that cross both edges of the hour are no loss, whatever their sizes', async (t) => {
  const sized =
    (files: Readonly<Record<number, number>>): AmountBetween =>
    (from, to) => {
      const found = Object.entries(files).filter(([one]) => {
        const when = minuteOf(tenOClock) + Number(one)
        return when >= from && when < to
      })
      return { count: found.length, bytes: found.reduce((sum, [, bytes]) => sum + bytes, 0) }
    }
  const between = { 20: 10, 30: 10, 40: 10, 50: 10 }
  const pushed = sized({ ...between, 9: 1, 69: 100 })
  const arrived = sized({ ...between, 10: 1, 70: 100 })
  const window = { since: minuteOf(tenOClock), now: tenOClock + 75 * minute }
  t.equal(missingShare(pushed, arrived, window), 0)
  t.equal(
    missingShare(pushed, sized({ 10: 1, 30: 10, 50: 10, 70: 100 }), window),
    20 / 41,
    'two that never came are',
  )
})

t.test('a gap is loss when more was delivered in it than was written', async (t) => {
  const gap = { from: tenOClock + 90_000, to: tenOClock + 180_000 }
  t.ok(isLossIn(gap, at(1, 2, 3), at(1, 3)))
  t.notOk(isLossIn(gap, at(1, 3), at(1, 3)), 'nothing to push')
  t.notOk(isLossIn(gap, at(1, 5), at(1)), 'outside the gap')
  t.notOk(isLossIn(gap, unknown, at(1)))
  t.notOk(isLossIn(gap, at(1, 2), unknown))
})

t.test('one delivery in the ten minutes that are judged is enough', async (t) => {
  const now = tenOClock + 30 * minute
  for (const one of [15, 24]) t.ok(isNotArriving(at(one), at(), now), `${one}`)
  for (const one of [14, 25]) t.notOk(isNotArriving(at(one), at(), now), `${one}`)
  for (const found of [14, 30]) t.notOk(isNotArriving(at(20), at(found), now), `${found}`)
  for (const found of [13, 31]) t.ok(isNotArriving(at(20), at(found), now), `${found}`)
})

t.test('the best of five hours counts, each a minute before the other', async (t) => {
  const window = { since: minuteOf(tenOClock), now: tenOClock + 100 * minute }
  const all = Array.from({ length: 100 }, (_, index) => index)
  const lost = (...minutes: readonly number[]) =>
    missingShare(at(...all), at(...all.filter((one) => !minutes.includes(one))), window)
  t.equal(lost(94), 0, 'one that is missing may be on its way')
  t.equal(lost(92, 93, 94), 0, 'of those before, one at the most is missing')
  t.equal(lost(90, 91, 92), 0, 'the fifth hour misses but one')
  t.equal(lost(89, 90, 91), 2 / 60, 'what all five hours miss is lost')
})

t.test('of an hour in which nothing was pushed, or no bytes, nothing is missing', async (t) => {
  const window = { since: minuteOf(tenOClock), now: tenOClock + 65 * minute }
  const amount =
    (count: number, bytes: number): AmountBetween =>
    () => ({ count, bytes })
  t.equal(missingShare(amount(0, 0), amount(0, 0), window), 0)
  t.equal(missingShare(amount(0, 0), amount(5, 50), window), 0)
  t.equal(missingShare(amount(10, 0), amount(8, 0), window), 0.2, 'records have no bytes')
  t.equal(missingShare(amount(10, 100), amount(8, 90), window), 0.2)
  t.equal(missingShare(amount(10, 100), amount(8, 30), window), 0.7, 'the worse of both counts')
  t.equal(missingShare(amount(10, 100), amount(12, 120), window), 0)
  t.equal(missingShare(amount(10, 100), amount(9, 0), window), 0, 'one file may be of any size')
  t.equal(missingShare(amount(1, 100), amount(1, 50), window), 0.5, 'a single file may be cut too')
})

t.test('a gap is judged by the minutes in which its logs were uploaded', async (t) => {
  const whole = { from: tenOClock + minute, to: tenOClock + 2 * minute }
  for (const pushed of [1, 2, 3]) t.ok(isLossIn(whole, at(pushed), at()), `${pushed}`)
  for (const pushed of [0, 4]) t.notOk(isLossIn(whole, at(pushed), at()), `${pushed}`)
  const begun = { ...whole, to: whole.to + 1 }
  t.ok(isLossIn(begun, at(4), at()), 'a minute that has begun is one of them')
  t.notOk(isLossIn(begun, at(5), at()))
})
