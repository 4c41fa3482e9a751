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

t.test('slots are whole, the last one that of now, and unknown where the tally does not reach', async (t) => {
  const tally = createMinuteTally()
  const now = 1_200 * 60_000
  tally.begin('a', 1_100)
  for (const minute of [1_100, 1_139, 1_140, 1_200, 1_201]) tally.add('a', minute, one)
  const slots = tally.slots('a', now, 20).map((amount) => amount?.count ?? null)
  t.equal(slots.length, 12)
  t.same(slots.slice(-6), [1, 1, 1, 0, 0, 2], 'from 1,100 on')
  t.same(new Set(slots.slice(0, -6)), new Set([null]))
  t.same(tally.slots('a', now + 20 * 60_000, 20).slice(-2), [
    { count: 2, bytes: 200 },
    { count: 0, bytes: 0 },
  ])
})

t.test('a minute of four hours ago makes room for the one that takes its place', async (t) => {
  const tally = createMinuteTally()
  for (const key of ['a', 'b']) tally.begin(key, 1_000)
  for (const minute of [1_000, 1_001, 1_002]) tally.add('a', minute, one)
  tally.add('b', 1_001, one)
  tally.add('a', 1_242, one)
  t.same(tally.between('a')(1_240, 1_243), one, 'those in between were quiet')
  t.equal(tally.between('a')(1_002, 1_243), null, 'it has been overwritten')
  t.same(tally.between('a')(1_003, 1_242), { count: 0, bytes: 0 })
  t.same(tally.between('b')(1_000, 1_100), one, 'its neighbour is as it was')
  tally.add('a', 1_002, one)
  t.same(tally.between('a')(1_003, 1_243), one, 'what is older is left out')
})

t.test('what is forgotten or begun anew gives its numbers back', async (t) => {
  const tally = createMinuteTally()
  const before = process.memoryUsage().arrayBuffers
  for (let i = 0; i < 10_000; i += 1) {
    tally.restart('a', 1_000)
    tally.add('a', 1_000, one)
    tally.begin('b', 1_000)
    tally.add('b', 1_000, one)
    tally.keep(new Set(['a']))
  }
  const megabytes = (process.memoryUsage().arrayBuffers - before) / 1e6
  t.same(tally.between('a')(1_000, 1_001), one, 'only of the last beginning')
  t.equal(tally.since('b'), null)
  // Each row that is not given back would add ten megabytes.
  t.ok(megabytes < 5, `${megabytes.toFixed(1)} MB`)
})

t.test('what is known of a key is known from its first beginning on, until it is begun anew', async (t) => {
  const tally = createMinuteTally()
  tally.begin('a', 1_000)
  tally.begin('a', 900)
  tally.add('a', 999, one)
  tally.add('a', 1_000, one)
  t.equal(tally.since('a'), 1_000)
  t.same(tally.between('a')(1_000, 1_001), one)
  t.equal(tally.between('a')(999, 1_001), null)
  tally.restart('a', 900)
  t.same(tally.between('a')(900, 1_001), { count: 0, bytes: 0 })
  tally.add('b', 1_000, one)
  t.equal(tally.between('b')(1_000, 1_001), null, 'nobody began to count it')
})

t.test('sums reach four hours back from the newest minute, and no further', async (t) => {
  const tally = createMinuteTally()
  tally.begin('a', 1_000)
  for (const minute of [1_000, 1_001, 1_239]) tally.add('a', minute, one)
  t.same(tally.between('a')(1_000, 1_240), { count: 3, bytes: 300 })
  tally.add('a', 1_240, one)
  t.equal(tally.between('a')(1_000, 1_241), null)
  t.same(tally.between('a')(1_001, 1_241), { count: 3, bytes: 300 })
  t.same(tally.between('a')(1_001, 9_999), { count: 3, bytes: 300 }, 'nothing is after the newest')
})
