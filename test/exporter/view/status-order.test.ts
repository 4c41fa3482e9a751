import t from 'tap'
import type { JobSummary } from '../../../src/domain/job/job.ts'
import { noTotals } from '../../../src/domain/ledger/job-totals.ts'
import { beginLedger } from '../../../src/domain/ledger/ledger.ts'
import { type Scope, scopeKey } from '../../../src/domain/scope.ts'
import { createState } from '../../../src/exporter/state/state.ts'
import { createUploadHistory } from '../../../src/exporter/state/upload-history.ts'
import type { JobQuery } from '../../../src/exporter/view/job-query.ts'
import { jobById, overview } from '../../../src/exporter/view/status.ts'
import { failure, quayAccount, zone } from '../../support/exporter-core.ts'
import { aSummary, hour, lostBatches, minute } from '../../support/status-world.ts'

const now = Date.UTC(2026, 10, 24, 3)
const [cdn, shop] = [zone('cdn.example'), zone('shop.example')]
const early = zone('zebra.example', { id: 'c'.repeat(32), name: 'Acme' })
const all = { account: null, zone: null, dataset: null, destination: null, state: null, search: null }

function world(...scopes: readonly Scope[]) {
  const state = createState()
  const history = createUploadHistory()
  state.setScopes(scopes)
  const maxLagMs = ({ name }: JobSummary): number => (name === 'patient' ? 3 * hour : hour)
  const input = () => ({ scopes: state.scopes.values(), history, maxLagMs, now })
  const view = (edit: Partial<JobQuery> = {}) => overview(input(), { ...all, page: 1, perPage: 100, ...edit })
  return {
    state,
    history,
    list: (scope: Scope, ...jobs: readonly JobSummary[]) => state.jobsListed(scopeKey(scope), jobs, now),
    view,
    ids: (edit: Partial<JobQuery> = {}) => view(edit).jobs.map(({ id }) => id),
    job: (id: string) => jobById(input(), id),
  }
}
const named = (id: string, name: string, edit: Partial<JobSummary> = {}) =>
  aSummary(id, now, { name, ...edit })

t.test('jobs without trouble stand by account, zone, name and id', async (t) => {
  const { list, ids } = world(shop, quayAccount, cdn, early)
  list(shop, named('4', 'a'))
  list(cdn, named('3', 'b'), named('2', 'b'), named('9', 'a'))
  list(quayAccount, named('8', 'z'))
  list(early, named('7', 'z'))
  t.same(ids(), ['7', '8', '9', '2', '3', '4'])
})

t.test('as many jobs as fit are one page, one more is another', async (t) => {
  const { list, view, ids } = world(cdn)
  const jobs = (count: number) => Array.from({ length: count }, (_, index) => named(`${index + 1}`, 'job'))
  t.match(view({ perPage: 3 }), { found: 0, pages: 1, page: 1, jobs: [] })
  list(cdn, ...jobs(3))
  t.match(view({ perPage: 3 }), { found: 3, pages: 1, page: 1 })
  list(cdn, ...jobs(4))
  t.match(view({ perPage: 3 }), { found: 4, pages: 2, page: 1 })
  t.same(ids({ perPage: 3 }), ['1', '2', '3'])
  t.same(ids({ perPage: 3, page: 2 }), ['4'])
  for (const page of [0, -5]) t.equal(view({ perPage: 3, page }).page, 1)
  t.equal(view({ perPage: 3, page: 3 }).page, 2)
})

t.test('of jobs that are late, the one comes first that is furthest over its own limit', async (t) => {
  const { list, ids } = world(cdn)
  list(
    cdn,
    named('1', 'patient', { lastComplete: now - 4 * hour }),
    named('2', 'quick', { lastComplete: now - 2 * hour }),
    named('3', 'fine', { lastComplete: now - hour }),
  )
  t.same(ids({ state: 'late' }), ['2', '1'])
})

t.test('of jobs that lose data, the one comes first that lost most records in the last hour', async (t) => {
  const { list, history, ids } = world(cdn)
  list(cdn, named('1', 'a'), named('2', 'b'), named('3', 'c'))
  history.counted(scopeKey(cdn), beginLedger(now / minute - 240), [
    lostBatches('1', now - 2 * hour, 1, 9_000),
    lostBatches('1', now - minute, 9, 10),
    lostBatches('2', now - minute, 1, 500),
    lostBatches('3', now - 2 * hour, 1, 1),
  ])
  t.same(ids(), ['2', '1', '3'])
  t.same(ids({ state: 'losing_data' }), ['2', '1'])
})

t.test(
  'of jobs that fail or never delivered, the longest comes first; of those switched off, the last',
  async (t) => {
    const { list, state, ids } = world(cdn)
    const failing = (ago: number) =>
      ({ lastError: now - ago, failure: { reason: 'auth', message: 'no' } }) as const
    list(cdn, named('1', 'a', failing(hour)), named('2', 'b', failing(2 * hour)))
    t.same(ids({ state: 'failing' }), ['2', '1'])
    list(cdn, named('3', 'a', { enabled: false }), named('4', 'b', { enabled: false }))
    state.jobDisabled('3', now - hour)
    state.jobDisabled('4', now - minute)
    t.same(ids({ state: 'disabled_by_failure' }), ['4', '3'])
  },
)

t.test('a job is found by its id in the scope that has it', async (t) => {
  const { list, state, job } = world(quayAccount, cdn, shop)
  list(shop, named('3', 'here'))
  t.match(job('3'), { name: 'here', zone: { domain: 'shop.example' } })
  t.equal(job('4'), null)
  state.jobsFailed(scopeKey(cdn), failure('forbidden'), now)
  const totals = new Map([['4', noTotals]])
  state.healthRead(scopeKey(cdn), { ...beginLedger(0), totals }, now)
  t.match(job('4'), { name: '', zone: { domain: 'cdn.example' } })
  state.healthRead(scopeKey(shop), { ...beginLedger(0), totals: new Map([['5', noTotals]]) }, now)
  t.equal(job('5'), null, 'counts of a job that the listing has no more')
})

t.test('the limit of a job is its own, and none where only health data names it', async (t) => {
  const { list, state, job } = world(cdn, shop)
  list(cdn, named('1', 'patient'), named('2', 'quick'))
  t.same([job('1')?.maxLagMs, job('2')?.maxLagMs], [3 * hour, hour])
  state.jobsFailed(scopeKey(shop), failure('forbidden'), now)
  state.healthRead(scopeKey(shop), { ...beginLedger(0), totals: new Map([['4', noTotals]]) }, now)
  t.equal(job('4')?.maxLagMs, 0)
})
