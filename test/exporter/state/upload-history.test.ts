import fc from 'fast-check'
import t from 'tap'
import { noCounts } from '../../../src/domain/ledger/job-totals.ts'
import { beginLedger, type MinuteCounts, observe } from '../../../src/domain/ledger/ledger.ts'
import { createNumberRows } from '../../../src/exporter/state/number-rows.ts'
import {
  createUploadHistory,
  type HistorySlot,
  slotCount,
  slotMs,
} from '../../../src/exporter/state/upload-history.ts'
import { holds } from '../../support/property.ts'

/* A minute at which a slot begins. */
const start = Math.floor(Date.UTC(2026, 10, 24, 3) / 60_000)
const at = (minute: number): number => minute * 60_000
const zone = 'zone:1' as const

type Outcome = 'delivered' | 'retried' | 'lost'

function seen(jobId: string, minute: number, outcome: Outcome, uploads: number, records = 0): MinuteCounts {
  const final = outcome !== 'retried'
  return {
    minute,
    jobId,
    final,
    success: outcome === 'delivered',
    counts: { ...noCounts, uploads, records },
  }
}

t.test('counts go to the slot of their minute, apart by what became of the batch', async (t) => {
  const history = createUploadHistory()
  history.counted(zone, beginLedger(start), [
    seen('7', start, 'delivered', 3, 300),
    seen('7', start + 4, 'retried', 2),
    seen('7', start + 5, 'lost', 1, 50),
    seen('8', start + 5, 'delivered', 9, 1),
  ])
  const slots = history.slots('7', at(start + 6))
  t.equal(slots.length, slotCount)
  t.strictSame(slots.slice(-2), [
    { start: at(start), uploads: 5, retries: 2, lostBatches: 0, records: 300, lostRecords: 0 },
    { start: at(start + 5), uploads: 1, retries: 0, lostBatches: 1, records: 0, lostRecords: 50 },
  ])
  t.ok(slots.slice(0, -2).every(({ uploads }) => uploads === 0))
})

t.test('what comes late is added to its own slot, and what is older than the ring is left out', async (t) => {
  const history = createUploadHistory()
  const ledger = beginLedger(start)
  history.counted(zone, ledger, [seen('7', start + 60, 'delivered', 1)])
  history.counted(zone, ledger, [seen('7', start + 2, 'lost', 4, 40)])
  history.counted(zone, ledger, [seen('7', start + 60 - slotCount * 5, 'lost', 100, 100)])
  t.equal(
    history.slots('7', at(start + 60)).reduce((sum, { lostBatches }) => sum + lostBatches, 0),
    4,
  )
  t.equal(history.lastHour('7', at(start + 60)).lostBatches, 4, 'thirteen slots: a whole hour at least')
  t.equal(history.lastHour('7', at(start + 65)).lostBatches, 0)
  t.equal(history.lastHour('nobody', at(start)).uploads, 0)
})

t.test('a job that was quiet for long begins with an empty ring', async (t) => {
  const history = createUploadHistory()
  const ledger = beginLedger(start)
  history.counted(zone, ledger, [seen('7', start, 'delivered', 5)])
  const later = start + slotCount * 5 * 3 + 10
  history.counted(zone, ledger, [seen('7', later, 'delivered', 2)])
  const uploads = history.slots('7', at(later)).map((slot) => slot.uploads)
  t.equal(uploads.at(-1), 2)
  t.equal(
    uploads.reduce((a, b) => a + b, 0),
    2,
  )
})

t.test('losses count as one row until an hour passes without any', async (t) => {
  const history = createUploadHistory()
  const ledger = beginLedger(start)
  const now = at(start + 180)
  t.equal(history.losingSince('7', now), null)
  history.counted(zone, ledger, [seen('7', start + 10, 'lost', 1), seen('7', start + 90, 'lost', 1)])
  t.equal(history.losingSince('7', now), null, 'the last one is longer ago than an hour')
  history.counted(zone, ledger, [seen('7', start + 140, 'lost', 1)])
  t.equal(history.losingSince('7', now), at(start + 90), '80 minutes without loss lie before it')
  t.equal(history.losingSince('7', at(start + 215)), null)
})

t.test('the first read of a scope brings what its ledger knew, once', async (t) => {
  const history = createUploadHistory()
  const row = {
    minute: start + 3,
    jobId: '7',
    destinationType: 's3',
    status: 503,
    final: true,
    success: false,
    ...noCounts,
    uploads: 2,
    records: 20,
    sampleInterval: 1,
    lastUpload: at(start + 3),
  }
  const window = { from: start, to: start + 10 }
  const { ledger, added } = observe(beginLedger(start), window, [row], at(start + 9), start)
  t.strictSame(added, [
    {
      minute: start + 3,
      jobId: '7',
      final: true,
      success: false,
      counts: { ...noCounts, uploads: 2, records: 20 },
    },
  ])
  t.strictSame(observe(ledger, window, [row], at(start + 9), start).added, [], 'nothing new')
  t.equal(history.knownFrom(zone), null)
  history.counted(zone, ledger, [])
  history.counted(zone, ledger, [])
  t.equal(history.lastHour('7', at(start + 9)).lostBatches, 2)
  t.equal(history.knownFrom(zone), at(start))
  history.keepScopes(new Set())
  t.equal(history.knownFrom(zone), null)
})

t.test('whatever is entered in whatever order, the ring holds what a plain sum holds', async (t) => {
  const entry = fc.record({
    id: fc.constantFrom('1', '2', '3'),
    minute: fc.integer({ min: start, max: start + 900 }),
    outcome: fc.constantFrom<Outcome>('delivered', 'retried', 'lost'),
    uploads: fc.integer({ min: 1, max: 50 }),
  })
  holds(
    t,
    fc.property(fc.array(entry, { maxLength: 60 }), (entries) => {
      const history = createUploadHistory()
      let newest = 0
      const kept = entries.filter(({ minute }) => {
        const slot = Math.floor(minute / 5)
        newest = Math.max(newest, slot)
        return slot > newest - slotCount
      })
      for (const { id, minute, outcome, uploads } of entries)
        history.counted(zone, beginLedger(start), [seen(id, minute, outcome, uploads)])
      for (const id of ['1', '2', '3']) {
        const sum = (start: number, fits: (outcome: Outcome) => boolean): number =>
          kept
            .filter(
              (one) => one.id === id && Math.floor(one.minute / 5) * slotMs === start && fits(one.outcome),
            )
            .reduce((all, { uploads }) => all + uploads, 0)
        for (const slot of history.slots(id, newest * slotMs)) {
          if (slot.uploads !== sum(slot.start, () => true)) return false
          if (slot.retries !== sum(slot.start, (outcome) => outcome === 'retried')) return false
          if (slot.lostBatches !== sum(slot.start, (outcome) => outcome === 'lost')) return false
        }
        // Of sums over several slots, each is what its slots say.
        const slots = history.slots(id, newest * slotMs)
        const hour = slots.slice(-13)
        const { uploads, lostBatches } = history.lastHour(id, newest * slotMs)
        if (uploads !== hour.reduce((all, slot) => all + slot.uploads, 0)) return false
        if (lostBatches !== hour.reduce((all, slot) => all + slot.lostBatches, 0)) return false
        if (history.lostLately(id, newest * slotMs) !== lostBatches) return false
        if (history.losingSince(id, newest * slotMs) !== firstOfRow(slots)) return false
      }
      return true
    }),
    200,
  )
})

/** The start of the losses that reach the last thirteen slots, with no thirteen slots between two of them. */
function firstOfRow(slots: readonly HistorySlot[]): number | null {
  const losing = slots.filter(({ lostBatches }) => lostBatches > 0).map(({ start }) => start)
  let since: number | null = null
  let reached = slots.at(-1)?.start ?? 0
  for (const start of losing.toReversed()) {
    if (reached - start >= 13 * slotMs) break
    since = start
    reached = start
  }
  return since
}

t.test('freed rows are used again, and come back empty', async (t) => {
  const rows = createNumberRows(4)
  const first = rows.take()
  rows.set(first, 3, 5)
  const { bytes } = rows
  rows.free(first)
  for (let i = 0; i < 1000; i += 1) rows.free(rows.take())
  const again = rows.take()
  t.equal(rows.get(again, 3), 0)
  t.equal(rows.bytes, bytes)
})

t.test('ten thousand busy jobs take four megabytes of numbers', async (t) => {
  const history = createUploadHistory()
  const before = process.memoryUsage().arrayBuffers
  for (let minute = start; minute < start + slotCount * 5; minute += 5)
    history.counted(
      zone,
      beginLedger(start),
      Array.from({ length: 10_000 }, (_, id) => seen(`${100_000 + id}`, minute, 'delivered', 3, 1000)),
    )
  const megabytes = (process.memoryUsage().arrayBuffers - before) / 1e6
  t.equal(history.slots('100007', at(start + slotCount * 5 - 1))[0]?.uploads, 3)
  t.ok(megabytes > 3 && megabytes < 4.2, `${megabytes.toFixed(1)} MB`)
})
