import t from 'tap'
import type { JobId } from '../../../src/domain/job/job.ts'
import { beginLedger } from '../../../src/domain/ledger/ledger.ts'
import { scopeKey } from '../../../src/domain/scope.ts'
import { createState } from '../../../src/exporter/state/state.ts'
import { createUploadHistory } from '../../../src/exporter/state/upload-history.ts'
import { filterOptions } from '../../../src/exporter/view/filter-options.ts'
import { headlineOf } from '../../../src/exporter/view/headline.ts'
import type { JobCandidate } from '../../../src/exporter/view/job-status.ts'
import { failure, quayAccount, zone } from '../../support/exporter-core.ts'
import { aSummary, hour, lostBatches, minute } from '../../support/status-world.ts'

const now = Date.UTC(2026, 10, 24, 3)
const [cdn, shop, docs] = [zone('cdn.example'), zone('shop.example'), zone('docs.example')]
const [first, second, third] = [scopeKey(cdn), scopeKey(shop), scopeKey(docs)]

function world() {
  const state = createState()
  const history = createUploadHistory()
  state.setScopes([cdn, shop, docs])
  const sight = (id: JobId, key = first, edit: Partial<JobCandidate> = {}): JobCandidate => {
    const scope = state.scope(key)
    if (scope === undefined) throw new Error(`${key} is not watched`)
    const job = scope.jobs.get(id) ?? null
    const lostLately = history.lostLately(id, now)
    return { id, job, scope, maxLagMs: 0, lostLately, trouble: 'ok', ...edit }
  }
  const headline = (...sights: readonly JobCandidate[]) =>
    headlineOf([...state.scopes.values()], sights, history, now)
  return { state, history, sight, headline }
}

t.test('before anything is known there is nothing to tell, and no time of data', async (t) => {
  const { jobs, scopes, lostLastHour, blind, dataAt } = world().headline()
  t.strictSame(
    { jobs, scopes, lostLastHour, blind, dataAt },
    {
      jobs: 0,
      scopes: 3,
      lostLastHour: { batches: 0, records: 0 },
      blind: { scopes: 0, jobs: 0, longest: null },
      dataAt: { inventory: null, health: null },
    },
  )
})

t.test('losses of the last hour are summed over the jobs, older ones are not', async (t) => {
  const { history, sight, headline } = world()
  history.counted(first, beginLedger(now / minute - 240), [
    lostBatches('1', now - 10 * minute, 2, 20),
    lostBatches('1', now - 2 * hour, 50, 500),
    lostBatches('2', now - 20 * minute, 3, 300),
    lostBatches('3', now - 3 * hour, 9, 90),
    lostBatches('4', now - minute, 1, 0),
  ])
  const sights = ['1', '2', '3', '4', '5'].map((id) => sight(id))
  t.strictSame(headline(...sights).lostLastHour, { batches: 6, records: 320 })
})

t.test('each job counts with what is worst about it', async (t) => {
  const { sight, headline } = world()
  const { byTrouble, jobs } = headline(
    sight('1', first, { trouble: 'late' }),
    sight('2', second, { trouble: 'late' }),
    sight('3', second, { trouble: 'off' }),
    sight('4', second),
  )
  t.equal(jobs, 4)
  t.match(byTrouble, { late: 2, off: 1, ok: 1, failing: 0, unknown: 0 })
})

t.test('of what cannot be read, the one that is longest so is named, with its labels', async (t) => {
  const { state, sight, headline } = world()
  for (const [key, ids] of [
    [first, ['1', '2']],
    [second, ['3']],
    [third, ['4']],
  ] as const)
    state.jobsListed(
      key,
      ids.map((id) => aSummary(id, now)),
      now - hour,
    )
  state.healthFailed(third, failure('timeout'), now - 5 * minute)
  state.jobsFailed(first, failure('forbidden'), now - 9 * minute)
  state.healthFailed(first, failure('partial'), now - 30 * minute)
  const { blind } = headline(sight('1'), sight('2'), sight('3', second), sight('4', third))
  t.match(blind, {
    scopes: 2,
    jobs: 3,
    longest: {
      account: 'Quay',
      zone: 'cdn.example',
      source: 'inventory',
      kind: 'forbidden',
      since: now - 9 * minute,
    },
  })
  state.jobsFailed(second, failure('auth'), now - 9 * minute)
  t.equal(headline().blind.longest?.zone, 'cdn.example', 'of two equals the first')
})

t.test(
  'data is as old as the oldest of scopes with jobs; one that was never listed has no time',
  async (t) => {
    const { state, headline } = world()
    state.jobsListed(first, [aSummary('1', now)], now - 2 * minute)
    state.jobsFailed(second, failure('forbidden'), now)
    state.jobsListed(third, [], now - 8 * hour)
    t.strictSame(headline().dataAt, { inventory: now - 2 * minute, health: null })
    state.healthRead(second, { ...beginLedger(0), readTo: now / minute - 4 }, now)
    state.healthRead(first, { ...beginLedger(0), readTo: now / minute - 1 }, now)
    state.healthRead(third, { ...beginLedger(0), readTo: now / minute - 99 }, now)
    t.strictSame(headline().dataAt, { inventory: now - 2 * minute, health: now - 4 * minute })
  },
)

t.test('zones to filter by are those with jobs, without the empty one of an account', async (t) => {
  const { state, sight } = world()
  state.setScopes([quayAccount, cdn, shop])
  state.jobsListed(scopeKey(quayAccount), [aSummary('9', now, { dataset: 'audit_logs' })], now)
  state.jobsListed(second, [aSummary('3', now)], now)
  t.strictSame(
    filterOptions([sight('9', scopeKey(quayAccount)), sight('3', second), sight('unlisted', first)]),
    {
      accounts: ['Quay'],
      zones: ['cdn.example', 'shop.example'],
      datasets: ['audit_logs', 'http_requests'],
      destinations: ['s3'],
    },
  )
  t.strictSame(filterOptions([]), { accounts: [], zones: [], datasets: [], destinations: [] })
})
