import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { HealthRow } from '../../src/domain/ledger/health-row.ts'
import { beginLedger, observe } from '../../src/domain/ledger/ledger.ts'
import { ledgerToRecord } from '../../src/domain/ledger/stored-ledger.ts'
import { defer } from '../../src/runtime/defer.ts'
import { createSystemClock } from '../../src/runtime/system-clock.ts'
import { openSqliteStore } from '../../src/store/sqlite-store.ts'
import type { Figure } from './figures.ts'

const minute = 29_000_000

function rows(jobs: number, minutes: number): readonly HealthRow[] {
  return Array.from({ length: jobs * minutes }, (_, index) => ({
    minute: minute + (index % minutes),
    jobId: String(410_000 + Math.floor(index / minutes)),
    destinationType: 's3',
    status: 200,
    final: true,
    success: true,
    uploads: 3,
    records: 1000,
    bytes: 100_000,
    compressedBytes: 10_000,
    uploadSeconds: 1.5,
    sampleInterval: 1,
    lastUpload: minute * 60_000,
  }))
}

/** How fast rows go into a ledger, and ledgers into the store. */
export async function ledgerFigures(): Promise<readonly Figure[]> {
  const answer = rows(20, 15)
  const now = (minute + 15) * 60_000
  let ledger = beginLedger(minute)
  const rounds = 300
  const start = performance.now()
  for (let i = 0; i < rounds; i += 1)
    ledger = observe(beginLedger(minute), { from: minute, to: minute + 16 }, answer, now, minute).ledger
  const fresh = performance.now() - start
  const again = performance.now()
  for (let i = 0; i < rounds; i += 1)
    ledger = observe(ledger, { from: minute, to: minute + 16 }, answer, now, minute).ledger
  const repeated = performance.now() - again

  const folder = mkdtempSync(join(tmpdir(), 'bench-'))
  const store = await openSqliteStore({
    path: join(folder, 'ledger.db'),
    clock: createSystemClock(),
    random: Math.random,
    defer,
    reports: { trouble() {}, replaced() {}, damagedRecords() {} },
  })
  const record = ledgerToRecord(ledger)
  const writing = performance.now()
  for (let i = 0; i < 100; i += 1) {
    // Ten scopes share a query, and so a moment to be written.
    await Promise.all(
      Array.from({ length: 10 }, (_, scope) => store.put(`ledger:zone:${i % 50}-${scope}`, record)),
    )
  }
  const written = performance.now() - writing
  await store.close()
  rmSync(folder, { recursive: true, force: true })
  return [
    { what: 'ledger: new rows', value: (rounds * answer.length) / (fresh / 1000), unit: 'rows/s' },
    { what: 'ledger: rows read again', value: (rounds * answer.length) / (repeated / 1000), unit: 'rows/s' },
    {
      what: 'store: ledgers of 20 jobs written, 10 at a time',
      value: 1000 / (written / 1000),
      unit: 'writes/s',
    },
  ]
}
