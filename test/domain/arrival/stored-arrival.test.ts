import t from 'tap'
import type { ArrivalLedger } from '../../../src/domain/arrival/arrival-ledger.ts'
import {
  arrivalFromRecord,
  arrivalToRecord,
  recordsFromRecord,
  recordsToRecord,
} from '../../../src/domain/arrival/stored-arrival.ts'
import { hour, minute, tenOClock } from '../../support/log-files.ts'

const ledger: ArrivalLedger = {
  began: tenOClock,
  sighted: true,
  files: 5,
  bytes: 500,
  lateFiles: 1,
  newestEnd: tenOClock + hour,
  newestStart: tenOClock + hour - minute,
  floor: tenOClock,
  known: [
    { start: tenOClock, end: tenOClock, hash: '0a' },
    { start: tenOClock + 40 * minute, end: tenOClock + hour, hash: 'zz9' },
  ],
  coveredTo: tenOClock + minute,
  gapMs: 2 * minute,
  gaps: [{ from: tenOClock, to: tenOClock + 2 * minute }],
}
const record = arrivalToRecord(ledger)
const read = (edit: object) => arrivalFromRecord({ ...record, ...edit })

const noCount = ['7', -1, Number.NaN, Number.POSITIVE_INFINITY, undefined]

t.test('a ledger is packed as every version packs it, and read back', async (t) => {
  t.match(record, { v: 1, known: '0.0.0a 1uo.xc.zz9', gaps: [[tenOClock, tenOClock + 2 * minute]] })
  t.same(arrivalFromRecord(JSON.parse(JSON.stringify(record))), ledger)
  t.same(read({ known: '', gaps: [] }), { ...ledger, known: [], gaps: [] })
})

t.test('what was not yet sighted stays so', async (t) => {
  t.equal(read({ sighted: false })?.sighted, false)
  for (const sighted of [1, null, 'true']) t.equal(read({ sighted }), null)
})

t.test('counts and times are never negative, and none is missing', async (t) => {
  for (const field of ['began', 'files', 'bytes', 'lateFiles', 'floor', 'gapMs'] as const) {
    for (const value of [...noCount, null]) t.equal(read({ [field]: value }), null, `${field} ${value}`)
    t.equal(read({ [field]: 0 })?.[field], 0, field)
  }
})

t.test('before the first file its times are null', async (t) => {
  for (const field of ['newestEnd', 'newestStart', 'coveredTo'] as const) {
    for (const value of noCount) t.equal(read({ [field]: value }), null, `${field} ${value}`)
    for (const value of [0, null]) t.equal(read({ [field]: value })?.[field], value, field)
  }
})

t.test('a gap has a beginning and an end, and a known file all its parts', async (t) => {
  for (const gaps of [null, {}, [7], ['ab'], [[1, -1]], [[-1, 1]], [['1', 2]], [[1]], [[]]])
    t.equal(read({ gaps }), null, JSON.stringify(gaps))
  for (const known of [null, [], '0.0', '0.0.', '.0.a', '0..a', '0.0.A', '0.0.a 1', ' ', '0.0.a  0.0.b'])
    t.equal(read({ known }), null, JSON.stringify(known))
})

t.test('a count of records is whole, or none', async (t) => {
  const records = { began: tenOClock, records: 5, countedTo: 7 }
  t.same(recordsFromRecord(recordsToRecord(records)), records)
  for (const field of ['began', 'records', 'countedTo'])
    for (const value of [...noCount, null])
      t.equal(recordsFromRecord({ ...recordsToRecord(records), [field]: value }), null, `${field} ${value}`)
  for (const v of [0, 2, '1', undefined]) {
    t.equal(recordsFromRecord({ ...records, v }), null)
    t.equal(read({ v }), null)
  }
})
