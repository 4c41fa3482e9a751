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
