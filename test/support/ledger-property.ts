import fc from 'fast-check'
import { beginLedger, type Ledger, observe } from '../../src/domain/ledger/ledger.ts'
import { ledgerFromRecord, ledgerToRecord } from '../../src/domain/ledger/stored-ledger.ts'
import { firstChunk, planReading, safeLimits, settledBefore } from '../../src/domain/ledger/window.ts'
import { minuteMs, minuteOf } from '../../src/domain/time.ts'
import { rowsAt, trueTotals, type Upload } from './health-source.ts'

const start = Date.UTC(2026, 10, 24, 3, 0, 0)
const m0 = minuteOf(start)
const rules = { revisionMinutes: 15, newestMinutes: 3 }

const jobs = ['101', '102', '103']

const upload: fc.Arbitrary<Upload> = fc
  .record({
    scopeId: fc.constant('z'),
    jobId: fc.constantFrom(...jobs),
    endedAt: fc.integer({ min: start, max: start + 90 * minuteMs - 1 }),
    visibleAt: fc.integer({ min: 0, max: 15 * minuteMs }),
    destinationType: fc.constantFrom('s3', 'r2'),
    status: fc.constantFrom(200, 204, 403, 503, 1105),
    final: fc.boolean(),
    success: fc.boolean(),
    records: fc.integer({ min: 0, max: 1000 }),
    bytes: fc.integer({ min: 0, max: 100_000 }),
  })
  .map((one) => ({ ...one, visibleAt: one.endedAt + one.visibleAt }))

/** What happens next: time passes, the machine's clock is off, a poll works, fails, or the process dies. */
const step = fc.record({
  passes: fc.integer({ min: 1, max: 8 * minuteMs }),
  clockOff: fc.constantFrom(0, 0, 0, -30 * minuteMs, -90_000, 5_000),
  outcome: fc.constantFrom(
    'saved',
    'saved',
    'saved',
    'failed',
    'killed before saving',
    'killed after saving',
  ),
  whole: fc.boolean(),
  maxDurationSeconds: fc.constantFrom(60, 300, 3600),
})

/** How much was really tried: chunks read, processes that died. */
export interface Tally {
  reads: number
  kills: number
}

/** Whatever happens, the counts end up as the source's own, and no count ever goes down. */
export function ledgerProperty(tally: Tally): fc.IProperty<unknown> {
  return fc.property(
    fc.array(upload, { maxLength: 120 }),
    fc.array(step, { maxLength: 40 }),
    (uploads, steps) => {
      let stored = beginLedger(m0)
      let now = start
      const end = start + 110 * minuteMs
      const settleSteps = [1, 2].map(() => ({
        passes: 0,
        clockOff: 0,
        outcome: 'saved',
        whole: true,
        maxDurationSeconds: 3600,
      }))
      for (const { passes, clockOff, outcome, whole, maxDurationSeconds } of [...steps, ...settleSteps]) {
        now = passes === 0 ? Math.max(now, end) : now + passes
        const limits = { ...safeLimits, maxDurationSeconds }
        const believed = now + clockOff
        const plan = planReading(stored, believed, whole, rules, limits)
        let ledger = stored
        for (
          let chunk = firstChunk(plan, limits);
          chunk !== null;
          chunk = firstChunk({ from: chunk.to, to: plan.to }, limits)
        ) {
          tally.reads += 1
          if (outcome === 'failed') break
          // The source shows what is visible in truth, whatever our clock says.
          const rows = rowsAt(uploads, 'z', chunk, now)
          const { ledger: next } = observe(ledger, chunk, rows, believed, settledBefore(believed, rules))
          neverDown(ledger, next)
          ledger = next
          if (outcome === 'killed before saving') break
          stored = ledgerFromRecord(JSON.parse(JSON.stringify(ledgerToRecord(ledger)))) ?? beginLedger(0)
          if (outcome === 'killed after saving') break
        }
        if (outcome.startsWith('killed')) tally.kills += 1
      }
      for (const id of jobs) {
        const { attempts, ...sums } = trueTotals(uploads, id, start)
        const counted = stored.totals.get(id)
        const found = {
          records: counted?.records ?? 0,
          bytes: counted?.bytes ?? 0,
          recordsLost: counted?.recordsLost ?? 0,
          bytesLost: counted?.bytesLost ?? 0,
          uploadSeconds: counted?.uploadSeconds ?? 0,
        }
        if (JSON.stringify(found) !== JSON.stringify(sums)) return false
        if (
          JSON.stringify(sorted(counted?.attempts ?? new Map())) !==
          JSON.stringify(sorted(new Map(Object.entries(attempts))))
        )
          return false
      }
      return stored.gapSeconds === 0
    },
  )
}

function neverDown(before: Ledger, after: Ledger): void {
  for (const [id, totals] of before.totals) {
    const now = after.totals.get(id)
    if (
      now === undefined ||
      now.records < totals.records ||
      now.bytesLost < totals.bytesLost ||
      now.uploadSeconds < totals.uploadSeconds
    )
      throw new Error(`job ${id} went down`)
    for (const [key, count] of totals.attempts)
      if ((now.attempts.get(key) ?? 0) < count) throw new Error(`${key} went down`)
  }
}

function sorted(map: ReadonlyMap<string, number>): readonly (readonly [string, number])[] {
  return [...map].filter(([, count]) => count > 0).sort(([a], [b]) => (a < b ? -1 : 1))
}
