import t from 'tap'
import { createMinuteTally } from '../../../src/exporter/arrival/minute-tally.ts'

const one = { count: 1, bytes: 100 }

t.test('minutes are added up from where the tally begins, and beginning again changes nothing', async (t) => {
  const tally = createMinuteTally()
  tally.add('a', 1000, one)
  t.equal(tally.since('a'), null, 'nothing was begun')
  tally.begin('a', 1000)
  tally.add('a', 999, one)
  tally.add('a', 1000, one)
  tally.add('a', 1002, one)
  tally.begin('a', 1001)
  t.equal(tally.since('a'), 1000)
  t.same(tally.between('a')(1000, 1003), { count: 2, bytes: 200 })
  t.same(tally.between('a')(1001, 1003), one)
  t.equal(tally.between('a')(999, 1003), null, 'what was before is not known')
  t.equal(tally.between('b')(1000, 1003), null)
})

t.test('what is not kept is forgotten', async (t) => {
  const tally = createMinuteTally()
  for (const key of ['a', 'b']) {
    tally.begin(key, 1000)
    tally.add(key, 1000, one)
  }
  tally.keep(new Set(['b']))
  t.same([tally.since('a'), tally.since('b')], [null, 1000])
  tally.begin('a', 1000)
  t.same(tally.between('a')(1000, 1001), { count: 0, bytes: 0 })
  t.same(tally.between('b')(1000, 1001), one)
})
