import t from 'tap'
import { noCounts } from '../../../src/domain/ledger/job-totals.ts'
import { beginLedger, type Ledger } from '../../../src/domain/ledger/ledger.ts'
import { scopeKey } from '../../../src/domain/scope.ts'
import { minuteMs } from '../../../src/domain/time.ts'
import { createShrunkCount } from '../../../src/exporter/health/shrunk-count.ts'
import { aJob, createCore, zone } from '../../support/exporter-core.ts'
import { rowsAt, type Upload } from '../../support/health-source.ts'

const start = Date.UTC(2026, 10, 24, 3, 0, 0)
const one = zone('one.example')

function upload(jobId: string, minute: number): Upload {
  const endedAt = start - minute * minuteMs
  const kind = { destinationType: 's3', status: 200, final: true, success: true, records: 10, bytes: 100 }
  return { scopeId: one.id, jobId, endedAt, visibleAt: endedAt, ...kind }
}

t.test('rows that shrink or vanish after they were counted are counted as such, once each', async (t) => {
  let uploads = [upload('1', 5), upload('1', 5), upload('1', 4), upload('2', 5)]
  const core = createCore({
    jobs: () => [aJob('1'), aJob('2')],
    rows: ({ id }, { from, to }) => rowsAt(uploads, id, { from, to }, core.clock.now()),
  })
  core.state.setScopes([one])
  await core.pollInventory()
  const poll = async () => {
    await core.pollHealth()
    const state = core.state.scope(scopeKey(one))
    const of = (id: string) => [state?.revisedDown.get(id) ?? 0, state?.totals.get(id)?.records]
    return { first: of('1'), second: of('2') }
  }
  t.same(await poll(), { first: [0, 30], second: [0, 10] })
  uploads = [upload('1', 5), upload('1', 4), upload('2', 5)]
  t.same(await poll(), { first: [1, 30], second: [0, 10] }, 'the counter keeps the highest value')
  t.same(await poll(), { first: [1, 30], second: [0, 10] }, 'read again, it is no news')
  uploads = [upload('1', 5), upload('2', 5)]
  t.same(await poll(), { first: [2, 30], second: [0, 10] }, 'a row that is gone')
  uploads = [upload('1', 5), upload('1', 5), upload('1', 4), upload('2', 5), upload('2', 5)]
  t.same(await poll(), { first: [2, 30], second: [0, 20] })
  await core.clock.advance(40 * minuteMs)
  t.same(await poll(), { first: [2, 30], second: [0, 20] }, 'settled minutes are not read again')
})

t.test('a row of the first open minute that is gone is counted once, however often it is read', async (t) => {
  const count = createShrunkCount()
  const counts = { ...noCounts, uploads: 2 }
  const open = (...minutes: readonly number[]): Ledger => ({
    ...beginLedger(minutes[0] ?? 0),
    open: new Map(minutes.map((minute) => [minute, new Map([['7|s3|200|11', counts]])])),
  })
  const read = (ledger: Ledger, key = scopeKey(one)) => [...count(key, ledger, { from: 0, to: 99 }, [])]
  t.same(read(open(10, 11)), [['7', 2]])
  t.same(read(open(10, 11)), [])
  t.same(read(open(11, 12)), [['7', 1]], 'a minute that was whole until now')
  t.same(read(open(11, 12)), [])
  t.same(read(open(11), 'zone:other'), [['7', 1]], 'of another scope')
})
