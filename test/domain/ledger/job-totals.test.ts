import t from 'tap'
import {
  attemptKey,
  countAttempts,
  noTotals,
  parseAttemptKey,
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
