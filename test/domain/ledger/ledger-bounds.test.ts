import t from 'tap'
import type { HealthRow } from '../../../src/domain/ledger/health-row.ts'
import {
  beginLedger,
  forgetJobs,
  jobOf,
  type Ledger,
  observe,
  openCounts,
  seriesKey,
  skipTo,
  sumSameSeries,
  type Window,
} from '../../../src/domain/ledger/ledger.ts'
import { minuteMs } from '../../../src/domain/time.ts'
import { aHealthRow } from '../../support/health-row.ts'

/* Where one rule of the ledger ends and the next begins, in minutes from a thousand on. */

const row = (edit: Partial<HealthRow> = {}): HealthRow =>
  aHealthRow({ minute: 1000, compressedBytes: 20, lastUpload: 1000 * minuteMs, ...edit })
const window = { from: 1000, to: 1003 }

/** What is entered at the beginning of a minute, of which all before `settled` is settled. */
const entered = (
  rows: readonly HealthRow[],
  { ledger = beginLedger(1000), within = window, at = 1002, settled = 990 } = {},
) => observe(ledger, within, rows, at * minuteMs, settled)

t.test('a row counts from the first minute of the window up to the last', async (t) => {
  const counted = (minute: number, within: Window = window) =>
    entered([row({ minute })], { within }).added.map(({ minute: of }) => of)
  t.same(
    [999, 1000, 1002, 1003].map((minute) => counted(minute).length),
    [0, 1, 1, 0],
  )
  t.same(counted(1000, { from: 1001, to: 1003 }), [], 'what is before the window was not asked for')
  t.same(counted(1001, { from: 1001, to: 1002 }), [1001])
})

t.test('a row at the watermark counts, one before it does not', async (t) => {
  const ledger = { ...beginLedger(1001), readTo: 1001 }
  const { added } = entered([row(), row({ minute: 1001, jobId: '8' })], { ledger })
  t.same(
    added.map(({ jobId }) => jobId),
    ['8'],
  )
})

t.test('only a window that begins at the watermark or before it settles anything', async (t) => {
  const watermark = (from: number) =>
    entered([], { within: { from, to: 1020 }, at: 1020, settled: 1010 }).ledger.watermark
  t.same([999, 1000, 1001].map(watermark), [1010, 1010, 1000])
  t.equal(entered([], { at: 1020, settled: 1010 }).ledger.watermark, 1003, 'and no further than it reaches')
  t.equal(entered([], { settled: 5 }).ledger.watermark, 1000, 'nor backwards')
})

t.test('only a window without a hole before it makes minutes read', async (t) => {
  const ledger = { ...beginLedger(1000), readTo: 1002 }
  const readTo = (from: number, at = 1020) =>
    entered([], { ledger, within: { from, to: 1010 }, at }).ledger.readTo
  t.same(
    [1000, 1002, 1003].map((from) => readTo(from)),
    [1010, 1010, 1002],
  )
  t.equal(readTo(1000, 1005), 1005, 'the running minute has not ended')
  t.equal(readTo(1000, 900), 1002, 'a clock that steps back takes nothing back')
})

t.test('a row is late in a minute that was read to its end', async (t) => {
  const late = (readTo: number) =>
    entered([row({ minute: 1001 })], { ledger: { ...beginLedger(1000), readTo, lateRows: 4 } }).ledger
      .lateRows
  t.same([1001, 1002, 1003].map(late), [4, 5, 5])
})

t.test('what is settled is forgotten, from the watermark on it stays open', async (t) => {
  const rows = [row(), row({ minute: 1001 }), row({ minute: 1002 })]
  const { ledger } = entered(rows, { at: 1010, settled: 1001 })
  t.same([...ledger.open.keys()], [1001, 1002])
  t.same([...skipTo(ledger, 1002).open.keys()], [1002])
})

t.test('a job in an open minute is not forgotten, another that is gone is', async (t) => {
  const { ledger } = entered([row(), row({ minute: 1001, jobId: '8' })], { at: 1010, settled: 1001 })
  const left = (gone: readonly string[]) => [...forgetJobs(ledger, (id) => gone.includes(id)).totals.keys()]
  t.same(left(['7', '8']), ['8'])
  t.same(left(['7']), ['8'])
  t.same(left(['8']), ['7', '8'])
  t.equal(
    forgetJobs(ledger, (id) => id === '8'),
    ledger,
  )
})

t.test('skipping adds to the gap what had not been read, and never takes from it', async (t) => {
  const ledger: Ledger = { ...beginLedger(1000), readTo: 1010, gapSeconds: 60 }
  t.equal(skipTo(ledger, 1000), ledger)
  t.match(skipTo(ledger, 1001), { watermark: 1001, readTo: 1010, gapSeconds: 60 })
  t.match(skipTo(ledger, 1010), { watermark: 1010, readTo: 1010, gapSeconds: 60 })
  t.match(skipTo(ledger, 1012), { watermark: 1012, readTo: 1012, gapSeconds: 180 })
})

t.test('what was added is told by minute, job and outcome', async (t) => {
  const { added, ledger } = entered([row({ success: false, final: false })])
  const counts = { uploads: 1, records: 10, bytes: 100, compressedBytes: 20, uploadSeconds: 0.5 }
  const told = { minute: 1000, jobId: '7', final: false, success: false, counts }
  t.same(added, [told])
  t.same([...openCounts(ledger)], [told])
  t.same(entered([row({ success: false, final: false })], { ledger }).added, [], 'and once')
})

t.test('the sample interval is that of the newest rows, whether or not they are new', async (t) => {
  const { ledger } = entered([row({ sampleInterval: 4 })])
  const interval = (...rows: readonly HealthRow[]) =>
    entered(rows, { ledger }).ledger.totals.get('7')?.sampleInterval
  t.equal(interval(row({ sampleInterval: 2 })), 2)
  t.equal(interval(row({ sampleInterval: null })), 4)
  t.equal(interval(row({ minute: 1001, sampleInterval: 3 }), row({ sampleInterval: 2 })), 3)
  t.equal(interval(row({ minute: 1009, sampleInterval: 9 })), 4, 'of a row outside the window')
  const nothing = { uploads: 0, records: 0, bytes: 0, compressedBytes: 0, uploadSeconds: 0 }
  t.equal(entered([row({ ...nothing, jobId: '9' })]).ledger.totals.size, 0, 'a row of nothing makes no job')
})

t.test('rows of different minutes, jobs, statuses or outcomes are not added up', async (t) => {
  const others = [{}, { minute: 1001 }, { jobId: '8' }, { status: 204 }, { final: false }, { success: false }]
  t.equal([...sumSameSeries([...others, { destinationType: 'r2' }].map(row))].length, 7)
  t.equal(seriesKey(row()), '7|s3|200|11')
  t.equal(jobOf('7|s3|200|11'), '7')
})

t.test('intervals are weighed by uploads, where there are any', async (t) => {
  const interval = (...parts: readonly Partial<HealthRow>[]) =>
    [...sumSameSeries(parts.map(row))].map(({ sampleInterval }) => sampleInterval)
  t.same(interval({ uploads: 0, sampleInterval: 9 }, { uploads: 2, sampleInterval: 3 }), [3])
  t.same(interval({ uploads: 0, sampleInterval: 9 }, { uploads: 0, sampleInterval: 3 }), [9])
  t.same(interval({ uploads: 3, sampleInterval: null }, { uploads: 1, sampleInterval: 3 }), [3])
})
