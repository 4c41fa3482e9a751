import t from 'tap'
import { noCounts } from '../../../src/domain/ledger/job-totals.ts'
import { beginLedger, type MinuteCounts } from '../../../src/domain/ledger/ledger.ts'
import { createUploadHistory, slotCount } from '../../../src/exporter/state/upload-history.ts'

const start = Math.floor(Date.UTC(2026, 10, 24, 3) / 60_000)
const zone = 'zone:1' as const
const at = (minute: number): number => minute * 60_000

function delivered(jobId: string, minute: number, records: number): MinuteCounts {
  return { minute, jobId, final: true, success: true, counts: { ...noCounts, uploads: 1, records } }
}

t.test('a measure that was never above zero takes no numbers', async (t) => {
  const history = createUploadHistory()
  const before = process.memoryUsage().arrayBuffers
  history.counted(
    zone,
    beginLedger(start),
    Array.from({ length: 20_000 }, (_, id) => delivered(String(id), start, 0)),
  )
  const megabytes = (process.memoryUsage().arrayBuffers - before) / 1e6
  t.match(history.lastHour('19999', at(start)), { uploads: 1, records: 0 })
  // One row of 48 numbers a job is 3.8 MB; with a row of zeros for records as well, it would be twice that.
  t.ok(megabytes < 5, `${megabytes.toFixed(1)} MB`)
})

t.test('jobs that are quiet for longer than the ring reaches give their numbers back', async (t) => {
  const history = createUploadHistory()
  const before = process.memoryUsage().arrayBuffers
  // As many other jobs in each round: their rows are those of the round before.
  for (let round = 0; round < 5; round += 1)
    history.counted(
      zone,
      beginLedger(start),
      Array.from({ length: 10_000 }, (_, id) =>
        delivered(`${round}-${id}`, start + round * slotCount * 5, 100),
      ),
    )
  const megabytes = (process.memoryUsage().arrayBuffers - before) / 1e6
  t.match(history.lastHour('4-9999', at(start + 4 * slotCount * 5)), { uploads: 1, records: 100 })
  t.ok(megabytes < 5, `${megabytes.toFixed(1)} MB`)
})

t.test('the oldest slot of the ring is told, the one before it is not', async (t) => {
  const history = createUploadHistory()
  const last = start + (slotCount - 1) * 5
  history.counted(zone, beginLedger(start), [delivered('7', start, 1), delivered('8', last, 1)])
  history.counted(zone, beginLedger(start), [delivered('9', start, 1), delivered('9', start - 1, 1)])
  for (const id of ['7', '9']) {
    const uploads = history.slots(id, at(last)).map((slot) => slot.uploads)
    t.same([uploads[0], uploads.reduce((a, b) => a + b, 0)], [1, 1], id)
  }
  t.equal(history.slots('7', at(last + 5))[0]?.uploads, 0)
})

t.test('what a job lost long ago is no recent loss', async (t) => {
  const history = createUploadHistory()
  history.counted(zone, beginLedger(start), [{ ...delivered('7', start, 5), success: false }])
  t.equal(history.lostLately('7', at(start)), 1)
  t.equal(history.lostLately('7', at(start + 60)), 1, 'thirteen slots are an hour at least')
  t.equal(history.lostLately('7', at(start + 65)), 0)
  t.equal(history.lostLately('nobody', at(start)), 0)
  t.equal(history.losingSince('7', at(start + 60)), at(start))
  t.equal(history.losingSince('7', at(start + 65)), null)
})

t.test('scopes that stay are not read twice for what their ledger knew', async (t) => {
  const history = createUploadHistory()
  const other = 'zone:2' as const
  for (const scope of [zone, other]) history.counted(scope, beginLedger(start), [])
  history.keepScopes(new Set([zone]))
  t.equal(history.knownFrom(zone), at(start))
  t.equal(history.knownFrom(other), null)
})

t.test(
  'losses that go on for longer than the ring reaches began with the oldest slot that is told',
  async (t) => {
    const history = createUploadHistory()
    const slots = [0, 12, 24, 36, slotCount - 1]
    const lost = slots.map((slot) => ({ ...delivered('7', start + slot * 5, 1), success: false }))
    history.counted(zone, beginLedger(start), lost)
    t.equal(history.losingSince('7', at(start + (slotCount - 1) * 5)), at(start))
    t.equal(history.losingSince('7', at(start + slotCount * 5)), at(start + 12 * 5))
  },
)
