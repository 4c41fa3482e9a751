import t from 'tap'
import type { HealthRow } from '../../../src/domain/ledger/health-row.ts'
import { beginLedger, observe } from '../../../src/domain/ledger/ledger.ts'
import { shrunkRows } from '../../../src/domain/ledger/shrunk-rows.ts'
import { aHealthRow } from '../../support/health-row.ts'

const counted = { uploads: 2, records: 20, bytes: 200, compressedBytes: 40, uploadSeconds: 1 }

const row = (edit: Partial<HealthRow> = {}): HealthRow =>
  aHealthRow({ minute: 1000, ...counted, lastUpload: 60_000_000, ...edit })

const whole = { from: 1000, to: 1003 }
const all = [row(), row({ minute: 1001 }), row({ minute: 1002, jobId: '8' })]
const { ledger } = observe(beginLedger(1000), whole, all, 1003 * 60_000, 1000)

/** The minutes and jobs whose rows shrank, of what is read of a window. */
const shrunk = (rows: readonly HealthRow[], window = whole) =>
  shrunkRows(ledger, window, rows).map(({ minute, jobId }) => `${minute} ${jobId}`)

t.test('rows that are as they were, or grew, did not shrink', async (t) => {
  t.same(shrunk(all), [])
  t.same(shrunk([row({ uploads: 3, records: 21, bytes: 201 }), ...all.slice(1)]), [])
})

t.test('one figure that is less is enough, and its series is named', async (t) => {
  for (const figure of ['uploads', 'records', 'bytes'] as const) {
    const less = row({ [figure]: counted[figure] - 1 })
    t.same(
      shrunkRows(ledger, whole, [less, ...all.slice(1)]),
      [{ minute: 1000, jobId: '7', series: '7|s3|200|11' }],
      figure,
    )
  }
})

t.test('rows that are gone shrank, of the minutes that were read and no others', async (t) => {
  t.same(shrunk([]), ['1000 7', '1001 7', '1002 8'])
  t.same(shrunk([], { from: 1001, to: 1002 }), ['1001 7'])
})

t.test('a row of another minute or series stands for none', async (t) => {
  t.same(shrunk([row({ status: 204 }), ...all.slice(1)]), ['1000 7'])
  t.same(shrunk(all.slice(1)), ['1000 7'])
})

t.test('a series that now comes in parts is compared by their sum', async (t) => {
  const half = row({ uploads: 1, records: 10, bytes: 100 })
  t.same(shrunk([half, half, ...all.slice(1)]), [])
})
