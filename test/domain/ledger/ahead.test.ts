import t from 'tap'
import { pullBack } from '../../../src/domain/ledger/ahead.ts'
import { noTotals } from '../../../src/domain/ledger/job-totals.ts'
import { beginLedger } from '../../../src/domain/ledger/ledger.ts'
import { startOfMinute } from '../../../src/domain/time.ts'

const ledger = { ...beginLedger(1000), readTo: 1010, gapSeconds: 60 }
const uploaded = (minute: number) => new Map([['7', { ...noTotals, lastUpload: startOfMinute(minute) }]])

t.test('a ledger that is not ahead stays the same', async (t) => {
  for (const minute of [1010, 1011]) t.equal(pullBack(ledger, minute), ledger, `${minute}`)
})

t.test(
  'one that is ahead counts again from the minute, and what it had taken for read is a gap',
  async (t) => {
    t.match(pullBack(ledger, 1009), { watermark: 1000, readTo: 1009, gapSeconds: 120 })
    t.match(pullBack(ledger, 990), { watermark: 990, readTo: 990, gapSeconds: 60 + 20 * 60 })
  },
)

t.test('what was counted is not counted again', async (t) => {
  t.match(pullBack({ ...ledger, totals: uploaded(1004) }, 990), { watermark: 1000, readTo: 1005 })
  const later = { ...ledger, totals: uploaded(1009) }
  t.equal(pullBack(later, 990), later)
})

t.test('the gap is never longer than the API keeps data', async (t) => {
  const far = { ...ledger, readTo: 50_000 }
  t.equal(pullBack(far, 1000).gapSeconds, 60 + 7 * 86_400)
})
