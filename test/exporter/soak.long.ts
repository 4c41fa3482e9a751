import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import t from 'tap'
import type { HealthRow } from '../../src/domain/ledger/health-row.ts'
import { type Scope, scopeKey } from '../../src/domain/scope.ts'
import { minuteOf } from '../../src/domain/time.ts'
import type { HealthQuery } from '../../src/ports/cloudflare.ts'
import { openSqliteStore } from '../../src/store/sqlite-store.ts'
import { aJob, createCore, quayAccount, zone } from '../support/exporter-core.ts'
import { figureText, grew, type Series } from '../support/flatness.ts'
import { aHealthRow } from '../support/health-row.ts'
import { createSteppedClock } from '../support/stepped-clock.ts'

/*
 * A day of virtual time, polled each minute, while zones and jobs come and go: memory, counters and ledger end where
 * they were. The ring of zones is finite, since the ledger remembers one that left for 30 days.
 */

t.setTimeout(3_500_000)
const minutes = 24 * 60
const ring = Array.from({ length: 40 }, (_, index) => zone(`z${index}.example`))
const jobsEach = 5

setFlagsFromString('--expose-gc')
const collect: () => void = runInNewContext('gc')

const flat = (name: string, share: number, slack: number): Series => ({ name, share, slack, values: [] })
const series = {
  heapMb: flat('heap, MB', 0.05, 2),
  counters: flat('jobs with counters', 0, 5),
  storeKb: flat('ledger on disk, kB', 0.1, 100),
}

t.test('a day of churn leaves nothing behind', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'soak-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  const clock = createSteppedClock()
  const store = await openSqliteStore({
    path: join(folder, 'ledger.db'),
    clock,
    random: () => 0.5,
    defer: (work) => void setImmediate(work),
    reports: { trouble() {}, replaced() {}, damagedRecords() {} },
  })
  t.teardown(() => store.close())
  let turn = 0
  /** Each job lives for an hour, and no id comes twice. */
  const idsOf = (place: number): readonly string[] =>
    Array.from({ length: jobsEach }, (_, nth) =>
      String(place * 1_000_000 + nth + Math.floor(turn / 12 + nth)),
    )
  const placeOf = (id: string): number => ring.findIndex((one) => one.id === id) + 1
  const core = createCore({
    clock,
    store,
    jobs: (key) => {
      const place = placeOf(key.slice(key.indexOf(':') + 1))
      return place === 0 ? [] : idsOf(place).map((id) => aJob(id))
    },
    rows: ({ id }: Scope, { from, to }: HealthQuery) => {
      const now = minuteOf(clock.now())
      const rows: HealthRow[] = []
      for (let minute = from; minute < Math.min(to, now); minute += 1)
        for (const jobId of idsOf(placeOf(id))) rows.push(row(minute, jobId))
      return rows
    },
  })
  for (; turn < minutes; turn += 1) {
    const first = Math.floor(turn / 10)
    const live = Array.from({ length: 20 }, (_, nth) => ring[(first + nth) % ring.length] ?? quayAccount)
    core.state.setScopes([quayAccount, ...live])
    await core.pollInventory()
    await core.pollHealth()
    await core.memory.seen(new Set(core.state.scopes.keys()))
    await clock.advance(60_000)
    if (turn % 15 === 0) measure()
  }
  for (const one of Object.values(series)) {
    t.comment(figureText(one))
    t.equal(grew(one), false, figureText(one))
  }
  t.equal(clock.sleepers, 0, 'no timer is left')

  function measure(): void {
    t.equal(core.log.lines.filter(({ level }) => level === 'error').length, 0)
    core.log.clear()
    core.queries.splice(0)
    core.listed.splice(0)
    collect()
    series.heapMb.values.push(process.memoryUsage().heapUsed / 2 ** 20)
    series.counters.values.push(
      [...core.state.scopes.values()].reduce((sum, { totals }) => sum + totals.size, 0),
    )
    const files = readdirSync(folder)
    series.storeKb.values.push(files.reduce((sum, file) => sum + statSync(join(folder, file)).size / 1024, 0))
    t.ok(core.state.scope(scopeKey(quayAccount)))
  }
})

function row(minute: number, jobId: string): HealthRow {
  const size = { records: 1_000, bytes: 100_000, compressedBytes: 10_000 }
  return aHealthRow({ minute, jobId, ...size, uploads: 3, uploadSeconds: 1.5 })
}
