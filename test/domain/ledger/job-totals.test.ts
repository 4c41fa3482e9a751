import t from 'tap'
import {
  addCounts,
  attemptKey,
  countAttempts,
  difference,
  isNothing,
  maxCounts,
  noCounts,
  noTotals,
  parseAttemptKey,
  sumCounts,
} from '../../../src/domain/ledger/job-totals.ts'

const delivered = { destinationType: 's3', status: 204, final: true, success: true }
const retried = { ...delivered, status: 503, final: false, success: false }
const lost = { ...delivered, status: 1105, success: false }

t.test('an attempt comes back from its key as it was', async (t) => {
  for (const attempt of [delivered, retried, lost]) t.same(parseAttemptKey(attemptKey(attempt)), attempt)
})

t.test('the attempts that fit are added up', async (t) => {
  const totals = {
    ...noTotals,
    attempts: new Map([
      [attemptKey(delivered), 100],
      [attemptKey(retried), 20],
      [attemptKey(lost), 3],
    ]),
  }
  t.equal(
    countAttempts(totals, () => true),
    123,
  )
  t.equal(
    countAttempts(totals, ({ final, success }) => final && !success),
    3,
  )
  t.equal(
    countAttempts(totals, ({ final }) => !final),
    20,
  )
  t.equal(
    countAttempts(noTotals, () => true),
    0,
  )
})

const counts = { uploads: 2, records: 20, bytes: 200, compressedBytes: 40, uploadSeconds: 3 }
const row = { ...delivered, ...counts, minute: 1, jobId: '7', sampleInterval: 1, lastUpload: 90_000 }

t.test('only the last attempt of a batch delivers or loses it', async (t) => {
  const nothing = { records: 0, bytes: 0, compressedBytes: 0, recordsLost: 0, bytesLost: 0, uploadSeconds: 3 }
  const added = (edit: object) => addCounts(noTotals, { ...row, ...edit }, counts)
  t.match(added({}), { ...nothing, records: 20, bytes: 200, compressedBytes: 40 })
  t.match(added({ success: false }), { ...nothing, recordsLost: 20, bytesLost: 200 })
  t.match(added({ final: false }), nothing)
  t.match(added({ final: false, success: false }), nothing)
})

t.test('totals grow by what is new, and keep the latest upload and the interval', async (t) => {
  const one = { ...addCounts(noTotals, row, counts), sampleInterval: 5 }
  t.match(one, { lastUpload: 90_000 })
  const two = addCounts(one, { ...row, lastUpload: 60_000 }, { ...noCounts, uploads: 1, records: 5 })
  t.match(two, { records: 25, bytes: 200, uploadSeconds: 3, lastUpload: 90_000, sampleInterval: 5 })
  t.same(two.attempts, new Map([['s3|204|11', 3]]))
  t.equal(one.attempts.get('s3|204|11'), 2, 'the totals before stay as they were')
  t.equal(addCounts(two, { ...row, lastUpload: 95_000 }, noCounts).lastUpload, 95_000)
})

t.test('counts are nothing only when every figure is', async (t) => {
  t.ok(isNothing(noCounts))
  for (const figure of Object.keys(noCounts)) t.notOk(isNothing({ ...noCounts, [figure]: 1 }), figure)
})

t.test('counts are compared and added figure by figure', async (t) => {
  const other = { uploads: 1, records: 30, bytes: 100, compressedBytes: 50, uploadSeconds: 1 }
  t.same(maxCounts(counts, other), {
    uploads: 2,
    records: 30,
    bytes: 200,
    compressedBytes: 50,
    uploadSeconds: 3,
  })
  t.same(sumCounts(counts, other), {
    uploads: 3,
    records: 50,
    bytes: 300,
    compressedBytes: 90,
    uploadSeconds: 4,
  })
  t.same(difference(counts, other), {
    uploads: 1,
    records: -10,
    bytes: 100,
    compressedBytes: -10,
    uploadSeconds: 2,
  })
})
