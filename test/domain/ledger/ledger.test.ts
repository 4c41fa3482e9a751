import t from 'tap'
import type { HealthRow } from '../../../src/domain/ledger/health-row.ts'
import { type JobTotals, noTotals } from '../../../src/domain/ledger/job-totals.ts'
import {
  beginLedger,
  forgetJobs,
  type Ledger,
  observe,
  openCounts,
  skipTo,
} from '../../../src/domain/ledger/ledger.ts'
import { ledgerFromRecord, ledgerToRecord } from '../../../src/domain/ledger/stored-ledger.ts'
import { firstChunk, planReading, safeLimits, settledBefore } from '../../../src/domain/ledger/window.ts'
import { minuteMs, minuteOf } from '../../../src/domain/time.ts'
import { aHealthRow } from '../../support/health-row.ts'
import { ledgerProperty } from '../../support/ledger-property.ts'
import { holds } from '../../support/property.ts'

const start = Date.UTC(2026, 10, 24, 3, 0, 0)
const m0 = minuteOf(start)
const rules = { revisionMinutes: 15, newestMinutes: 3 }

function row(edit: Partial<HealthRow> = {}): HealthRow {
  return aHealthRow({ minute: m0, lastUpload: start, ...edit })
}

function read(ledger: Ledger, rows: readonly HealthRow[], now = start + 30_000): Ledger {
  const window = { from: ledger.watermark, to: minuteOf(now) + 1 }
  return observe(ledger, window, rows, now, settledBefore(now, rules)).ledger
}

function totalsOf(ledger: Ledger, id = '7'): JobTotals | undefined {
  return ledger.totals.get(id)
}

t.test('a minute read twice counts once', async (t) => {
  const once = read(beginLedger(m0), [row()])
  const twice = read(once, [row()])
  t.equal(totalsOf(twice)?.records, 10)
  t.same(totalsOf(twice)?.attempts, new Map([['s3|200|11', 1]]))
})

t.test('a row that grew adds only what is new', async (t) => {
  const grown = read(read(beginLedger(m0), [row()]), [row({ uploads: 3, records: 35, bytes: 350 })])
  t.equal(totalsOf(grown)?.records, 35)
  t.same(totalsOf(grown)?.attempts.get('s3|200|11'), 3)
})

t.test(
  'of a row that grew every figure adds its difference, and one that grew alone is enough',
  async (t) => {
    const first = { uploads: 2, records: 20, bytes: 200, compressedBytes: 40, uploadSeconds: 1 }
    const before = read(beginLedger(m0), [row(first)])
    for (const [figure, key] of [
      ['records', 'records'],
      ['bytes', 'bytes'],
      ['compressedBytes', 'compressedBytes'],
      ['uploadSeconds', 'uploadSeconds'],
    ] as const) {
      const grown = totalsOf(read(before, [row({ ...first, [figure]: first[figure] + 5 })]))
      t.match(grown, {
        records: 20,
        bytes: 200,
        compressedBytes: 40,
        uploadSeconds: 1,
        [key]: first[figure] + 5,
      })
      const shrunk = totalsOf(read(before, [row({ ...first, [figure]: 0 })]))
      t.equal(shrunk?.[key], first[figure], `${figure} never goes down`)
    }
    t.equal(totalsOf(read(before, [row({ ...first, uploads: 9 })]))?.attempts.get('s3|200|11'), 9)
  },
)

t.test('a row that shrank takes nothing back, and growing again adds only beyond the highest', async (t) => {
  const first = read(beginLedger(m0), [row({ records: 20 })])
  const shrunk = read(first, [row({ records: 12 })])
  t.equal(totalsOf(shrunk)?.records, 20)
  t.equal(totalsOf(read(shrunk, [row({ records: 21 })]))?.records, 21)
})

t.test(
  'what is delivered, retried and lost is told apart by final and success, never by status',
  async (t) => {
    const ledger = read(beginLedger(m0), [
      row({ status: 204 }),
      row({ status: 503, final: false, success: false, records: 5 }),
      row({ status: 1105, success: false, records: 7, bytes: 70 }),
    ])
    const totals = totalsOf(ledger)
    t.equal(totals?.records, 10)
    t.equal(totals?.recordsLost, 7)
    t.equal(totals?.bytesLost, 70)
    t.equal(totals?.uploadSeconds, 1.5)
    t.same(
      totals?.attempts,
      new Map([
        ['s3|204|11', 1],
        ['s3|503|00', 1],
        ['s3|1105|10', 1],
      ]),
    )
  },
)

t.test('rows of one series in one answer are added, not compared', async (t) => {
  const parts = [
    row({ uploads: 3, uploadSeconds: 3, sampleInterval: 1, lastUpload: start + 10_000 }),
    row({ uploads: 1, uploadSeconds: 5, sampleInterval: 5, lastUpload: start + 50_000 }),
  ]
  const ledger = read(beginLedger(m0), parts)
  t.match(totalsOf(ledger), {
    records: 20,
    bytes: 200,
    compressedBytes: 20,
    uploadSeconds: 8,
    lastUpload: start + 50_000,
  })
  t.equal(totalsOf(ledger)?.attempts.get('s3|200|11'), 4)
  t.same(read(ledger, parts).totals, ledger.totals, 'and once only')
})

t.test('the sample interval of a series in parts is their average over uploads', async (t) => {
  const sampled = (...parts: readonly Partial<HealthRow>[]) =>
    totalsOf(
      read(
        beginLedger(m0),
        parts.map((part) => row(part)),
      ),
    )?.sampleInterval
  t.equal(sampled({ uploads: 3, sampleInterval: 1 }, { uploads: 1, sampleInterval: 5 }), 2)
  t.equal(
    sampled(
      { uploads: 2, sampleInterval: 1 },
      { uploads: 1, sampleInterval: 4 },
      { uploads: 1, sampleInterval: 6 },
    ),
    3,
    'of three parts, too',
  )
  t.equal(sampled({ uploads: 0, sampleInterval: 1 }, { uploads: 0, sampleInterval: 5 }), 5)
  const nulls = (...intervals: readonly (number | null)[]) =>
    sampled(...intervals.map((sampleInterval) => ({ sampleInterval })))
  t.equal(nulls(null, 5), 5, 'where one part does not say it, the other does')
  t.equal(nulls(5, null), 5)
  t.equal(nulls(null, null), null)
  t.equal(
    sampled({ sampleInterval: 2 }, { status: 503, sampleInterval: 3 }),
    3,
    'of several series the highest is shown',
  )
})

t.test('of rows of one series every figure is added, and the last upload is the later one', async (t) => {
  const parts = [
    row({ lastUpload: start + 9_000 }),
    row({ uploads: 2, records: 7, bytes: 30, compressedBytes: 4, uploadSeconds: 0.25 }),
  ]
  const expected = {
    records: 17,
    bytes: 130,
    compressedBytes: 14,
    uploadSeconds: 0.75,
    lastUpload: start + 9_000,
    attempts: new Map([['s3|200|11', 3]]),
  }
  for (const rows of [parts, [...parts].reverse()]) t.match(totalsOf(read(beginLedger(m0), rows)), expected)
  const lost = read(
    beginLedger(m0),
    parts.map((part) => ({ ...part, success: false })),
  )
  t.match(totalsOf(lost), { records: 0, recordsLost: 17, bytesLost: 130, bytes: 0 })
})

t.test('the watermark follows the revision window and settled minutes are closed', async (t) => {
  const now = start + 40 * minuteMs
  const ledger = read(read(beginLedger(m0), [row()]), [row({ minute: m0 + 39 })], now)
  t.equal(ledger.watermark, m0 + 25)
  t.equal(ledger.readTo, m0 + 40)
  t.same([...ledger.open.keys()], [m0 + 39])
  t.equal(
    totalsOf(read(ledger, [row({ records: 99 })], now))?.records,
    20,
    'a settled minute is not counted again',
  )
})

t.test('a window that reaches back past the watermark counts nothing settled again', async (t) => {
  const now = start + 40 * minuteMs
  const ledger = read(read(beginLedger(m0), [row()]), [], now)
  const { ledger: again } = observe(
    ledger,
    { from: m0, to: m0 + 41 },
    [row({ records: 500 })],
    now,
    settledBefore(now, rules),
  )
  t.equal(totalsOf(again)?.records, 10)
  t.equal(again.watermark, ledger.watermark)
})

t.test('a late row in a minute that was read after it ended is counted and noted as late', async (t) => {
  const early = read(beginLedger(m0), [], start + 5 * minuteMs)
  t.equal(early.lateRows, 0)
  const late = read(early, [row({ minute: m0 + 1 })], start + 6 * minuteMs)
  t.equal(late.lateRows, 1)
  t.equal(totalsOf(late)?.records, 10)
})

t.test(
  'rows of the running minute, and of a minute that is read for the first time, are not late',
  async (t) => {
    const early = read(beginLedger(m0), [], start + 5 * minuteMs + 30_000)
    t.equal(early.readTo, m0 + 5)
    const running = read(early, [row({ minute: m0 + 5 })], start + 5 * minuteMs + 40_000)
    t.equal(running.lateRows, 0, 'the minute had not ended when it was read')
    const next = read(
      running,
      [row({ minute: m0 + 5, records: 11 }), row({ minute: m0 + 6 })],
      start + 7 * minuteMs,
    )
    t.equal(next.lateRows, 0)
    t.equal(read(next, [row({ minute: m0 + 6, records: 12 })], start + 8 * minuteMs).lateRows, 1)
  },
)

t.test('reading only the newest minutes leaves the watermark where it was', async (t) => {
  const now = start + 40 * minuteMs
  const whole = read(beginLedger(m0), [], now)
  const later = now + 2 * minuteMs
  const { ledger: newest } = observe(
    whole,
    { from: m0 + 40, to: m0 + 43 },
    [],
    later,
    settledBefore(later, rules),
  )
  t.equal(newest.watermark, whole.watermark)
  t.equal(newest.readTo, m0 + 42)
})

t.test('what the API no longer has becomes a gap, without what had been read already', async (t) => {
  const ledger = read(beginLedger(m0), [row()], start + 10 * minuteMs)
  const skipped = skipTo(ledger, m0 + 70)
  t.equal(skipped.gapSeconds, 60 * 60)
  t.equal(skipped.watermark, m0 + 70)
  t.equal(totalsOf(skipped)?.records, 10)
  t.equal(skipTo(skipped, m0 + 3), skipped, 'going back is refused')
})

t.test('totals of a job that is gone are forgotten once its minutes are settled', async (t) => {
  const ledger = read(beginLedger(m0), [row()])
  t.ok(forgetJobs(ledger, () => true).totals.has('7'), 'its minute is still open')
  const settled = read(ledger, [], start + 60 * minuteMs)
  t.notOk(forgetJobs(settled, () => true).totals.has('7'))
  t.equal(
    forgetJobs(settled, () => false),
    settled,
  )
})

t.test('what is counted in open minutes is told by job and outcome', async (t) => {
  const rows = [row(), row({ minute: m0 + 1, jobId: '18', success: false })]
  const ledger = read(beginLedger(m0), rows, start + minuteMs)
  const told = [...openCounts(ledger)].map(({ counts, ...of }) => ({ ...of, records: counts.records }))
  t.same(told, [
    { minute: m0, jobId: '7', final: true, success: true, records: 10 },
    { minute: m0 + 1, jobId: '18', final: true, success: false, records: 10 },
  ])
})

t.test('totals that know no upload and no interval come back so', async (t) => {
  const ledger = { ...beginLedger(m0), totals: new Map([['7', noTotals]]) }
  t.same(ledgerFromRecord(ledgerToRecord(ledger)), ledger)
  t.match(ledgerToRecord(ledger).totals, [['7', 0, 0, 0, 0, 0, 0, -1, -1]], 'as every version writes it')
})

t.test('a ledger comes back from its record as it was, and damage is noticed', async (t) => {
  const ledger = read(read(beginLedger(m0), [row(), row({ jobId: '8', success: false })]), [
    row({ uploads: 4 }),
  ])
  const record: unknown = JSON.parse(JSON.stringify(ledgerToRecord(ledger)))
  t.same(ledgerFromRecord(record), ledger)
  for (const damaged of [
    null,
    7,
    [],
    {},
    { ...ledgerToRecord(ledger), watermark: 'x' },
    { ...ledgerToRecord(ledger), open: [[1, 'k', 2]] },
    { ...ledgerToRecord(ledger), totals: [['7', 1]] },
    { ...ledgerToRecord(ledger), totals: 3 },
    { ...ledgerToRecord(ledger), open: 'no' },
  ])
    t.equal(ledgerFromRecord(damaged), null)
})

t.test('a plan never reaches past what the API has, and never starts after what was read', async (t) => {
  const limits = { ...safeLimits, notOlderThanSeconds: 3600, maxDurationSeconds: 600 }
  const now = start + 300 * minuteMs
  const plan = planReading({ watermark: m0, readTo: m0 + 10 }, now, true, rules, limits)
  t.equal(plan.skipTo, m0 + 242)
  t.same(firstChunk(plan, limits), { from: m0 + 242, to: m0 + 252 })
  const newest = planReading({ watermark: m0 + 285, readTo: m0 + 290 }, now, false, rules, limits)
  t.equal(newest.from, m0 + 290, 'an unread stretch is part of the newest')
  const behind = planReading({ watermark: m0 + 400, readTo: m0 + 400 }, now, true, rules, limits)
  t.equal(firstChunk(behind, limits), null, 'nothing is read while the clock is behind')
})

t.test(
  'totals equal the source and no count goes down, whatever fails, restarts, comes late or steps back',
  async (t) => {
    const tally = { reads: 0, kills: 0 }
    holds(t, ledgerProperty(tally), 200)
    t.ok(tally.reads > 1000 && tally.kills > 250, `${tally.reads} reads, ${tally.kills} kills`)
  },
)

t.test('a limit below a minute still lets one minute be read at a time', async (t) => {
  const limits = { ...safeLimits, maxDurationSeconds: 30 }
  t.same(firstChunk({ from: m0, to: m0 + 9 }, limits), { from: m0, to: m0 + 1 })
  t.same(firstChunk({ from: m0, to: m0 + 9 }, { ...limits, maxDurationSeconds: 179 }), {
    from: m0,
    to: m0 + 2,
  })
  t.equal(firstChunk({ from: m0, to: m0 }, limits), null)
})

t.test('a stored number that is none is damage, wherever it stands', async (t) => {
  const whole = ledgerToRecord(read(beginLedger(m0), [row()]))
  t.ok(ledgerFromRecord(whole))
  const odd = [Number.NaN, Number.POSITIVE_INFINITY, '1', null]
  for (const field of ['watermark', 'readTo', 'lateRows', 'gapSeconds'] as const)
    for (const value of odd)
      t.equal(ledgerFromRecord({ ...whole, [field]: value }), null, `${field} ${value}`)
  for (const part of ['open', 'totals'] as const) {
    const [line = []] = whole[part]
    for (const [index, cell] of line.entries()) {
      if (typeof cell !== 'number') continue
      for (const value of odd) {
        const damaged = { ...whole, [part]: [line.map((kept, at) => (at === index ? value : kept))] }
        t.equal(ledgerFromRecord(damaged), null, `${part} ${index} ${value}`)
      }
    }
    t.equal(ledgerFromRecord({ ...whole, [part]: [[...line, 1, 2, 3]] }), null, `${part} too long`)
    t.equal(ledgerFromRecord({ ...whole, [part]: [line.slice(0, -1)] }), null, `${part} too short`)
  }
})
