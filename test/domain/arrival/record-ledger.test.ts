import t from 'tap'
import { beginRecords, enterRecords, spansToCount } from '../../../src/domain/arrival/record-ledger.ts'
import { recordsFromRecord, recordsToRecord } from '../../../src/domain/arrival/stored-arrival.ts'
import { minuteOf } from '../../../src/domain/time.ts'
import { hour, minute, tenOClock } from '../../support/log-files.ts'

const ten = minuteOf(tenOClock)
const begun = beginRecords(tenOClock + 30_000)

t.test('each whole minute is counted once, and none before it is settled', async (t) => {
  t.same(begun, { began: tenOClock, records: 0, countedTo: ten })
  t.same(spansToCount(begun, tenOClock + 2.9 * minute), [])
  t.same(spansToCount(begun, tenOClock + 4 * minute), [
    { from: ten, to: ten + 1 },
    { from: ten + 1, to: ten + 2 },
  ])
  const next = enterRecords(begun, [
    { from: ten, to: ten + 1, records: 5 },
    { from: ten + 1, to: ten + 2, records: 7 },
  ])
  t.same(next, { began: tenOClock, records: 12, countedTo: ten + 2 })
  t.same(spansToCount(next, tenOClock + 4 * minute), [])
  t.equal(enterRecords(next, []), next)
})

t.test('after a long pause what is older than an hour is one count', async (t) => {
  const spans = spansToCount(begun, tenOClock + 48 * hour)
  t.equal(spans.length, 66)
  t.equal(spans[0]?.from, ten)
  t.equal(spans.at(-1)?.to, ten + 48 * 60 - 2)
  t.ok(spans.every(({ from }, index) => index === 0 || from === spans[index - 1]?.to))
})

t.test('it is stored and read back as it was, and anything else is none', async (t) => {
  t.same(recordsFromRecord(JSON.parse(JSON.stringify(recordsToRecord(begun)))), begun)
  for (const damage of [
    null,
    {},
    { ...recordsToRecord(begun), v: 2 },
    { ...recordsToRecord(begun), records: '1' },
  ])
    t.equal(recordsFromRecord(damage), null)
})

t.test('the newest 65 minutes are counted one by one, and what is before them at once', async (t) => {
  const spans = (minutes: number) => spansToCount({ countedTo: ten }, tenOClock + (minutes + 2) * minute)
  t.same(spans(0), [])
  t.same(spans(-5), [], 'a clock that steps back counts nothing')
  t.same(spans(1), [{ from: ten, to: ten + 1 }])
  t.equal(spans(65).length, 65)
  t.ok(spans(65).every(({ from, to }) => to === from + 1))
  t.same(spans(66).slice(0, 2), [
    { from: ten, to: ten + 1 },
    { from: ten + 1, to: ten + 2 },
  ])
  t.same(spans(67).slice(0, 2), [
    { from: ten, to: ten + 2 },
    { from: ten + 2, to: ten + 3 },
  ])
  t.equal(spans(67).length, 66)
})

t.test('records are added to those that were counted', async (t) => {
  const one = enterRecords(begun, [{ from: ten, to: ten + 1, records: 5 }])
  t.same(enterRecords(one, [{ from: ten + 1, to: ten + 4, records: 2 }]), {
    began: tenOClock,
    records: 7,
    countedTo: ten + 4,
  })
})
